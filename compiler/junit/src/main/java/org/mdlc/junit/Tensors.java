package org.mdlc.junit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.mdlc.compiler.op.Tensor64;

/** What the checks ask of tensors. */
final class Tensors {
  private Tensors() {}

  static Tensor64 named(Map<String, Tensor64> tensors, String name) {
    var tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException("no " + name + " among " + tensors.keySet());
    }
    return tensor;
  }

  /** The largest finite absolute value, or 0. */
  static double largest(Tensor64 tensor) {
    return Arrays.stream(tensor.data()).map(Math::abs).filter(Double::isFinite).max().orElse(0);
  }

  /** The first entry that is farther away than the tolerance; numbers that are none are equal. */
  static OptionalInt firstDifference(Tensor64 wanted, Tensor64 found, double tolerance) {
    return IntStream.range(0, wanted.count())
        .filter(
            i -> {
              double a = wanted.at(i);
              double b = found.at(i);
              return Double.compare(a, b) != 0 && !(Math.abs(a - b) <= tolerance);
            })
        .findFirst();
  }

  /** An entry by its index on each axis: {@code [1, 0, 3]}. */
  static String position(int entry, int[] sizes) {
    var indices = new ArrayList<Integer>();
    int rest = entry;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      indices.addFirst(rest % sizes[axis]);
      rest /= sizes[axis];
    }
    return indices.toString();
  }
}
