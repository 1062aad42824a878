package org.mdlc.cli.show;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

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

  /** The root of a picture, from (0, 0) to its size; its title is for those who cannot see it. */
  Markup picture(String style, double width, double height, String title) {
    open(
        "svg",
        "class",
        style,
        "width",
        number(width),
        "height",
        number(height),
        "viewBox",
        "0 0 " + number(width) + " " + number(height),
        "role",
        "img");
    return element("title", title);
  }

  /**
   * A rectangle of a picture.
   *
   * @param more attributes, names and values in turn
   */
  Markup rect(String style, double x, double y, double width, double height, String... more) {
    return leaf("rect", place(style, x, y, width, height, more));
  }

  /** A rectangle that tells more when the mouse rests there. */
  Markup hoverRect(String style, double x, double y, double width, double height, String hover) {
    return open("rect", place(style, x, y, width, height)).element("title", hover).close();
  }

  private static String[] place(
      String style, double x, double y, double width, double height, String... more) {
    var attributes = new ArrayList<>(List.of("class", style, "x", number(x), "y", number(y)));
    attributes.addAll(List.of("width", number(width), "height", number(height)));
    attributes.addAll(List.of(more));
    return attributes.toArray(String[]::new);
  }

  /** Text of a picture. */
  Markup words(String style, double x, double base, String text) {
    return element("text", text, "class", style, "x", number(x), "y", number(base));
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
