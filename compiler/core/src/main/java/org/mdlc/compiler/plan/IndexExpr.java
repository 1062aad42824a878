package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.mdlc.compiler.type.Dim;

/**
 * A whole number computed from loop axes: {@code constant + coefficient * atom + ...}, in elements.
 * Coefficients may depend on the batch size, atoms are loop axes and, where a reshape or a gather
 * is not affine, quotients, remainders and whole-number registers.
 *
 * @param constant added at the end
 * @param terms at most one per atom, none with coefficient zero
 */
public record IndexExpr(Dim constant, List<Term> terms) {
  public static final IndexExpr ZERO = constant(Dim.ZERO);

  public record Term(Dim coefficient, Atom atom) {}

  /** What varies within an index. */
  public sealed interface Atom {}

  /** The position along a loop axis of the kernel. */
  public record AxisAtom(int axis) implements Atom {}

  /** The value of an i32 register: a data-dependent index. */
  public record RegisterAtom(int register) implements Atom {}

  /** {@code floor(numerator / divisor)} of a numerator that is never negative. */
  public record Quotient(IndexExpr numerator, Dim divisor) implements Atom {}

  /**
   * {@code numerator - divisor * floor(numerator / divisor)} of a numerator that is never negative.
   */
  public record Remainder(IndexExpr numerator, Dim divisor) implements Atom {}

  public IndexExpr {
    terms = List.copyOf(terms);
  }

  public static IndexExpr constant(Dim value) {
    return new IndexExpr(value, List.of());
  }

  public static IndexExpr constant(long value) {
    return constant(Dim.of(value));
  }

  public static IndexExpr axis(int axis) {
    return of(new AxisAtom(axis));
  }

  public static IndexExpr of(Atom atom) {
    return new IndexExpr(Dim.ZERO, List.of(new Term(Dim.ONE, atom)));
  }

  public IndexExpr plus(IndexExpr other) {
    var sum = new LinkedHashMap<Atom, Dim>();
    terms.forEach(t -> sum.merge(t.atom(), t.coefficient(), Dim::plus));
    other.terms.forEach(t -> sum.merge(t.atom(), t.coefficient(), Dim::plus));
    var kept = new ArrayList<Term>();
    sum.forEach(
        (atom, coefficient) -> {
          if (!coefficient.is(0)) {
            kept.add(new Term(coefficient, atom));
          }
        });
    return new IndexExpr(constant.plus(other.constant), kept);
  }

  public IndexExpr plus(Dim other) {
    return new IndexExpr(constant.plus(other), terms);
  }

  public IndexExpr times(Dim factor) {
    if (factor.is(0)) {
      return ZERO;
    }
    return new IndexExpr(
        constant.times(factor),
        terms.stream().map(t -> new Term(t.coefficient().times(factor), t.atom())).toList());
  }

  public IndexExpr minus(IndexExpr other) {
    return plus(other.times(Dim.of(-1)));
  }

  public boolean isConstant() {
    return terms.isEmpty();
  }

  public boolean is(long value) {
    return isConstant() && constant.is(value);
  }

  /** True when there are only axes: no quotients, remainders or registers. */
  public boolean isAffine() {
    return terms.stream().allMatch(t -> t.atom() instanceof AxisAtom);
  }

  /**
   * True when the value may change while the axis moves and everything else (registers too) stands
   * still.
   */
  public boolean usesAxis(int axis) {
    return terms.stream()
        .anyMatch(
            t ->
                switch (t.atom()) {
                  case AxisAtom a -> a.axis() == axis;
                  case RegisterAtom _ -> false;
                  case Quotient q -> q.numerator().usesAxis(axis);
                  case Remainder r -> r.numerator().usesAxis(axis);
                });
  }

  /** The registers read, in order of appearance. */
  public List<Integer> registers() {
    var found = new ArrayList<Integer>();
    for (var term : terms) {
      switch (term.atom()) {
        case AxisAtom _ -> {}
        case RegisterAtom r -> found.add(r.register());
        case Quotient q -> found.addAll(q.numerator().registers());
        case Remainder r -> found.addAll(r.numerator().registers());
      }
    }
    return found;
  }

  /**
   * By how many elements the index grows when the axis moves by one, registers standing still;
   * empty when that is not the same everywhere. {@code 1} along the axis of the vector lanes means
   * a plain vector load, {@code 0} one value for all lanes.
   */
  public Optional<Dim> strideAlong(int axis) {
    var stride = Dim.ZERO;
    for (var term : terms) {
      switch (term.atom()) {
        case AxisAtom a -> stride = a.axis() == axis ? stride.plus(term.coefficient()) : stride;
        case RegisterAtom _ -> {}
        case Quotient q -> {
          if (q.numerator().usesAxis(axis)) {
            return Optional.empty();
          }
        }
        case Remainder r -> {
          if (r.numerator().usesAxis(axis)) {
            return Optional.empty();
          }
        }
      }
    }
    return Optional.of(stride);
  }

  /** This expression with every axis replaced by an expression of other axes. */
  public IndexExpr substituteAxes(IntFunction<IndexExpr> replacement) {
    return rebuild(replacement, r -> of(new RegisterAtom(r)));
  }

  /** This expression with every axis and register replaced. */
  public IndexExpr rebuild(IntFunction<IndexExpr> axes, IntFunction<IndexExpr> registers) {
    var result = constant(constant);
    for (var term : terms) {
      var atom =
          switch (term.atom()) {
            case AxisAtom a -> axes.apply(a.axis());
            case RegisterAtom r -> registers.apply(r.register());
            case Quotient q ->
                of(new Quotient(q.numerator().rebuild(axes, registers), q.divisor()));
            case Remainder r ->
                of(new Remainder(r.numerator().rebuild(axes, registers), r.divisor()));
          };
      result = result.plus(atom.times(term.coefficient()));
    }
    return result;
  }

  /** True when all axes used satisfy the predicate. */
  public boolean usesOnlyAxes(IntPredicate allowed) {
    return terms.stream()
        .allMatch(
            t ->
                switch (t.atom()) {
                  case AxisAtom a -> allowed.test(a.axis());
                  case RegisterAtom _ -> true;
                  case Quotient q -> q.numerator().usesOnlyAxes(allowed);
                  case Remainder r -> r.numerator().usesOnlyAxes(allowed);
                });
  }

  /**
   * The number for given positions.
   *
   * @param axes position along each axis
   * @param registers value of each register
   */
  public long evaluate(long[] axes, IntFunction<Long> registers, Map<String, Long> dims) {
    long sum = constant.bind(dims).value();
    for (var term : terms) {
      long atom =
          switch (term.atom()) {
            case AxisAtom a -> axes[a.axis()];
            case RegisterAtom r -> registers.apply(r.register());
            case Quotient q ->
                Math.floorDiv(
                    q.numerator().evaluate(axes, registers, dims), q.divisor().bind(dims).value());
            case Remainder r ->
                Math.floorMod(
                    r.numerator().evaluate(axes, registers, dims), r.divisor().bind(dims).value());
          };
      sum += term.coefficient().bind(dims).value() * atom;
    }
    return sum;
  }

  /**
   * {@code 10*i0 + i1 + 3}; a coefficient that is no number stands in parentheses; {@code div(..)},
   * {@code mod(..)}.
   */
  @Override
  public String toString() {
    var text = new StringBuilder();
    for (var term : terms) {
      if (!text.isEmpty()) {
        text.append(" + ");
      }
      var c = term.coefficient();
      if (!c.is(1)) {
        text.append(c.isConstant() ? c.toString() : "(" + c + ")").append('*');
      }
      text.append(
          switch (term.atom()) {
            case AxisAtom a -> "i" + a.axis();
            case RegisterAtom r -> "r" + r.register();
            case Quotient q -> "div(" + q.numerator() + ", " + q.divisor() + ")";
            case Remainder r -> "mod(" + r.numerator() + ", " + r.divisor() + ")";
          });
    }
    if (text.isEmpty()) {
      return constant.isConstant() ? constant.toString() : "(" + constant + ")";
    }
    if (!constant.is(0)) {
      text.append(" + ").append(constant.isConstant() ? constant.toString() : "(" + constant + ")");
    }
    return text.toString();
  }
}
