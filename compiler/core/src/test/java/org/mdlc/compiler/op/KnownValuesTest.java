package org.mdlc.compiler.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;

/** The float64 meaning against numbers worked out by JAX 0.10.2, Keras 3.15.1 and NumPy. */
final class KnownValuesTest {
  private static Tensor64 counting(int... sizes) {
    return Tensor64.of(DType.F32, sizes, i -> i);
  }

  private static Tensor64 tensor(int[] sizes, double... data) {
    return new Tensor64(DType.F32, sizes, data);
  }

  private static double[] result(Op op, Tensor64... operands) {
    return op.evaluate(List.of(operands)).get(0).data();
  }

  @Test
  void convolutionInGroupsWithStrideAndDilation() {
    var geometry = new ConvGeometry(List.of(2), List.of(1), List.of(2), List.of(2), 2);
    var kernel = Tensor64.of(DType.F32, new int[] {2, 1, 4}, i -> i - 3);
    assertArrayEquals(
        new double[] {2, 4, 9, 12, 0, 8, 18, 28, -18, -12, -7, 0},
        result(new Convolution(geometry), counting(1, 5, 2), kernel));
  }

  @Test
  void convolutionOfAnImage() {
    var geometry = new ConvGeometry(List.of(1, 2), List.of(0, 1), List.of(1, 0), List.of(1, 1), 1);
    var kernel = tensor(new int[] {2, 2, 1, 1}, 1, -2, 3, -4);
    assertArrayEquals(
        new double[] {-16, -12, -40, -20, -16, -11},
        result(new Convolution(geometry), counting(1, 3, 4, 1), kernel));
  }

  @Test
  void transposedConvolution() {
    var geometry = new ConvGeometry(List.of(2), List.of(0), List.of(0), List.of(1), 1);
    assertArrayEquals(
        new double[] {1, 10, 102, 20, 203, 30, 300},
        result(
            new ConvBackwardData(geometry, Shape.of(1, 7, 1)),
            tensor(new int[] {1, 3, 1}, 1, 2, 3),
            tensor(new int[] {3, 1, 1}, 1, 10, 100)));
  }

  @Test
  void averagesCountRealCellsOnly() {
    var geometry = new PoolGeometry(List.of(2, 2), List.of(2, 2), List.of(0, 0), List.of(1, 0));
    assertArrayEquals(
        new double[] {2.5, 4.5, 8.5, 10.5},
        result(new AveragePool(geometry), counting(1, 3, 4, 1)));
  }

  @Test
  void paddingIsNeverTheMaximum() {
    var geometry = new PoolGeometry(List.of(2, 3), List.of(1, 2), List.of(0, 0), List.of(1, 1));
    var x = Tensor64.of(DType.F32, new int[] {1, 3, 4, 1}, i -> -i);
    assertArrayEquals(new double[] {0, -2, -4, -6, -8, -10}, result(new MaxPool(geometry), x));
  }

  @Test
  void theFirstOfEqualCellsTakesTheGradient() {
    var geometry = new PoolGeometry(List.of(2, 2), List.of(1, 1), List.of(0, 0), List.of(0, 0));
    var x = tensor(new int[] {1, 3, 4, 1}, new double[12]);
    var dy = Tensor64.of(DType.F32, new int[] {1, 2, 3, 1}, i -> i + 1);
    assertArrayEquals(
        new double[] {1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0},
        result(new MaxPoolBackward(geometry), x, dy));
  }

  @Test
  void orthogonalHasAPositiveDiagonal() {
    assertArrayEquals(
        new double[] {
          0.16903085094570325,
          0.35215157397487895,
          0.50709255283711,
          0.7698197198520607,
          0.8451542547285166,
          -0.5323221467062123
        },
        result(new Orthogonal(), tensor(new int[] {3, 2}, 1, 2, 3, 4, 5, -6)),
        1e-15);
  }

  @Test
  void rowsPastTheEndAreNan() {
    var indices = new Tensor64(DType.I32, new int[] {2}, new double[] {1, 2});
    assertArrayEquals(
        new double[] {3, 4, Double.NaN, Double.NaN},
        result(new Gather(0), tensor(new int[] {2, 2}, 1, 2, 3, 4), indices));
  }

  /** A flag means the same as a transpose before. */
  @Test
  void transposeFlagsOfMatMul() {
    var random = new Random(5);
    var a = Tensor64.of(DType.F32, new int[] {2, 3, 5}, i -> random.nextDouble());
    var b = Tensor64.of(DType.F32, new int[] {2, 5, 4}, i -> random.nextDouble());
    var swap = new Transpose(List.of(0, 2, 1));
    var at = swap.evaluate(List.of(a)).get(0);
    var bt = swap.evaluate(List.of(b)).get(0);
    var plain = new MatMul(false, false).evaluate(List.of(a, b));
    assertEquals(plain, new MatMul(true, false).evaluate(List.of(at, b)));
    assertEquals(plain, new MatMul(false, true).evaluate(List.of(a, bt)));
    assertEquals(plain, new MatMul(true, true).evaluate(List.of(at, bt)));
    double sum = 0;
    for (int k = 0; k < 5; k++) {
      sum += a.at((3 + 2) * 5 + k) * b.at((5 + k) * 4 + 1);
    }
    assertEquals(sum, plain.get(0).at((3 + 2) * 4 + 1), "element [1, 2, 1]");
  }

  @Test
  void sortsAreStableAndTopKTakesTheLowerIndex() {
    var x = tensor(new int[] {5}, 2, 1, 2, 0.0, -0.0);
    assertArrayEquals(
        new double[] {3, 4, 1, 0, 2}, new Sort(false).evaluate(List.of(x)).get(1).data());
    assertArrayEquals(
        new double[] {0, 2, 1, 3, 4}, new Sort(true).evaluate(List.of(x)).get(1).data());
    assertArrayEquals(new double[] {0, 2}, new TopK(2).evaluate(List.of(x)).get(1).data());
    assertArrayEquals(new double[] {0}, result(new ArgMax(0), x));
    assertArrayEquals(new double[] {3}, result(new ArgMin(0), x));
  }
}
