package org.mdlc.compiler.diag;

/** ANSI colours, or none. */
final class Paint {
  private static final String RESET = "\u001B[0m";
  private static final String BOLD = "\u001B[1m";
  private static final String RED = "\u001B[1;31m";
  private static final String YELLOW = "\u001B[1;33m";
  private static final String BLUE = "\u001B[1;34m";
  private static final String GREEN = "\u001B[1;32m";

  private final boolean on;

  Paint(boolean on) {
    this.on = on;
  }

  String severity(Severity severity, String text) {
    return paint(colour(severity), text);
  }

  /** Line numbers, bars and secondary marks. */
  String frame(String text) {
    return paint(BLUE, text);
  }

  String strong(String text) {
    return paint(BOLD, text);
  }

  /** What a help puts in. */
  String added(String text) {
    return paint(GREEN, text);
  }

  /** A row of marks: `^` in the colour of the severity, `-` in that of the frame. */
  String marks(Severity severity, String row) {
    if (!on) {
      return row;
    }
    var out = new StringBuilder();
    for (int i = 0, end; i < row.length(); i = end) {
      end = runEnd(row, i);
      var run = row.substring(i, end);
      out.append(run.isBlank() ? run : paint(run.charAt(0) == '^' ? colour(severity) : BLUE, run));
    }
    return out.toString();
  }

  private static int runEnd(String row, int start) {
    var end = start;
    while (end < row.length() && row.charAt(end) == row.charAt(start)) {
      end++;
    }
    return end;
  }

  private static String colour(Severity severity) {
    return switch (severity) {
      case ERROR -> RED;
      case WARNING -> YELLOW;
    };
  }

  private String paint(String colour, String text) {
    return on && !text.isEmpty() ? colour + text + RESET : text;
  }
}
