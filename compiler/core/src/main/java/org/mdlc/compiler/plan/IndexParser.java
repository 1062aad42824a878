package org.mdlc.compiler.plan;

import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.DimParser;

/** Reads the text form of {@link IndexExpr}. */
final class IndexParser {
  private final String text;
  private int at;

  private IndexParser(String text) {
    this.text = text;
  }

  /**
   * Reads a whole index expression.
   *
   * @throws IllegalArgumentException naming the place where the text is none
   */
  static IndexExpr parse(String text) {
    var parser = new IndexParser(text.replace(" ", ""));
    var index = parser.sum();
    if (parser.at != parser.text.length()) {
      throw parser.error();
    }
    return index;
  }

  private IndexExpr sum() {
    var result = term();
    while (at < text.length() && text.charAt(at) == '+') {
      at++;
      result = result.plus(term());
    }
    return result;
  }

  private IndexExpr term() {
    if (at >= text.length()) {
      throw error();
    }
    char c = text.charAt(at);
    if (c != '(' && c != '-' && !Character.isDigit(c)) {
      return atom();
    }
    var coefficient = c == '(' ? parenthesised() : Dim.of(number());
    if (at < text.length() && text.charAt(at) == '*') {
      at++;
      return atom().times(coefficient);
    }
    return IndexExpr.constant(coefficient);
  }

  private IndexExpr atom() {
    if (skip("div(")) {
      var numerator = sum();
      return IndexExpr.of(new IndexExpr.Quotient(numerator, divisor()));
    }
    if (skip("mod(")) {
      var numerator = sum();
      return IndexExpr.of(new IndexExpr.Remainder(numerator, divisor()));
    }
    if (skip("i")) {
      return IndexExpr.axis((int) number());
    }
    if (skip("r")) {
      return IndexExpr.of(new IndexExpr.RegisterAtom((int) number()));
    }
    throw error();
  }

  private Dim divisor() {
    if (!skip(",")) {
      throw error();
    }
    int start = at;
    advanceTo(')');
    var divisor = DimParser.parse(text.substring(start, at));
    at++;
    return divisor;
  }

  private Dim parenthesised() {
    int start = ++at;
    advanceTo(')');
    var dim = DimParser.parse(text.substring(start, at));
    at++;
    return dim;
  }

  /** Moves to the closing parenthesis of the one already open. */
  private void advanceTo(char close) {
    for (int depth = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == close && depth == 0) {
        return;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    throw error();
  }

  private boolean skip(String token) {
    if (!text.startsWith(token, at)) {
      return false;
    }
    at += token.length();
    return true;
  }

  private long number() {
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      at++;
    }
    if (start == at) {
      throw error();
    }
    return Long.parseLong(text.substring(start, at));
  }

  private IllegalArgumentException error() {
    return new IllegalArgumentException("no index expression from " + at + " of '" + text + "'");
  }
}
