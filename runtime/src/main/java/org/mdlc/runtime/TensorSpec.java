package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * An input, target or output of a model.
 *
 * @param name the name in the model
 * @param dtype the type of the elements
 * @param shape the shape of one row, that is without the batch axis
 * @param ranges what the numbers keep to, all of them: the rows of an {@code Embedding}, the
 *     classes of a crossentropy
 */
public record TensorSpec(String name, DType dtype, List<Integer> shape, List<Range> ranges) {
  /**
   * Whole numbers from {@code low} to {@code high - 1}, and {@code also} where there is one.
   *
   * @param also a number that has a meaning of its own, such as Keras's {@code ignore_class}
   */
  public record Range(int low, int high, OptionalInt also) {
    boolean has(int number) {
      return number >= low && number < high || also.isPresent() && number == also.getAsInt();
    }

    /** Such as {@code 0 to 9, or -1}. */
    @Override
    public String toString() {
      String text = low + " to " + (high - 1);
      return also.isPresent() ? text + ", or " + also.getAsInt() : text;
    }
  }

  /** Checks that no size is negative. */
  public TensorSpec {
    shape = List.copyOf(shape);
    ranges = List.copyOf(ranges);
    elementCount(shape);
  }

  /** One whose numbers may be any. */
  public TensorSpec(String name, DType dtype, List<Integer> shape) {
    this(name, dtype, shape, List.of());
  }

  /** Elements in one row. */
  public int rowSize() {
    return Math.toIntExact(elementCount(shape));
  }

  /** The sizes of an array of rows. */
  int[] shapeOf(int rows) {
    return IntStream.concat(IntStream.of(rows), shape.stream().mapToInt(Integer::intValue))
        .toArray();
  }

  /** The type of one row, such as {@code f32[28, 28, 1]}. */
  String rowType() {
    return dtype.name().toLowerCase(Locale.ROOT) + shape;
  }

  /** Such as {@code image: f32[28, 28, 1]}. */
  @Override
  public String toString() {
    return name + ": " + rowType();
  }

  TensorSpec with(Range range) {
    List<Range> more = new ArrayList<>(ranges);
    more.add(range);
    return new TensorSpec(name, dtype, shape, more);
  }

  /**
   * Checks whole numbers on their way into the model, where one outside would silently become NaN
   * or count for nothing.
   *
   * @param what input or target, and of which model; for the message
   * @param rows i32
   * @param firstRow the number of the first of these rows in the data or the batch
   * @throws DataException with the row and the number, if one is outside
   */
  void requireRanges(String what, HostTensor rows, long firstRow) {
    for (Range range : ranges) {
      int[] numbers = rows.ints();
      for (int i = 0; i < numbers.length; i++) {
        if (!range.has(numbers[i])) {
          int size = Math.max(1, rows.rowSize());
          throw new DataException(
              String.format(
                  Locale.ROOT,
                  "the %s takes numbers from %s, and row %d (from 0)%s has %d%s",
                  what,
                  range,
                  firstRow + i / size,
                  size == 1 ? "" : ", at " + i % size + ",",
                  numbers[i],
                  hint(range, numbers[i])));
        }
      }
    }
  }

  private static String hint(Range range, int number) {
    if (number >= range.high && number < Integer.MAX_VALUE) {
      return ": give the layer or output " + (number + 1) + " of them, or mend the data";
    }
    return "";
  }

  static long elementCount(List<Integer> shape) {
    return HostTensor.elementCount(shape.stream().mapToInt(Integer::intValue).toArray());
  }
}
