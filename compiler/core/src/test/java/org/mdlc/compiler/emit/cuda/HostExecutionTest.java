package org.mdlc.compiler.emit.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Lanes;
import org.mdlc.compiler.plan.Kernel.Reducer;
import org.mdlc.compiler.type.DType;

/**
 * Printed kernels, run on the CPU in three orders of their threads, against the plain meaning: the
 * same bits, but for sums over a block, whose order is another.
 */
final class HostExecutionTest {
  private static final int POISON = 0xdeadbeef;
  private static final float[] AWKWARD = {
    0f,
    -0f,
    1f,
    -1f,
    0.5f,
    -0.5f,
    1.5f,
    2.5f,
    -2.5f,
    3f,
    1e-20f,
    -1e-20f,
    1e-42f,
    1e20f,
    -1e20f,
    0.91f,
    0.93f,
    3.94f,
    3.96f,
    0.62f,
    0.63f,
    88.7f,
    88.8f,
    -87.5f,
    -103.9f,
    -104f,
    -17.4f,
    -17.6f,
    8388607.5f,
    3e9f,
    -3e9f,
    1e9f,
    65504f,
    65519f,
    65520f,
    0x1p-14f,
    0x1p-24f,
    0x1p-25f,
    0x3p-25f,
    1 + 0x1p-8f,
    1 + 0x3p-8f,
    -1 - 0x3p-11f,
    0x1p-133f,
    0x1p-134f,
    Float.MAX_VALUE,
    Float.MIN_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  @TempDir private static Path folder;
  private static final Arena ARENA = Arena.ofShared();
  private static HostKernels host;
  private static CudaSource source;

  @BeforeAll
  static void compile() throws Exception {
    assumeTrue(Commands.isOnPath("g++"), "g++ is not on the PATH: kernels were not run on the CPU");
    source = CudaEmitter.ofKernels("all", KernelFiles.all());
    host = HostKernels.compile(source, folder, ARENA);
  }

  @AfterAll
  static void close() {
    ARENA.close();
  }

  @TestFactory
  Stream<DynamicTest> givesWhatThePlainMeaningGives() {
    return KernelFiles.all().stream()
        .map(kernel -> DynamicTest.dynamicTest(kernel.name(), () -> checkSizes(kernel)));
  }

  private static void checkSizes(Kernel kernel) throws Throwable {
    for (int batch : batches(kernel)) {
      var expected = memory(kernel, batch);
      KernelMeaning.run(kernel, batch, expected);
      for (var order : HostKernels.Order.values()) {
        var actual = memory(kernel, batch);
        host.run(launch(kernel), batch, order, actual);
        for (int p = 0; p < actual.size(); p++) {
          var param = kernel.params().get(p);
          String what =
              "%s %s at batch %s, %s".formatted(kernel.name(), param.name(), batch, order);
          check(what, param.type(), sumsOverBlock(kernel), actual.get(p), expected.get(p));
        }
      }
    }
  }

  private static int[] batches(Kernel kernel) {
    return takesAwkwardNumbers(kernel) ? new int[] {20_000} : new int[] {1, 7, 33, 300};
  }

  private static boolean takesAwkwardNumbers(Kernel kernel) {
    return List.of("every_function", "narrow_floats").contains(kernel.name());
  }

  private static Launch launch(Kernel kernel) {
    return source.launches().stream()
        .filter(l -> l.function().equals(kernel.name()))
        .findFirst()
        .orElseThrow();
  }

  private static boolean sumsOverBlock(Kernel kernel) {
    return kernel.lanes() == Lanes.STAGE
        && kernel.stages().stream()
            .flatMap(s -> s.reduces().stream())
            .anyMatch(r -> r.reducer() == Reducer.SUM || r.reducer() == Reducer.PROD);
  }

  private static void check(String what, DType type, boolean sums, int[] actual, int[] expected) {
    if (type != DType.F32) {
      assertThat(actual).as(what).isEqualTo(expected);
      return;
    }
    for (int i = 0; i < actual.length; i++) {
      float a = Float.intBitsToFloat(actual[i]);
      float b = Float.intBitsToFloat(expected[i]);
      if (sums && Float.isFinite(b)) {
        // at most 70 additions in another order, each within half a unit of 2^-24
        assertThat(a).as("%s [%d]", what, i).isCloseTo(b, Offset.offset(70 * 0x1p-24f * 4));
      } else {
        // any NaN counts as the same
        assertThat(Float.floatToIntBits(a))
            .as("%s [%d]: %s for %s", what, i, a, b)
            .isEqualTo(Float.floatToIntBits(b));
      }
    }
  }

  /**
   * Read parameters hold numbers from a fixed seed, for some kernels awkward ones; written
   * parameters hold poison.
   */
  private static List<int[]> memory(Kernel kernel, int batch) {
    var random = new Random(11);
    var memory = new ArrayList<int[]>();
    for (int p = 0; p < kernel.params().size(); p++) {
      var param = kernel.params().get(p);
      var words = new int[(int) param.elements().at(batch)];
      for (int i = 0; i < words.length; i++) {
        words[i] =
            switch (param.access()) {
              case WRITE -> POISON;
              case READ, UPDATE ->
                  takesAwkwardNumbers(kernel)
                      ? awkward(p, i, random)
                      : ordinary(param.type(), random);
            };
      }
      memory.add(words);
    }
    return memory;
  }

  private static int awkward(int param, int i, Random random) {
    // first every pair, then what the seed brings
    int place = param == 0 ? i : i / AWKWARD.length;
    float value =
        i < AWKWARD.length * AWKWARD.length
            ? AWKWARD[place % AWKWARD.length]
            : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-4, 3)));
    return Float.floatToRawIntBits(value);
  }

  private static int ordinary(DType type, Random random) {
    return switch (type) {
      case F32, BF16, F16 ->
          Float.floatToRawIntBits(Math.abs((float) random.nextGaussian()) + 0.01f);
      case I32 -> random.nextInt(-1, 10);
      case U32 -> random.nextInt();
      case BOOL -> random.nextInt(2);
    };
  }
}
