package org.mdlc.compiler.format;

import org.jspecify.annotations.Nullable;

/**
 * A token or a comment, and how it may stand.
 *
 * @param newlines how many stand before it in the source
 * @param start whether it begins a line
 */
record Piece(String text, Kind kind, Place place, int newlines, Start start) {
  enum Kind {
    TOKEN,
    /** To the end of its line. */
    LINE_COMMENT,
    BLOCK_COMMENT
  }

  enum Start {
    /** In a line that has begun, for all that is known before lines are measured. */
    WITHIN,
    /** The writer has it so, or a rule. */
    CHOSEN,
    /** There is no other way: a comment ends the line before, or begins its own. */
    FORCED
  }

  /** Whether a token may begin a line. */
  enum Wrap {
    /** Only behind a comment that ends the line. */
    NEVER,
    /** When the writer had it so, or for want of room. */
    MAY,
    ALWAYS
  }

  /**
   * How a piece stands behind the one before it.
   *
   * @param blanks between the two on one line
   * @param anchor its indentation counts from the line on which this scope begins
   * @param indent how much further in than that line
   * @param indentBelow the same, when the anchor is the first on its line
   * @param level a line that is too long breaks at its lowest level
   * @param group with which it is decided; nothing for a piece on its own, as one more of a line to
   *     fill
   * @param unless when this group is broken, the piece stays in its line
   */
  record Place(
      int blanks,
      Wrap wrap,
      Scope anchor,
      int indent,
      int indentBelow,
      int level,
      @Nullable Group group,
      @Nullable Group unless) {
    static Place joined(int blanks, Scope anchor, int indent) {
      return new Place(blanks, Wrap.NEVER, anchor, indent, indent, 0, null, null);
    }

    static Place may(int blanks, Scope anchor, int indent, int level, @Nullable Group group) {
      return new Place(blanks, Wrap.MAY, anchor, indent, indent, level, group, null);
    }

    static Place always(int blanks, Scope anchor, int indent) {
      return new Place(blanks, Wrap.ALWAYS, anchor, indent, indent, 0, null, null);
    }

    /** The same, for a piece that begins a line only when it must. */
    Place withinLine() {
      return new Place(blanks, Wrap.NEVER, anchor, indent, indentBelow, 0, null, null);
    }

    Place withBlanks(int number) {
      return new Place(number, wrap, anchor, indent, indentBelow, level, group, unless);
    }

    Place withAlways() {
      return new Place(blanks, Wrap.ALWAYS, anchor, indent, indentBelow, level, group, unless);
    }
  }

  boolean isComment() {
    return kind != Kind.TOKEN;
  }

  /** Whether what follows must begin a line. */
  boolean endsLine() {
    return kind == Kind.LINE_COMMENT || text.indexOf('\n') >= 0;
  }

  boolean opens() {
    return kind == Kind.TOKEN && (text.equals("(") || text.equals("[") || text.equals("{"));
  }

  boolean closes() {
    return kind == Kind.TOKEN && (text.equals(")") || text.equals("]") || text.equals("}"));
  }

  int width() {
    return text.codePointCount(0, text.length());
  }
}
