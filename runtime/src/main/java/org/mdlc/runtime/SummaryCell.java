package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * Text with a style for each character.
 *
 * @param styles one letter per character: see the constants
 */
record SummaryCell(String text, String styles) {
  private static final char PLAIN = ' ';
  private static final char BOLD = 'b';
  private static final char KIND = 'k';
  private static final char NUMBER = 'n';
  private static final char NONE = 'o';

  private static final String RESET = "\u001b[0m";

  static SummaryCell plain(String text) {
    return of(text, PLAIN);
  }

  static SummaryCell bold(String text) {
    return of(text, BOLD);
  }

  static SummaryCell kind(String text) {
    return of(text, KIND);
  }

  static SummaryCell number(String text) {
    return of(text, NUMBER);
  }

  /** With the numbers and every {@code None} in it marked. */
  static SummaryCell numbers(String text) {
    var styles = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("None", i)) {
        styles.append(String.valueOf(NONE).repeat(4));
        i += 3;
      } else {
        boolean number = Character.isLetterOrDigit(text.charAt(i)) || isSeparator(text, i);
        styles.append(number ? NUMBER : PLAIN);
      }
    }
    return new SummaryCell(text, styles.toString());
  }

  // The comma of 1,234 and the point of 1.5, not the comma between two numbers.
  private static boolean isSeparator(String text, int i) {
    return ",.".indexOf(text.charAt(i)) >= 0
        && i + 1 < text.length()
        && Character.isDigit(text.charAt(i + 1));
  }

  /** With the numbers in brackets marked: {@code conv2d_1[0][0]}. */
  static SummaryCell indices(String text) {
    var styles = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      styles.append(inside && Character.isDigit(c) ? NUMBER : PLAIN);
      inside = c == '[' || (inside && c != ']');
    }
    return new SummaryCell(text, styles.toString());
  }

  private static SummaryCell of(String text, char style) {
    return new SummaryCell(text, String.valueOf(style).repeat(text.length()));
  }

  SummaryCell then(SummaryCell next) {
    return new SummaryCell(text + next.text, styles + next.styles);
  }

  SummaryCell then(String next) {
    return then(plain(next));
  }

  int length() {
    return text.length();
  }

  private SummaryCell part(int from, int to) {
    return new SummaryCell(text.substring(from, to), styles.substring(from, to));
  }

  /** Broken between words; a word that is too long by itself is broken inside. */
  List<SummaryCell> wrap(int width) {
    var lines = new ArrayList<SummaryCell>();
    int from = 0;
    while (text.length() - from > width) {
      int space = text.lastIndexOf(' ', from + width);
      if (space > from) {
        lines.add(part(from, space));
        from = space + 1;
      } else {
        lines.add(part(from, from + width));
        from += width;
      }
    }
    lines.add(part(from, text.length()));
    return lines;
  }

  /** The text, with escape codes around what is styled if wanted. */
  String text(boolean coloured) {
    if (!coloured) {
      return text;
    }
    var out = new StringBuilder();
    int from = 0;
    while (from < text.length()) {
      int to = from + 1;
      while (to < text.length() && styles.charAt(to) == styles.charAt(from)) {
        to++;
      }
      var part = text.substring(from, to);
      var code = code(styles.charAt(from));
      out.append(code.isEmpty() ? part : code + part + RESET);
      from = to;
    }
    return out.toString();
  }

  /** The colours of Keras. */
  private static String code(char style) {
    return switch (style) {
      case BOLD -> "\u001b[1m";
      case KIND -> "\u001b[38;5;33m";
      case NUMBER -> "\u001b[38;5;34m";
      case NONE -> "\u001b[38;5;45m";
      default -> "";
    };
  }
}
