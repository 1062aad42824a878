package org.mdlc.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.TensorSpec;
import org.mdlc.runtime.TextSpec;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/**
 * Rows that a model takes, of numbers that mean nothing: floats from 0 to 1, whole numbers of the
 * range that the model states, words. The same for the same model.
 */
final class RandomRows {
  private static final long SEED = 2;
  private static final int WORDS = 1000;
  private static final int WORDS_PER_TEXT = 20;

  /** For whole numbers of no stated range: they may count, or tell one of two. */
  private static final int USUAL_END = 2;

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
  private final int rows;

  private RandomRows(int rows) {
    this.rows = rows;
  }

  /**
   * @param labelled whether targets are needed too
   */
  static ArrayDataset of(ModelSpec spec, int rows, boolean labelled) {
    var drawing = new RandomRows(rows);
    var made = spec.hostSteps().stream().map(step -> step.port()).toList();
    Map<String, HostTensor> arrays = new LinkedHashMap<>();
    for (var input : spec.inputs()) {
      if (!made.contains(input.name())) {
        arrays.put(input.name(), drawing.draw(input));
      }
    }
    if (labelled) {
      spec.targets().forEach(target -> arrays.put(target.name(), drawing.draw(target)));
    }
    Map<String, StringTensor> texts = new LinkedHashMap<>();
    spec.texts().forEach(text -> texts.put(text.name(), drawing.draw(text)));
    return ArrayDataset.of(arrays, texts);
  }

  private HostTensor draw(TensorSpec array) {
    int[] shape = shape(array.shape());
    int count = Math.toIntExact(HostTensor.elementCount(shape));
    if (array.dtype() == DType.I32) {
      int low = array.ranges().stream().mapToInt(TensorSpec.Range::low).max().orElse(0);
      int end = array.ranges().stream().mapToInt(TensorSpec.Range::high).min().orElse(USUAL_END);
      return HostTensor.of(random.ints(count, low, Math.max(low + 1, end)).toArray(), shape);
    }
    var numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat();
    }
    return HostTensor.of(numbers, shape);
  }

  private StringTensor draw(TextSpec text) {
    int[] shape = shape(text.shape());
    int count = Math.toIntExact(HostTensor.elementCount(shape));
    var texts = new String[count];
    Arrays.setAll(texts, _ -> text());
    return StringTensor.of(List.of(texts), shape);
  }

  private String text() {
    var words = new StringBuilder();
    for (int i = 0; i < WORDS_PER_TEXT; i++) {
      words.append(i == 0 ? "" : " ").append("word").append(random.nextInt(WORDS));
    }
    return words.toString();
  }

  /** With the rows before the axes of one. */
  private int[] shape(List<Integer> row) {
    var shape = new int[row.size() + 1];
    shape[0] = rows;
    for (int axis = 0; axis < row.size(); axis++) {
      shape[axis + 1] = row.get(axis);
    }
    return shape;
  }
}
