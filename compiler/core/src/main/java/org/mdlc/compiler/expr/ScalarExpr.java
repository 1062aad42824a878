package org.mdlc.compiler.expr;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A formula over scalars: the one description of an element-wise operation, from which the
 * interpreter, the derivative, Java, CUDA and the docs are made.
 */
public sealed interface ScalarExpr {
  /** The operand at a position. */
  record Arg(int index) implements ScalarExpr {
    @Override
    public String toString() {
      return "a" + index;
    }
  }

  record Const(double value) implements ScalarExpr {
    @Override
    public String toString() {
      return Double.toString(value);
    }
  }

  record Apply(ScalarFn fn, List<ScalarExpr> args) implements ScalarExpr {
    public Apply {
      args = List.copyOf(args);
      if (args.size() != fn.arity()) {
        throw new IllegalArgumentException(
            fn.text() + " takes " + fn.arity() + " arguments, not " + args.size());
      }
    }

    @Override
    public String toString() {
      return fn.text()
          + args.stream().map(ScalarExpr::toString).collect(Collectors.joining(", ", "(", ")"));
    }
  }

  static ScalarExpr arg(int index) {
    return new Arg(index);
  }

  static ScalarExpr constant(double value) {
    return new Const(value);
  }

  static ScalarExpr apply(ScalarFn fn, ScalarExpr... args) {
    return new Apply(fn, Arrays.asList(args));
  }

  /** True when a transcendental function is among the calls. */
  default boolean isTranscendental() {
    return this instanceof Apply call
        && (call.fn().isTranscendental()
            || call.args().stream().anyMatch(ScalarExpr::isTranscendental));
  }

  /** The float64 value for the given operands. */
  default double evaluate(double... operands) {
    return switch (this) {
      case Arg a -> operands[a.index()];
      case Const c -> c.value();
      case Apply f -> {
        var values = new double[f.args().size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = f.args().get(i).evaluate(operands);
        }
        yield f.fn().apply(values);
      }
    };
  }

  /** {@link #evaluate} of {@code count} sets of operands: {@code operands[k][i]} is operand k. */
  default double[] evaluateEach(double[][] operands, int count) {
    return switch (this) {
      case Arg a -> operands[a.index()];
      case Const c -> {
        var same = new double[count];
        Arrays.fill(same, c.value());
        yield same;
      }
      case Apply f -> {
        var columns = new double[f.args().size()][];
        for (int k = 0; k < columns.length; k++) {
          columns[k] = f.args().get(k).evaluateEach(operands, count);
        }
        yield f.fn().applyEach(columns, count);
      }
    };
  }
}
