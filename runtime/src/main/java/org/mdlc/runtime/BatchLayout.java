package org.mdlc.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.HostTensor;

/**
 * The inputs of a step that are columns of the data as they are, in the order of the step.
 *
 * @param ports one per input
 */
record BatchLayout(List<Port> ports) {
  /**
   * For a model that takes neither text nor weights, whose rows need nothing but a copy; the data
   * fits it.
   */
  static Optional<BatchLayout> of(ModelSpec model, DataSpec data, boolean labelled) {
    if (!model.hostSteps().isEmpty() || labelled && !model.weights().isEmpty()) {
      return Optional.empty();
    }
    Stream<TensorSpec> targets = labelled ? model.targets().stream() : Stream.of();
    return Optional.of(
        new BatchLayout(
            Stream.concat(model.inputs().stream(), targets)
                .map(
                    wanted -> {
                      List<Integer> promised = data.get(wanted.name()).rowShape();
                      return new Port(
                          wanted.name(),
                          wanted.dtype(),
                          wanted.rowSize(),
                          promised.stream().mapToInt(Integer::intValue).toArray());
                    })
                .toList()));
  }

  /**
   * An input.
   *
   * @param width elements of a row
   * @param rowShape of the data
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Port(String name, DType dtype, int width, int[] rowShape) {
    /** Writes rows from {@code first} on into a segment of rows. */
    void copy(ArrayDataset rows, MemorySegment target, int first) {
      HostTensor given = require(rows, first);
      long offset = (long) first * width * DType.BYTES;
      if (dtype == DType.I32) {
        int[] ints = toInts(given);
        MemorySegment.copy(ints, 0, target, ValueLayout.JAVA_INT, offset, ints.length);
      } else {
        float[] floats = given.toFloats().floats();
        MemorySegment.copy(floats, 0, target, ValueLayout.JAVA_FLOAT, offset, floats.length);
      }
    }

    private HostTensor require(ArrayDataset rows, int first) {
      @Nullable HostTensor given = rows.columns().get(name);
      if (given == null) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "row %d has no %s, which the data set promises; it has %s",
                first,
                name,
                String.join(", ", rows.names())));
      }
      int[] shape = given.shape();
      if (!Arrays.equals(shape, 1, shape.length, rowShape, 0, rowShape.length)) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "row %d has %s of shape %s where the data set promises %s",
                first,
                name,
                given.rowShape(),
                Arrays.toString(rowShape)));
      }
      return given;
    }

    private int[] toInts(HostTensor given) {
      try {
        return given.toInts().ints();
      } catch (DataException e) {
        throw new DataException(name + ": " + e.getMessage(), e);
      }
    }
  }
}
