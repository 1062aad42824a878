package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.plan.IndexExpr.AxisAtom;
import org.mdlc.compiler.plan.IndexExpr.Quotient;
import org.mdlc.compiler.plan.IndexExpr.RegisterAtom;
import org.mdlc.compiler.plan.IndexExpr.Remainder;
import org.mdlc.compiler.plan.IndexExpr.Term;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/**
 * What is known about the size of index expressions: axes run from 0 to their extents.
 *
 * @param extents of the axes
 */
record IndexBounds(List<Dim> extents) {
  private record Range(Dim least, Dim most) {}

  /** True when surely {@code 0 <= index < limit} wherever the loops go. */
  boolean isWithin(IndexExpr index, Dim limit) {
    return range(index)
        .filter(
            r ->
                DimBound.isNonNegative(r.least())
                    && DimBound.isNonNegative(limit.minus(r.most()).plus(-1)))
        .isPresent();
  }

  private Optional<Range> range(IndexExpr index) {
    var least = index.constant();
    var most = index.constant();
    for (var term : index.terms()) {
      var atom = range(term);
      if (atom.isEmpty()) {
        return Optional.empty();
      }
      var scaled = atom.get().times(term.coefficient());
      if (DimBound.isNonNegative(term.coefficient())) {
        most = most.plus(scaled);
      } else if (DimBound.isNonNegative(term.coefficient().times(-1))) {
        least = least.plus(scaled);
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(new Range(least, most));
  }

  /** The largest value of an atom; the smallest is 0. */
  private Optional<Dim> range(Term term) {
    return switch (term.atom()) {
      case AxisAtom a -> Optional.of(extents.get(a.axis()).plus(-1));
      case RegisterAtom _ -> Optional.empty();
      case Quotient q ->
          q.divisor().isConstant()
              ? range(q.numerator()).map(r -> r.most().floorDiv(q.divisor().value()))
              : Optional.empty();
      case Remainder r -> Optional.of(r.divisor().plus(-1));
    };
  }

  /** The position along each axis of a shape for a row-major element number. */
  List<IndexExpr> split(IndexExpr linear, Shape shape) {
    var strides = shape.strides();
    var positions = new ArrayList<IndexExpr>();
    var rest = linear;
    for (int axis = 0; axis < shape.rank(); axis++) {
      var stride = strides.get(axis);
      if (shape.dim(axis).is(1)) {
        positions.add(IndexExpr.ZERO);
        continue;
      }
      if (isLastLarge(shape, axis)) {
        positions.add(rest);
        rest = IndexExpr.ZERO;
        continue;
      }
      var multiples = multiplesOf(rest, stride);
      var remainder = rest.minus(multiples.times(stride));
      if (isWithin(remainder, stride)) {
        positions.add(multiples);
        rest = remainder;
      } else {
        positions.add(IndexExpr.of(new Quotient(rest, stride)));
        rest = IndexExpr.of(new Remainder(rest, stride));
      }
    }
    return positions;
  }

  private static boolean isLastLarge(Shape shape, int axis) {
    return shape.dims().subList(axis + 1, shape.rank()).stream().allMatch(d -> d.is(1));
  }

  /** The terms that are whole multiples of the stride, divided by it. */
  private static IndexExpr multiplesOf(IndexExpr index, Dim stride) {
    var result = IndexExpr.ZERO;
    for (var term : index.terms()) {
      var quotient = term.coefficient().dividedBy(stride);
      if (quotient.isPresent()) {
        result = result.plus(IndexExpr.of(term.atom()).times(quotient.get()));
      } else if (term.coefficient().isConstant() && stride.isConstant()) {
        long whole = Math.floorDiv(term.coefficient().value(), stride.value());
        result = result.plus(IndexExpr.of(term.atom()).times(Dim.of(whole)));
      }
    }
    if (index.constant().isConstant() && stride.isConstant()) {
      return result.plus(Dim.of(Math.floorDiv(index.constant().value(), stride.value())));
    }
    return result.plus(index.constant().dividedBy(stride).orElse(Dim.ZERO));
  }

  /** Row-major element number of a position. */
  static IndexExpr linear(List<IndexExpr> position, Shape shape) {
    var strides = shape.strides();
    var sum = IndexExpr.ZERO;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (!shape.dim(axis).is(1)) {
        sum = sum.plus(position.get(axis).times(strides.get(axis)));
      }
    }
    return recombined(sum);
  }

  /** {@code n*div(e, n) + mod(e, n) -> e}, as long as there are such pairs. */
  private static IndexExpr recombined(IndexExpr index) {
    for (var term : index.terms()) {
      if (term.atom() instanceof Quotient q) {
        var remainder = new Remainder(q.numerator(), q.divisor());
        for (var other : index.terms()) {
          if (other.atom().equals(remainder)
              && term.coefficient().equals(other.coefficient().times(q.divisor()))) {
            var both =
                IndexExpr.of(q)
                    .times(term.coefficient())
                    .plus(IndexExpr.of(remainder).times(other.coefficient()));
            return recombined(index.minus(both).plus(q.numerator().times(other.coefficient())));
          }
        }
      }
    }
    return index;
  }
}
