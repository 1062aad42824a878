package org.mdlc.runtime.file;

import java.util.List;
import org.mdlc.runtime.data.DataException;

/** Checks that what a header announces can be true, before memory is allocated for it. */
final class Header {
  private Header() {}

  /**
   * The announced shape as an array.
   *
   * @param place file and array, for messages
   * @param elementBytes bytes of one number in the file
   * @param presentBytes bytes the file really has for the array
   * @throws DataException if the shape is impossible or does not need exactly these bytes
   */
  static int[] checkedShape(String place, List<Long> shape, int elementBytes, long presentBytes) {
    long needed = bytes(place, shape, elementBytes);
    if (needed != presentBytes) {
      throw new DataException(
          place + ": shape " + shape + " needs " + needed + " bytes, the file has " + presentBytes);
    }
    return shape.stream().mapToInt(Math::toIntExact).toArray();
  }

  /**
   * How many bytes the announced shape needs in the file.
   *
   * @throws DataException if the shape is impossible
   */
  static long bytes(String place, List<Long> shape, int elementBytes) {
    long count = 1;
    boolean empty = shape.contains(0L);
    for (long size : shape) {
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw new DataException(place + ": impossible size " + size + " in shape " + shape);
      }
      if (!empty && count > Integer.MAX_VALUE / size) {
        throw new DataException(
            place + ": shape " + shape + " has more than 2^31 elements, which no array here holds");
      }
      count *= size;
    }
    return count * elementBytes;
  }
}
