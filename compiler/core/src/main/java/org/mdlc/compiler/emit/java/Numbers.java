package org.mdlc.compiler.emit.java;

import java.util.regex.Pattern;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.type.Dim;

/** Prints literals, dimensions and index expressions as Java. */
final class Numbers {
  private static final Pattern LONG = Pattern.compile("\\b\\d+L\\b");

  private Numbers() {}

  /** A float literal that reads back to the same bits. */
  static String f32(double value) {
    float f = (float) value;
    if (Float.isNaN(f)) {
      return "Float.NaN";
    }
    if (Float.isInfinite(f)) {
      return f > 0 ? "Float.POSITIVE_INFINITY" : "Float.NEGATIVE_INFINITY";
    }
    return f + "f";
  }

  /** An int literal; u32 words wrap. */
  static String i32(double value) {
    int word = (int) (long) value;
    return word == Integer.MIN_VALUE ? "Integer.MIN_VALUE" : Integer.toString(word);
  }

  /**
   * A dimension as an int (or, given {@code "L"}, long) expression over the field {@code batch}.
   */
  static String dim(Dim dim, String suffix) {
    if (dim.isConstant()) {
      return dim.value() + suffix;
    }
    var text = new StringBuilder();
    for (var term : dim.terms()) {
      long c = term.coefficient();
      if (!text.isEmpty()) {
        text.append(c < 0 ? " - " : " + ");
      } else if (c < 0) {
        text.append('-');
      }
      var product = new StringBuilder();
      if (Math.abs(c) != 1 || term.factors().isEmpty() || !suffix.isEmpty()) {
        product.append(Math.abs(c)).append(suffix);
      }
      for (var factor : term.factors()) {
        if (!product.isEmpty()) {
          product.append(" * ");
        }
        product.append(
            switch (factor) {
              case Dim.Symbol s -> s.name();
              case Dim.Floor f ->
                  "Math.floorDiv(" + dim(f.numerator(), "") + ", " + f.divisor() + ")";
            });
      }
      text.append(product);
    }
    return text.toString();
  }

  /** As {@link #dim}, in parentheses unless it is one number or name. */
  static String factor(Dim dim, String suffix) {
    var text = dim(dim, suffix);
    return text.matches("\\w+") ? text : "(" + text + ")";
  }

  /** What index expressions call their axes and registers. */
  interface IndexNames {
    String axis(int axis);

    String register(int register);
  }

  /**
   * An index as a long expression when {@code suffix} is {@code "L"}, as an int when it is empty.
   */
  static String index(IndexExpr index, IndexNames names, String suffix) {
    var text = new StringBuilder();
    for (var term : index.terms()) {
      if (!text.isEmpty()) {
        text.append(" + ");
      }
      if (!term.coefficient().is(1)) {
        text.append(factor(term.coefficient(), suffix)).append(" * ");
      }
      text.append(
          switch (term.atom()) {
            case IndexExpr.AxisAtom a -> names.axis(a.axis());
            case IndexExpr.RegisterAtom r -> names.register(r.register());
            case IndexExpr.Quotient q ->
                "(("
                    + index(q.numerator(), names, suffix)
                    + ") / "
                    + factor(q.divisor(), suffix)
                    + ")";
            case IndexExpr.Remainder r ->
                "(("
                    + index(r.numerator(), names, suffix)
                    + ") % "
                    + factor(r.divisor(), suffix)
                    + ")";
          });
    }
    if (text.isEmpty()) {
      return dim(index.constant(), suffix);
    }
    if (!index.constant().is(0)) {
      text.append(" + ").append(factor(index.constant(), suffix));
    }
    return text.toString();
  }

  /** An index as an int expression that is worked out in longs where it multiplies or divides. */
  static String intIndex(IndexExpr index, IndexNames names) {
    String text = index(index, names, "L");
    return LONG.matcher(text).find() ? "(int) (" + text + ")" : text;
  }
}
