package org.mdlc.runtime.file;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mdlc.runtime.data.DataException;

/**
 * The Python dictionary at the start of an {@code .npy} file, such as {@code {'descr': '<f4',
 * 'fortran_order': False, 'shape': (3, 4), }}.
 */
record NpyHeader(ElementType type, ByteOrder order, boolean fortranOrder, List<Long> shape) {
  private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*(['\"])(.*?)\\1");
  private static final Pattern FORTRAN =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L,\\s]*)\\)");

  static NpyHeader parse(String text, String place) {
    Matcher descr = DESCR.matcher(text);
    if (!descr.find()) {
      throw new DataException(
          place + ": the array holds records, not numbers; its header is " + text.strip());
    }
    boolean fortranOrder = "True".equals(find(FORTRAN, text, place));
    List<Long> shape = new ArrayList<>();
    for (String size : find(SHAPE, text, place).replace("L", "").split(",", -1)) {
      if (!size.isBlank()) {
        shape.add(parseSize(size.strip(), place));
      }
    }
    String type = descr.group(2);
    ByteOrder order = type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return new NpyHeader(elementType(type, place), order, fortranOrder, shape);
  }

  private static String find(Pattern pattern, String text, String place) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new DataException(place + ": malformed header " + text.strip());
    }
    return matcher.group(1);
  }

  private static long parseSize(String digits, String place) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new DataException(place + ": impossible size " + digits, e);
    }
  }

  private static ElementType elementType(String descr, String place) {
    return switch (descr.isEmpty() ? descr : descr.substring(1)) {
      case "f2" -> ElementType.F16;
      case "f4" -> ElementType.F32;
      case "f8" -> ElementType.F64;
      case "b1" -> ElementType.BOOL;
      case "i1" -> ElementType.I8;
      case "u1" -> ElementType.U8;
      case "i2" -> ElementType.I16;
      case "u2" -> ElementType.U16;
      case "i4" -> ElementType.I32;
      case "u4" -> ElementType.U32;
      case "i8" -> ElementType.I64;
      case "u8" -> ElementType.U64;
      default ->
          throw new DataException(
              place + ": elements of type " + descr + " are not numbers this program reads");
    };
  }
}
