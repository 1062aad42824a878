package org.mdlc.cli.show;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.Deque;

/** Writes HTML and SVG: elements are closed in the order in which they were opened. */
final class Markup {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn
   */
  Markup open(String name, String... attributes) {
    start(name, attributes).append('>');
    open.push(name);
    return this;
  }

  Markup close() {
    out.append("</").append(open.pop()).append(">\n");
    return this;
  }

  /** An element without content. */
  Markup leaf(String name, String... attributes) {
    start(name, attributes).append("/>\n");
    return this;
  }

  /** An element with nothing but text. */
  Markup element(String name, String text, String... attributes) {
    return open(name, attributes).text(text).close();
  }

  Markup text(String text) {
    out.append(escaped(text));
    return this;
  }

  /** Text that is markup already. */
  Markup raw(String markup) {
    out.append(markup);
    return this;
  }

  private StringBuilder start(String name, String... attributes) {
    out.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      out.append(escaped(attributes[i + 1])).append('"');
    }
    return out;
  }

  /** With at most one digit behind the point. */
  static String number(double number) {
    return BigDecimal.valueOf(number)
        .setScale(1, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("still open: " + open);
    }
    return out.toString();
  }
}
