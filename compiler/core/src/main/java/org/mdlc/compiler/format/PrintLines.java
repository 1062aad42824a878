package org.mdlc.compiler.format;

import java.util.List;
import java.util.stream.Collectors;
import org.mdlc.compiler.format.BreakLines.Line;
import org.mdlc.compiler.format.Piece.Kind;

/** Writes lines as text. Comments at the ends of lines that follow each other are aligned. */
final class PrintLines {
  private PrintLines() {}

  static String text(List<Line> lines) {
    var text = new StringBuilder();
    int column = 0;
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      var code = code(line);
      if (line.isSpaced()) {
        text.append('\n');
      }
      text.append(code);
      if (hasTrailingComment(line)) {
        var isFirst = i == 0 || line.isSpaced() || !hasTrailingComment(lines.get(i - 1));
        column = isFirst ? column(lines, i) : column;
        text.append(" ".repeat(column - width(code))).append(line.pieces().getLast().text());
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** Where the comments of the lines from this one on begin. */
  private static int column(List<Line> lines, int first) {
    int column = 0;
    for (int i = first; i < lines.size(); i++) {
      var line = lines.get(i);
      if (!hasTrailingComment(line) || (i > first && line.isSpaced())) {
        break;
      }
      column = Math.max(column, width(code(line)) + 1);
    }
    return column;
  }

  private static boolean hasTrailingComment(Line line) {
    return line.pieces().size() > 1 && line.pieces().getLast().kind() == Kind.LINE_COMMENT;
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The line without a comment at its end. */
  private static String code(Line line) {
    var code = new StringBuilder(" ".repeat(line.indent()));
    int last = line.pieces().size() - (hasTrailingComment(line) ? 1 : 0);
    for (int i = 0; i < last; i++) {
      var piece = line.pieces().get(i);
      code.append(" ".repeat(i == 0 ? 0 : piece.place().blanks()));
      code.append(piece.isComment() ? comment(piece.text(), line.indent()) : piece.text());
    }
    return code.toString();
  }

  /** A comment whose lines begin with stars has them below each other. */
  private static String comment(String text, int indent) {
    var hasStars = text.lines().skip(1).allMatch(line -> line.strip().startsWith("*"));
    return hasStars
        ? text.lines().map(String::strip).collect(Collectors.joining("\n" + " ".repeat(indent + 1)))
        : text;
  }
}
