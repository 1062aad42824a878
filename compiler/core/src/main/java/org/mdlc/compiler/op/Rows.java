package org.mdlc.compiler.op;

import java.util.Arrays;
import java.util.List;
import org.mdlc.compiler.type.DType;

/** Applies a function to each line of elements along one axis. */
final class Rows {
  private Rows() {}

  /** Fills {@code result} from one line. */
  interface Work {
    void apply(double[] line, double[] result);
  }

  /**
   * A tensor whose lines along {@code axis}, now of {@code length}, are made from those of {@code
   * x}.
   */
  static Tensor64 map(Tensor64 x, int axis, int length, DType dtype, Work work) {
    var sizes = x.sizes().clone();
    sizes[axis] = length;
    var data = new double[Tensor64.count(sizes)];
    int n = x.size(axis);
    int inner = Tensor64.count(Arrays.copyOfRange(sizes, axis + 1, sizes.length));
    int outer = Tensor64.count(Arrays.copyOf(sizes, axis));
    var line = new double[n];
    var result = new double[length];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        for (int k = 0; k < n; k++) {
          line[k] = x.at((o * n + k) * inner + i);
        }
        work.apply(line, result);
        for (int k = 0; k < length; k++) {
          data[(o * length + k) * inner + i] = result[k];
        }
      }
    }
    return new Tensor64(dtype, sizes, data);
  }

  /** Without an axis of size 1. */
  static Tensor64 dropAxis(int axis, Tensor64 x) {
    var sizes = Build.others(x.rank(), List.of(axis)).stream().mapToInt(x::size).toArray();
    return new Tensor64(x.dtype(), sizes, x.data());
  }
}
