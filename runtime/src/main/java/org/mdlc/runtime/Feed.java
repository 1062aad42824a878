package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/** The arrays of a data set in the order, types and shapes in which the steps take them. */
final class Feed {
  /** An input of the steps. */
  private sealed interface Source {
    /** Gives the step its rows, from {@code first} on in the order of the data or another one. */
    void fill(Step step, int index, int @Nullable [] order, int first);
  }

  /**
   * An array of the data.
   *
   * @param width elements of a row of the input; the array may have one instead, for all of them
   */
  private record Stored(HostTensor array, int width) implements Source {
    @Override
    public void fill(Step step, int index, int @Nullable [] order, int first) {
      if (array.rowSize() != width) {
        step.stretchInput(index, array, width, order, first);
      } else if (order == null) {
        step.setInput(index, array, first);
      } else {
        step.setInput(index, array, order, first);
      }
    }
  }

  /** Made of text when it is needed. */
  private record Made(HostSteps.Column column) implements Source {
    @Override
    public void fill(Step step, int index, int @Nullable [] order, int first) {
      int end = first + step.batch();
      int[] rows =
          order == null
              ? IntStream.range(first, end).toArray()
              : Arrays.copyOfRange(order, first, end);
      step.setInput(index, column.rows(rows), 0);
    }
  }

  private final List<Source> sources;
  private final int rows;

  private Feed(List<Source> sources, int rows) {
    this.sources = sources;
    this.rows = rows;
  }

  /** Inputs, targets and weights. */
  static Feed labelled(Model model, ArrayDataset data) {
    return labelled(model, data, Map.of());
  }

  /**
   * Inputs, targets and weights, these times the weights of the classes.
   *
   * @param classWeights by target, a number per class
   */
  static Feed labelled(Model model, ArrayDataset data, Map<String, double[]> classWeights) {
    ModelSpec spec = model.spec();
    SpecCheck.labelled(spec, data.spec());
    List<Source> sources = inputs(model, data);
    List<Stored> targets =
        spec.targets().stream().map(target -> bind(spec, "target", target, data)).toList();
    sources.addAll(targets);
    List<String> weighed = new ArrayList<>();
    for (TensorSpec target : spec.targets()) {
      for (TensorSpec weight : spec.weights()) {
        if (weight.name().equals(ModelSpec.weightOf(target.name()))) {
          double[] ofClasses = classWeights.get(target.name());
          HostTensor labels = targets.get(spec.targets().indexOf(target)).array();
          sources.add(weights(weight, data, labels, ofClasses));
          weighed.add(target.name());
        }
      }
    }
    for (String target : classWeights.keySet()) {
      if (!weighed.contains(target)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s was compiled without weights for %s: write `sample_weight %s` or"
                    + " `class_weight %s: [..]` in its train block",
                spec.name(),
                target,
                target,
                target));
      }
    }
    return new Feed(sources, requireRows(data));
  }

  /** Inputs only. */
  static Feed unlabelled(Model model, ArrayDataset data) {
    SpecCheck.unlabelled(model.spec(), data.spec());
    return new Feed(inputs(model, data), requireRows(data));
  }

  private static List<Source> inputs(Model model, ArrayDataset data) {
    ModelSpec spec = model.spec();
    Map<String, HostStep> made = new LinkedHashMap<>();
    spec.hostSteps().forEach(step -> made.put(step.port(), step));
    List<Source> sources = new ArrayList<>();
    for (TensorSpec input : spec.inputs()) {
      HostStep step = made.get(input.name());
      sources.add(
          step == null
              ? bind(spec, "input", input, data)
              : new Made(new HostSteps.Column(spec, step, model.stringLayers(), data)));
    }
    return sources;
  }

  int rows() {
    return rows;
  }

  /**
   * The values of one input in its type, for all rows; text is made into numbers now.
   *
   * @return as many numbers per row as the input has, or one for all of them
   */
  HostTensor values(int index) {
    return switch (sources.get(index)) {
      case Stored stored -> stored.array();
      case Made made -> made.column().rows(IntStream.range(0, rows).toArray());
    };
  }

  /**
   * Gives the step the rows {@code order[first]} and following, or without an order {@code first}
   * and following.
   */
  void fill(Step step, int @Nullable [] order, int first) {
    for (int i = 0; i < sources.size(); i++) {
      sources.get(i).fill(step, i, order, first);
    }
  }

  private static Stored bind(ModelSpec spec, String kind, TensorSpec wanted, ArrayDataset data) {
    HostTensor given = data.get(wanted.name());
    HostTensor array = wanted.dtype() == DType.F32 ? given.toFloats() : toInts(kind, wanted, given);
    wanted.requireRanges(kind + " " + wanted.name() + " of " + spec.name(), array, 0);
    return new Stored(array, wanted.rowSize());
  }

  private static HostTensor toInts(String kind, TensorSpec wanted, HostTensor given) {
    try {
      return given.toInts();
    } catch (DataException e) {
      throw new DataException(kind + " " + wanted.name() + ": " + e.getMessage(), e);
    }
  }

  private static int requireRows(ArrayDataset data) {
    if (data.rows() == 0) {
      throw new DataException("the data has no rows");
    }
    return data.rows();
  }

  // ---- weights

  /** What the data says, or ones; one number per row does for all values of the row. */
  private static Stored weights(
      TensorSpec wanted, ArrayDataset data, HostTensor labels, double @Nullable [] ofClasses) {
    HostTensor given = ones(data.rows());
    if (data.has(wanted.name())) {
      given = data.get(wanted.name()).toFloats();
    }
    return ofClasses == null
        ? new Stored(given, wanted.rowSize())
        : new Stored(timesClasses(given, wanted, labels, ofClasses), wanted.rowSize());
  }

  private static HostTensor ones(int rows) {
    return HostTensor.zeros(DType.F32, rows).plus(1);
  }

  /**
   * A label of one number per value is its class; of more, the class is the place of the largest. A
   * class without a weight counts 1.
   */
  private static HostTensor timesClasses(
      HostTensor weights, TensorSpec wanted, HostTensor labels, double[] ofClasses) {
    int width = wanted.rowSize();
    if (width == 0 || labels.rowSize() < width || labels.rowSize() % width != 0) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "labels of shape %s do not tell the classes of the %s values that %s weighs",
              labels.rowShape(),
              width,
              wanted.name()));
    }
    int perValue = labels.rowSize() / width;
    float[] product = new float[Math.multiplyExact(weights.rows(), width)];
    for (int i = 0; i < product.length; i++) {
      int label =
          perValue == 1 ? (int) Math.rint(labels.get(i)) : largest(labels, i * perValue, perValue);
      double ofClass = label >= 0 && label < ofClasses.length ? ofClasses[label] : 1;
      double given = weights.floats()[weights.rowSize() == width ? i : i / width];
      product[i] = (float) (given * ofClass);
    }
    int[] shape = new int[] {weights.rows(), width};
    return HostTensor.of(product, shape);
  }

  private static int largest(HostTensor labels, int first, int count) {
    int largest = 0;
    for (int i = 1; i < count; i++) {
      if (labels.get(first + i) > labels.get(first + largest)) {
        largest = i;
      }
    }
    return largest;
  }
}
