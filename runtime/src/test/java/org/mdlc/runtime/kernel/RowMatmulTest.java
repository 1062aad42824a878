package org.mdlc.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowMatmulTest {
  private static final long NO_SCRATCH = 0;

  /** With products that are small as a whole, small in parts only, and never. */
  @ParameterizedTest
  @CsvSource({"1, 8, 12", "2, 200, 100", "17, 64, 48", "33, 64, 64", "40, 128, 512", "64, 200, 96"})
  void partsGiveTheBitsOfTheWhole(int rows, int depth, int columns) {
    for (boolean biased : new boolean[] {false, true}) {
      float[] whole = product(1, biased, rows, depth, columns);
      for (int parts = 2; parts <= 4; parts++) {
        assertThat(product(parts, biased, rows, depth, columns))
            .as("%d parts, bias %s", parts, biased)
            .isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"33, 64, 64", "48, 20, 24"})
  void itIsTheProduct(int rows, int depth, int columns) {
    float[] expected = new float[rows * columns];
    try (Arena arena = Arena.ofConfined()) {
      var a = random(arena, 1, rows * depth);
      var b = random(arena, 2, depth * columns);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          double sum = 0;
          for (int k = 0; k < depth; k++) {
            sum += (double) at(a, i * depth + k) * at(b, k * columns + j);
          }
          expected[i * columns + j] = (float) sum;
        }
      }
    }
    assertThat(product(3, false, rows, depth, columns))
        .usingComparatorWithPrecision(1e-4f)
        .containsExactly(expected);
  }

  private static float[] product(int parts, boolean biased, int rows, int depth, int columns) {
    try (Arena arena = Arena.ofConfined()) {
      var a = random(arena, 1, rows * depth);
      var b = random(arena, 2, depth * columns);
      var bias = random(arena, 3, columns);
      var c = random(arena, 4, rows * columns);
      Epilogue[] epilogue = biased ? new Epilogue[] {Epilogue.BIAS} : new Epilogue[0];
      var cut = Cut.into(parts, true, rows);
      try (var matmul =
          new RowMatmul(
              cut,
              "test",
              Layout.of(rows, depth),
              Layout.of(depth, columns),
              Layout.of(rows, columns),
              epilogue)) {
        assertThat(matmul.scratchBytes()).isEqualTo(NO_SCRATCH);
        for (int part = cut.parts() - 1; part >= 0; part--) {
          if (biased) {
            matmul.bind(part, a.address(), b.address(), bias.address(), c.address());
          } else {
            matmul.bind(part, a.address(), b.address(), c.address());
          }
          matmul.run(part);
        }
      }
      float[] values = new float[rows * columns];
      MemorySegment.copy(c, ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
      return values;
    }
  }

  private static float at(MemorySegment values, int index) {
    return values.getAtIndex(ValueLayout.JAVA_FLOAT, index);
  }

  private static MemorySegment random(Arena arena, long seed, int count) {
    var random = new Random(seed);
    var values = arena.allocate(4L * count + Memory.SLACK, 64);
    for (int i = 0; i < count; i++) {
      values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
    }
    return values;
  }
}
