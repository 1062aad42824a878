package org.mdlc.compiler.pass;

import java.util.List;
import org.mdlc.compiler.type.Shape;

/** Which reductions are so long, and leave so few numbers, that each sample is reduced first. */
public final class LongReductions {
  /** With more numbers left than four cache lines, threads share those. */
  private static final long MOST_LEFT = 64;

  /** One thread takes some twenty microseconds for so many elements. */
  private static final long LEAST_ELEMENTS = 1 << 18;

  /** For which the decision is taken where the batch is open. */
  private static final long USUAL_BATCH = 32;

  private LongReductions() {}

  /** True for one over the samples and more, when to reduce each sample by itself comes first. */
  public static boolean isWorthSplitting(List<Integer> axes, Shape shape) {
    if (!axes.contains(0) || axes.size() < 2) {
      return false;
    }
    var left = shape.without(axes).elements();
    long samples = shape.dim(0).at(USUAL_BATCH);
    return left.isConstant()
        && left.value() <= MOST_LEFT
        && samples > 1
        && shape.elements().at(USUAL_BATCH) / samples > left.value()
        && shape.elements().at(USUAL_BATCH) >= LEAST_ELEMENTS;
  }
}
