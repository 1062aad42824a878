package org.mdlc.compiler.emit.java;

/** Text that grows line by line, indented by its braces. */
final class Lines {
  private final StringBuilder text = new StringBuilder();
  private int depth;

  void line(String line) {
    text.append("  ".repeat(depth)).append(line).append('\n');
  }

  /** Opens a block: a head and a brace. */
  void open(String head) {
    line(head + " {");
    depth++;
  }

  /** Opens a loop that counts an int up. */
  void openLoop(String i, String from, String to, String step) {
    String next = step.equals("1") ? i + "++" : i + " += " + step;
    open("for (int " + i + " = " + from + "; " + i + " < " + to + "; " + next + ")");
  }

  /** Closes a block and opens the one that belongs to it: {@code else}. */
  void next(String head) {
    depth--;
    line("} " + head + " {");
    depth++;
  }

  void close() {
    depth--;
    line("}");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
