package org.mdlc.runtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/**
 * Rows for a model, array by array, each checked as it comes. A generated class has one with a
 * method for every input, label and weight of its model:
 *
 * <pre>{@code
 * Digits.data().image(images).digit(labels).toDataset()
 * }</pre>
 */
public abstract class ModelRows {
  private final ModelSpec spec;
  private final Map<String, HostTensor> arrays = new LinkedHashMap<>();
  private final Map<String, StringTensor> texts = new LinkedHashMap<>();
  private final Map<String, Integer> rows = new LinkedHashMap<>();

  /** Without rows yet. */
  protected ModelRows(ModelSpec spec) {
    this.spec = spec;
  }

  /**
   * What has been given, for {@link Model#fit} and its like.
   *
   * @throws DataException if that is nothing
   */
  public final ArrayDataset toDataset() {
    return ArrayDataset.of(arrays, texts);
  }

  /** Such as {@code ArrayDataset(100 rows: image f32[100, 8, 8, 1])}. */
  @Override
  public final String toString() {
    return arrays.isEmpty() && texts.isEmpty() ? "no rows" : toDataset().toString();
  }

  /**
   * Nested arrays, of which the outermost has the rows: {@code float[][]} for rows of one axis.
   *
   * @throws DataException if one of them is not as long as the model says, or rows are missing
   */
  protected final void nested(String name, Object values) {
    put(name, NestedArrays.flatten(takes(name), named(name), values));
  }

  /**
   * All rows one after the other, {@code float[]} or {@code int[]}, which is shared.
   *
   * @throws DataException if that is no whole number of rows
   */
  protected final void flat(String name, Object values) {
    TensorSpec tensor = named(name);
    int size = Math.max(1, tensor.rowSize());
    int length = values instanceof float[] floats ? floats.length : ((int[]) values).length;
    if (length % size != 0) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s, %d numbers for each row: %d numbers are no whole rows",
              takes(name),
              size,
              length));
    }
    int[] shape = tensor.shapeOf(length / size);
    put(
        name,
        values instanceof float[] floats
            ? HostTensor.of(floats, shape)
            : HostTensor.of((int[]) values, shape));
  }

  /**
   * A tensor, of either type of numbers.
   *
   * @throws DataException if its rows have another shape
   */
  protected final void tensor(String name, HostTensor values) {
    List<Integer> wanted = SpecCheck.significant(named(name).shape());
    if (values.rank() == 0 || !SpecCheck.significant(values.rowShape()).equals(wanted)) {
      throw new DataException(takes(name) + " for each row, not " + values);
    }
    put(name, values);
  }

  /**
   * Strings, one or more for each row.
   *
   * @throws DataException if the rows have another number of them
   */
  protected final void text(String name, StringTensor values) {
    TextSpec text = find(spec.texts(), TextSpec::name, name);
    if (values.rank() == 0 || values.size() != (long) values.dim(0) * text.rowSize()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s takes %s as str%s, %d for each row: %s are not",
              spec.name(),
              name,
              text.shape(),
              text.rowSize(),
              values));
    }
    texts.put(name, values);
    count(name, values.dim(0));
  }

  private void put(String name, HostTensor values) {
    arrays.put(name, values);
    count(name, values.rows());
  }

  /** All have the same number of rows. */
  private void count(String name, int count) {
    rows.put(name, count);
    Map.Entry<String, Integer> first = rows.entrySet().iterator().next();
    if (first.getValue() != count) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "the data for %s has %d rows of %s and %d of %s",
              spec.name(),
              first.getValue(),
              first.getKey(),
              count,
              name));
    }
  }

  /** For the start of a message. */
  private String takes(String name) {
    return spec.name() + " takes " + name + " as " + named(name).rowType();
  }

  private TensorSpec named(String name) {
    List<TensorSpec> all =
        Stream.of(spec.inputs(), spec.targets(), spec.weights()).flatMap(List::stream).toList();
    return find(all, TensorSpec::name, name);
  }

  private <T> T find(List<T> specs, Function<T, String> nameOf, String name) {
    return specs.stream()
        .filter(candidate -> nameOf.apply(candidate).equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(spec.name() + " does not take " + name));
  }
}
