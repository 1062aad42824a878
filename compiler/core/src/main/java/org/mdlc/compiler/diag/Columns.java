package org.mdlc.compiler.diag;

/**
 * Where things stand on a terminal: tabs are 4 wide, East Asian letters and emoji 2, combining
 * marks 0.
 */
final class Columns {
  private static final int TAB = 4;

  private Columns() {}

  /** The text as shown: tabs opened, control characters made visible. */
  static String shown(String text) {
    var out = new StringBuilder();
    text.codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  /** How many cells the first {@code length} UTF-16 units of a line take. */
  static int width(String text, int length) {
    return text.substring(0, Math.min(length, text.length()))
        .codePoints()
        .map(Columns::cells)
        .sum();
  }

  private static void append(StringBuilder out, int c) {
    if (c == '\t') {
      out.repeat(' ', TAB);
    } else if (Character.isISOControl(c) || isLoneSurrogate(c) || isDirectionMark(c)) {
      out.append('\uFFFD');
    } else {
      out.appendCodePoint(c);
    }
  }

  private static int cells(int c) {
    if (c == '\t') {
      return TAB;
    }
    var type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || c == 0x200D
        || c == 0xFE0F) {
      return 0;
    }
    return isWide(c) ? 2 : 1;
  }

  private static boolean isLoneSurrogate(int c) {
    return isWithin(c, Character.MIN_SURROGATE, Character.MAX_SURROGATE);
  }

  // Text that changes the reading direction could make a message show something else than the file.
  private static boolean isDirectionMark(int c) {
    return isWithin(c, 0x202A, 0x202E) || isWithin(c, 0x2066, 0x2069);
  }

  /** Ranges W and F of Unicode's EastAsianWidth.txt, without the rare ones. */
  private static boolean isWide(int c) {
    return isWithin(c, 0x1100, 0x115F)
        || isWithin(c, 0x2E80, 0x303E)
        || isWithin(c, 0x3041, 0xA4CF)
        || isWithin(c, 0xAC00, 0xD7A3)
        || isWithin(c, 0xF900, 0xFAFF)
        || isWithin(c, 0xFE30, 0xFE6F)
        || isWithin(c, 0xFF00, 0xFF60)
        || isWithin(c, 0xFFE0, 0xFFE6)
        || isWithin(c, 0x1F300, 0x1F64F)
        || isWithin(c, 0x1F900, 0x1F9FF)
        || isWithin(c, 0x20000, 0x3FFFD);
  }

  private static boolean isWithin(int c, int first, int last) {
    return c >= first && c <= last;
  }
}
