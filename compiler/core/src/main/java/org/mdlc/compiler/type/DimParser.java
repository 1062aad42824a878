package org.mdlc.compiler.type;

/**
 * Reads the text form of {@link Dim}: sums of products of numbers, names and {@code floor((..)/n)}.
 */
public final class DimParser {
  private final String text;
  private int at;

  private DimParser(String text) {
    this.text = text;
  }

  /**
   * Reads a whole dimension.
   *
   * @throws IllegalArgumentException naming the place where the text is no dimension
   */
  public static Dim parse(String text) {
    var parser = new DimParser(text.replace(" ", ""));
    var dim = parser.sum();
    if (parser.at != parser.text.length()) {
      throw parser.error("end");
    }
    return dim;
  }

  private Dim sum() {
    var result = Dim.ZERO;
    boolean first = true;
    while (at < text.length() && text.charAt(at) != ')') {
      int sign = 1;
      if (text.charAt(at) == '-' || text.charAt(at) == '+') {
        sign = text.charAt(at) == '-' ? -1 : 1;
        at++;
      } else if (!first) {
        throw error("+ or -");
      }
      result = result.plus(product().times(sign));
      first = false;
    }
    if (first) {
      throw error("a number or a name");
    }
    return result;
  }

  private Dim product() {
    var result = factor();
    while (at < text.length() && text.charAt(at) == '*') {
      at++;
      result = result.times(factor());
    }
    return result;
  }

  private Dim factor() {
    if (text.startsWith("floor((", at)) {
      at += "floor((".length();
      var numerator = sum();
      expect(")/");
      long divisor = number();
      expect(")");
      return numerator.floorDiv(divisor);
    }
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    if (start == at) {
      throw error("a number or a name");
    }
    var word = text.substring(start, at);
    return Character.isDigit(word.charAt(0)) ? Dim.of(Long.parseLong(word)) : Dim.symbol(word);
  }

  private long number() {
    int start = at;
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      at++;
    }
    if (start == at) {
      throw error("a number");
    }
    return Long.parseLong(text.substring(start, at));
  }

  private void expect(String token) {
    if (!text.startsWith(token, at)) {
      throw error("'" + token + "'");
    }
    at += token.length();
  }

  private IllegalArgumentException error(String wanted) {
    return new IllegalArgumentException(
        "expected " + wanted + " at " + at + " of dimension '" + text + "'");
  }
}
