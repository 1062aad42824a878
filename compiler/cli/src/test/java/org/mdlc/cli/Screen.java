package org.mdlc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a terminal shows after a program has printed. */
record Screen(List<String> lines) {
  private static final Pattern STYLE = Pattern.compile("\u001B\\[([0-9;]*)m");
  private static final double SIZE = 13;

  /** Of all characters of a font of fixed width, in parts of its size. */
  private static final double ADVANCE = 0.602;

  /** So that the lines of a table touch. */
  private static final double LEADING = 1.164;

  private static final double MARGIN = 16;

  /** The text that is left when backspaces and returns have been carried out; without colours. */
  static Screen of(String printed) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    int cursor = 0;
    for (char c : STYLE.matcher(printed).replaceAll("").toCharArray()) {
      switch (c) {
        case '\b' -> cursor = Math.max(0, cursor - 1);
        case '\r' -> cursor = 0;
        case '\n' -> {
          lines.add(line.toString().stripTrailing());
          line.setLength(0);
          cursor = 0;
        }
        default -> {
          if (cursor < line.length()) {
            line.setCharAt(cursor, c);
          } else {
            line.append(c);
          }
          cursor++;
        }
      }
    }
    if (!line.isEmpty()) {
      lines.add(line.toString());
    }
    return new Screen(lines);
  }

  String text() {
    return String.join("\n", lines) + "\n";
  }

  /** A picture of lines that end in a line break each and have styles but nothing else. */
  static String svg(String command, String printed) {
    var rows = new ArrayList<String>();
    rows.add("\u001B[1m$ " + command + "\u001B[0m");
    rows.addAll(printed.lines().toList());
    int columns =
        rows.stream().mapToInt(row -> STYLE.matcher(row).replaceAll("").length()).max().orElse(0);
    double width = Math.ceil(columns * SIZE * ADVANCE + 2 * MARGIN);
    double height = Math.ceil(rows.size() * SIZE * LEADING + 2 * MARGIN);
    var svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0"
                + " %.0f %.0f\" font-family=\"'DejaVu Sans Mono', Menlo, 'Liberation Mono',"
                + " monospace\" font-size=\"%.0f\" fill=\"#1f2328\">\n",
            width,
            height,
            width,
            height,
            SIZE));
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect width=\"%.0f\" height=\"%.0f\" rx=\"8\" fill=\"#f6f8fa\"/>\n",
            width,
            height));
    for (int i = 0; i < rows.size(); i++) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.0f\" y=\"%.2f\" xml:space=\"preserve\">%s</text>\n",
              MARGIN,
              MARGIN + SIZE + i * SIZE * LEADING,
              spans(rows.get(i))));
    }
    return svg.append("</svg>\n").toString();
  }

  private static String spans(String row) {
    var out = new StringBuilder();
    var matcher = STYLE.matcher(row);
    int from = 0;
    boolean open = false;
    while (matcher.find()) {
      out.append(escaped(row.substring(from, matcher.start()))).append(open ? "</tspan>" : "");
      open = !matcher.group(1).equals("0");
      if (open) {
        out.append("<tspan ").append(look(matcher.group(1))).append('>');
      }
      from = matcher.end();
    }
    return out.append(escaped(row.substring(from))).append(open ? "</tspan>" : "").toString();
  }

  /** On a light ground. */
  private static String look(String style) {
    return switch (style) {
      case "1" -> "font-weight=\"bold\"";
      case "38;5;33" -> "fill=\"#0969da\"";
      case "38;5;34" -> "fill=\"#1a7f37\"";
      case "38;5;45" -> "fill=\"#0f8a9d\"";
      default -> throw new IllegalArgumentException("no look for style " + style);
    };
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
