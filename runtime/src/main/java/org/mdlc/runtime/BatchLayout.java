package org.mdlc.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.HostTensor;

/**
 * The inputs of a step in the order of the step, and how rows get there.
 *
 * @param ports one per input
 * @param direct whether rows need nothing but a copy; otherwise a {@link Feed} goes between, which
 *     makes numbers of text and weights of classes
 */
record BatchLayout(List<Port> ports, boolean direct) {
  /** For data that fits the model. */
  static BatchLayout of(ModelSpec model, DataSpec data, boolean labelled) {
    List<Port> ports = new ArrayList<>();
    model.inputs().forEach(input -> ports.add(port(model, "input", input, data)));
    if (labelled) {
      model.targets().forEach(target -> ports.add(port(model, "target", target, data)));
      model.weights().forEach(weight -> ports.add(port(model, "weight", weight, data)));
    }
    boolean direct = model.hostSteps().isEmpty() && (!labelled || model.weights().isEmpty());
    return new BatchLayout(List.copyOf(ports), direct);
  }

  private static Port port(ModelSpec model, String kind, TensorSpec wanted, DataSpec data) {
    List<Integer> promised =
        data.has(wanted.name()) ? data.get(wanted.name()).rowShape() : List.of();
    return new Port(
        kind + " " + wanted.name() + " of " + model.name(),
        wanted,
        wanted.rowSize(),
        promised.stream().mapToInt(Integer::intValue).toArray());
  }

  /**
   * An input.
   *
   * @param title for messages: {@code target digit of Mnist}
   * @param width elements of a row
   * @param rowShape of the data
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Port(String title, TensorSpec wanted, int width, int[] rowShape) {
    /** Writes rows as the data has them from row {@code first} on into a segment of rows. */
    void copy(ArrayDataset rows, MemorySegment target, int first) {
      HostTensor given = require(rows, first);
      HostTensor values = wanted.dtype() == DType.I32 ? toInts(given) : given.toFloats();
      wanted.requireRanges(title, values, first);
      copy(values, target, first);
    }

    /**
     * Writes rows from row {@code first} on into a segment of rows.
     *
     * @param values of the type of the input; with one number per row, for all elements of it
     */
    void copy(HostTensor values, MemorySegment target, int first) {
      long offset = (long) first * width * DType.BYTES;
      if (values.size() != (long) values.rows() * width) {
        stretch(values.floats(), target, offset);
        return;
      }
      switch (wanted.dtype()) {
        case F32 ->
            MemorySegment.copy(
                values.floats(), 0, target, ValueLayout.JAVA_FLOAT, offset, values.size());
        case I32 ->
            MemorySegment.copy(
                values.ints(), 0, target, ValueLayout.JAVA_INT, offset, values.size());
      }
    }

    private void stretch(float[] values, MemorySegment target, long offset) {
      long next = offset;
      for (float value : values) {
        for (int i = 0; i < width; i++) {
          target.set(ValueLayout.JAVA_FLOAT, next, value);
          next += DType.BYTES;
        }
      }
    }

    private HostTensor require(ArrayDataset rows, int first) {
      @Nullable HostTensor given = rows.columns().get(wanted.name());
      if (given == null) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "row %d has no %s, which the data set promises; it has %s",
                first,
                wanted.name(),
                String.join(", ", rows.names())));
      }
      int[] shape = given.shape();
      if (!Arrays.equals(shape, 1, shape.length, rowShape, 0, rowShape.length)) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "row %d has %s of shape %s where the data set promises %s",
                first,
                wanted.name(),
                given.rowShape(),
                Arrays.toString(rowShape)));
      }
      return given;
    }

    private HostTensor toInts(HostTensor given) {
      try {
        return given.toInts();
      } catch (DataException e) {
        throw new DataException(title + ": " + e.getMessage(), e);
      }
    }
  }
}
