package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.Collections;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/**
 * How two shapes go together: aligned on the right, a missing dimension or one of size 1 stretches.
 * Unlike in numpy the batch goes only with the batch: {@code [batch]} and {@code [batch, 1]} do not
 * make {@code [batch, batch]}.
 */
final class Broadcasting {
  private Broadcasting() {}

  static Shape join(Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    var dims = new ArrayList<Dim>();
    for (int i = 0; i < rank; i++) {
      dims.add(join(a, b, i - rank + a.rank(), i - rank + b.rank()));
    }
    for (int i = 1; i < rank; i++) {
      if (dims.get(i).equals(Dim.BATCH)
          && !isPair(a, i - rank + a.rank())
          && !isPair(b, i - rank + b.rank())) {
        throw batchMeetsOther(a, b);
      }
    }
    return new Shape(dims);
  }

  /** Where every example meets every other: a batch that its tensor itself has further right. */
  private static boolean isPair(Shape shape, int axis) {
    return axis > 0 && shape.dim(axis).equals(Dim.BATCH);
  }

  private static Dim join(Shape a, Shape b, int i, int j) {
    var left = i < 0 ? Dim.ONE : a.dim(i);
    var right = j < 0 ? Dim.ONE : b.dim(j);
    if (left.equals(right) || right.is(1)) {
      return left;
    }
    if (left.is(1)) {
      return right;
    }
    if (left.equals(Dim.BATCH) || right.equals(Dim.BATCH)) {
      throw batchMeetsOther(a, b);
    }
    throw new Misuse(Codes.SHAPE_MISMATCH, "shapes " + a + " and " + b + " do not go together")
        .note("dimensions are aligned on the right: " + left + " meets " + right);
  }

  private static Misuse batchMeetsOther(Shape a, Shape b) {
    var shorter = a.rank() < b.rank() ? a : b;
    var misuse =
        new Misuse(Codes.SHAPE_MISMATCH, "shapes " + a + " and " + b + " do not go together")
            .note("the batch dimension goes only with the batch dimension");
    if (a.rank() != b.rank()) {
      misuse.help(
          "add the missing dimension to the "
              + shorter
              + " side: x"
              + index(shorter, a.rank() < b.rank() ? b : a));
    }
    return misuse;
  }

  /**
   * Where the shorter one lacks a dimension: behind the batch when the rest agrees on the right.
   */
  private static String index(Shape shorter, Shape longer) {
    int inner = shorter.rank() - 1;
    int missing = longer.rank() - shorter.rank();
    boolean alignedRight =
        inner > 0
            && longer
                .dims()
                .subList(longer.rank() - inner, longer.rank())
                .equals(shorter.dims().subList(1, shorter.rank()));
    var none = String.join(", ", Collections.nCopies(missing, "none"));
    return alignedRight ? "[" + none + ", ..]" : "[.., " + none + "]";
  }
}
