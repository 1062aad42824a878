package org.mdlc.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;

/** Reads numbers, strings and message templates. */
final class Literals {
  private final SyntaxErrors errors;
  private final TreeBuilder.ExpressionReader reader;

  Literals(SyntaxErrors errors, TreeBuilder.ExpressionReader reader) {
    this.errors = errors;
    this.reader = reader;
  }

  // ---- numbers

  Ast.Expr integer(Token token) {
    var digits = token.getText().replace("_", "");
    var span = Tokens.span(errors.source(), token);
    var isHex = digits.startsWith("0x") || digits.startsWith("0X");
    try {
      return new Ast.IntLit(
          isHex ? Long.parseLong(digits, 2, digits.length(), 16) : Long.parseLong(digits), span);
    } catch (NumberFormatException e) {
      errors.report(
          Diagnostic.of(Codes.BAD_NUMBER, span, "this number is too large")
              .label("whole numbers have at most 63 bits"));
      return new Ast.ErrorExpr(span);
    }
  }

  Ast.Expr floating(Token token) {
    var text = token.getText().replace("_", "");
    var span = Tokens.span(errors.source(), token);
    var value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      errors.report(
          Diagnostic.of(Codes.BAD_NUMBER, span, "this number is too large")
              .label("more than 1.8e308"));
      return new Ast.ErrorExpr(span);
    }
    return new Ast.FloatLit(value, text, span);
  }

  // ---- strings

  Ast.StringLit string(Token token) {
    var span = Tokens.span(errors.source(), token);
    var text = new StringBuilder();
    var inside = inside(span);
    for (int i = inside.start(); i < inside.end(); i++) {
      i += character(i, inside.end(), text);
    }
    return new Ast.StringLit(text.toString(), span);
  }

  /** The span between the quotes; a string that is not closed has only the first one. */
  private static Span inside(Span quoted) {
    var text = quoted.text();
    var closed = text.length() > 1 && text.charAt(text.length() - 1) == text.charAt(0);
    return new Span(
        quoted.file(),
        Math.min(quoted.start() + 1, quoted.end()),
        closed ? quoted.end() - 1 : quoted.end());
  }

  /**
   * Appends the character at an offset, with its escape resolved; the result is the number of chars
   * more than one that it takes.
   */
  private int character(int offset, int end, StringBuilder out) {
    var c = errors.source().text().charAt(offset);
    if (c != '\\' || offset + 1 == end) {
      out.append(c);
      return 0;
    }
    var escape = errors.source().text().charAt(offset + 1);
    switch (escape) {
      case 'n' -> out.append('\n');
      case 't' -> out.append('\t');
      case '\\', '"', '\'', '{', '}' -> out.append(escape);
      default -> reportEscape(offset);
    }
    return 1;
  }

  private void reportEscape(int offset) {
    var length =
        Character.isHighSurrogate(errors.source().text().charAt(offset + 1))
                && offset + 2 < errors.source().text().length()
            ? 3
            : 2;
    var span = errors.span(offset, offset + length);
    errors.report(
        Diagnostic.of(Codes.BAD_ESCAPE, span, "there is no escape `" + span.text() + "`")
            .note("the escapes are \\n \\t \\\\ \\\" \\{ and \\}")
            .help("for a backslash write two", span, "\\" + span.text()));
  }

  // ---- templates

  Ast.Template template(Token token) {
    var span = Tokens.span(errors.source(), token);
    var inside = inside(span);
    var pieces = new ArrayList<Ast.Piece>();
    var text = new StringBuilder();
    for (int i = inside.start(); i < inside.end(); i++) {
      var c = errors.source().text().charAt(i);
      if (c == '{') {
        flush(text, pieces);
        i = expression(i, inside.end(), pieces);
      } else if (c == '}') {
        reportBrace(i, "this `}` closes nothing", "\\}");
      } else {
        i += character(i, inside.end(), text);
      }
    }
    flush(text, pieces);
    return new Ast.Template(List.copyOf(pieces), span);
  }

  private static void flush(StringBuilder text, List<Ast.Piece> pieces) {
    if (!text.isEmpty()) {
      pieces.add(new Ast.TextPiece(text.toString()));
      text.setLength(0);
    }
  }

  /**
   * Reads the expression after the brace at {@code open}; the result is the offset of the closing
   * brace.
   */
  private int expression(int open, int end, List<Ast.Piece> pieces) {
    var close = errors.source().text().indexOf('}', open);
    if (close < 0 || close >= end) {
      reportBrace(open, "this `{` is not closed", "\\{");
      return end;
    }
    if (errors.source().text().substring(open + 1, close).isBlank()) {
      errors.report(
          Diagnostic.of(
              Codes.BAD_TEMPLATE,
              errors.span(open, close + 1),
              "there is no expression between these braces"));
    } else {
      pieces.add(new Ast.ExprPiece(reader.read(open + 1, close)));
    }
    return close;
  }

  private void reportBrace(int offset, String message, String escaped) {
    var span = errors.span(offset, offset + 1);
    errors.report(
        Diagnostic.of(Codes.BAD_TEMPLATE, span, message)
            .help("for a plain brace write", span, escaped)
            .note("braces in a message hold an expression"));
  }
}
