package org.mdlc.runtime.plot;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints a drawing as SVG: plain elements, numbers with at most two decimals, texts escaped. */
final class SvgText {
  private static final String FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif";

  private final StringBuilder out = new StringBuilder();

  private SvgText() {}

  static String of(Drawing drawing) {
    SvgText text = new SvgText();
    String width = number(drawing.width());
    String height = number(drawing.height());
    text.line(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\""
            + " role=\"img\" font-family=\"%s\">",
        width, height, width, height, FONT);
    text.line("<title>%s</title>", escaped(drawing.title()));
    text.line("<rect width=\"%s\" height=\"%s\" fill=\"#ffffff\"/>", width, height);
    drawing.shapes().forEach(text::shape);
    text.line("</svg>");
    return text.out.toString();
  }

  private void shape(Drawing.Shape shape) {
    switch (shape) {
      case Drawing.Box box -> box(box);
      case Drawing.Line line -> path(line);
      case Drawing.Words words -> words(words);
    }
  }

  private void box(Drawing.Box box) {
    line(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"%s fill=\"%s\"%s/>",
        number(box.x()),
        number(box.y()),
        number(box.width()),
        number(box.height()),
        box.radius() == 0 ? "" : " rx=\"" + number(box.radius()) + "\"",
        box.fill(),
        box.stroke().isEmpty() ? "" : " stroke=\"" + box.stroke() + "\"");
  }

  private void path(Drawing.Line line) {
    String pen =
        line.width() == 0
            ? ""
            : " stroke=\"%s\" stroke-width=\"%s\" stroke-linejoin=\"round\" stroke-linecap=\"round\""
                .formatted(line.stroke(), number(line.width()));
    line(
        "<path d=\"%s\" fill=\"%s\"%s%s/>",
        data(line.path()),
        line.fill().isEmpty() ? "none" : line.fill(),
        pen,
        line.dashed() ? " stroke-dasharray=\"4 4\"" : "");
  }

  private static String data(List<Drawing.Move> path) {
    return path.stream()
        .map(
            move ->
                switch (move) {
                  case Drawing.Start p -> "M" + point(p.x(), p.y());
                  case Drawing.To p -> "L" + point(p.x(), p.y());
                  case Drawing.Curve c ->
                      "C"
                          + point(c.x1(), c.y1())
                          + " "
                          + point(c.x2(), c.y2())
                          + " "
                          + point(c.x(), c.y());
                })
        .collect(Collectors.joining(" "));
  }

  private static String point(double x, double y) {
    return number(x) + "," + number(y);
  }

  private void words(Drawing.Words words) {
    line(
        "<text x=\"%s\" y=\"%s\" font-size=\"%s\"%s%s fill=\"%s\" xml:space=\"preserve\">%s</text>",
        number(words.x()),
        number(words.y()),
        number(words.size()),
        words.bold() ? " font-weight=\"bold\"" : "",
        words.align() == Drawing.Align.START
            ? ""
            : " text-anchor=\"" + words.align().name().toLowerCase(Locale.ROOT) + "\"",
        words.colour(),
        escaped(words.text()));
  }

  private void line(String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  /** At most two decimals, without zeros at the end. */
  static String number(double value) {
    BigDecimal rounded =
        BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_UP).stripTrailingZeros();
    return rounded.signum() == 0 ? "0" : rounded.toPlainString();
  }

  /** Text that XML takes; characters that XML 1.0 does not have become U+FFFD. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(isXml(c) ? c : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  private static boolean isXml(int c) {
    return c == '\t'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || (c >= 0x10000 && c <= 0x10FFFF);
  }
}
