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
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  // Text that changes the reading direction could make a message show something else than what is
  // in the file.
  private static boolean isDirectionMark(int c) {
    return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
  }

  /** Ranges W and F of Unicode's EastAsianWidth.txt, without the rare ones. */
  private static boolean isWide(int c) {
    return c >= 0x1100 && c <= 0x115F
        || c >= 0x2E80 && c <= 0x303E
        || c >= 0x3041 && c <= 0xA4CF
        || c >= 0xAC00 && c <= 0xD7A3
        || c >= 0xF900 && c <= 0xFAFF
        || c >= 0xFE30 && c <= 0xFE6F
        || c >= 0xFF00 && c <= 0xFF60
        || c >= 0xFFE0 && c <= 0xFFE6
        || c >= 0x1F300 && c <= 0x1F64F
        || c >= 0x1F900 && c <= 0x1F9FF
        || c >= 0x20000 && c <= 0x3FFFD;
  }
}
