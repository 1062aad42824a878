package org.mdlc.compiler.emit.java;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdlc.compiler.plan.KernelText;

/**
 * Generated kernels allocate nothing once they are compiled. Java's compiler inlines only so many
 * functions of vectors into one method; the ones beyond would allocate for every vector.
 */
class KernelAllocationTest {
  /**
   * C2 takes its time on a busy machine. One clean round of calls is enough: what allocates at
   * every call has none.
   */
  private static final long LONGEST_WARM_UP_NANOS = 60_000_000_000L;

  private static final int BATCH = 256;

  private static final String ADAM =
      """
      kernel adam lanes outer
        p0 g: f32[999] read
        p1 m: f32[999] update
        p2 v: f32[999] update
        p3 w: f32[999] update
        outer i0 < 999
        stage
          r0: f32 = load p0[i0]
          r1: f32 = load p1[i0]
          r2: f32 = load p2[i0]
          r3: f32 = load p3[i0]
          r4: f32 = const 0.1
          r5: f32 = const 0.001
          r6: f32 = sub r0, r1
          r7: f32 = mul r6, r4
          r8: f32 = add r1, r7
          r9: f32 = mul r0, r0
          r10: f32 = sub r9, r2
          r11: f32 = mul r10, r5
          r12: f32 = add r2, r11
          r13: f32 = sqrt r12
          r14: f32 = const 1.0E-7
          r15: f32 = add r13, r14
          r16: f32 = div r8, r15
          r17: f32 = mul r16, r5
          r18: f32 = sub r3, r17
          store p1[i0] = r8
          store p2[i0] = r12
          store p3[i0] = r18
      """;

  /** A dropout mask over a gelu: random numbers, which are always drawn in blocks. */
  private static final String DROPOUT =
      """
      kernel dropout lanes outer
        p0 x: f32[37*batch] read
        p1 y: f32[37*batch] write
        outer i0 < 37*batch
        stage
          r0: f32 = load p0[i0]
          r1: u32 = const 7
          r2: u32 = const 3
          r3: f32 = uniform r1, r2, 0.0, 1.0 at i0
          r4: f32 = const 0.5
          r5: bool = ge r3, r4
          r6: f32 = erf r0
          r7: f32 = mul r0, r6
          r8: f32 = const 0.0
          r9: f32 = select r5, r7, r8
          store p1[i0] = r9
      """;

  static final String LSTM_CELL =
      """
      kernel lstm_cell lanes outer
        p0 z: f32[256*batch] read
        p1 c: f32[64*batch] update
        p2 h: f32[64*batch] write
        outer i0 < batch
        outer i1 < 64
        stage
          r0: f32 = load p0[256*i0 + i1]
          r1: f32 = load p0[256*i0 + i1 + 64]
          r2: f32 = load p0[256*i0 + i1 + 128]
          r3: f32 = load p0[256*i0 + i1 + 192]
          r4: f32 = load p1[64*i0 + i1]
          r5: f32 = sigmoid r0
          r6: f32 = sigmoid r1
          r7: f32 = tanh r2
          r8: f32 = sigmoid r3
          r9: f32 = mul r6, r4
          r10: f32 = mul r5, r7
          r11: f32 = add r9, r10
          r12: f32 = tanh r11
          r13: f32 = mul r8, r12
          store p1[64*i0 + i1] = r11
          store p2[64*i0 + i1] = r13
      """;

  /** Row and column sums of functions too large for one loop. */
  private static final String ROW_SUMS =
      """
      kernel row_sums lanes stage
        p0 x: f32[300*batch] read
        p1 y: f32[batch] write
        outer i0 < batch
        inner i1 < 300
        stage i1
          r0: f32 = load p0[300*i0 + i1]
          r1: f32 = tanh r0
          r2: f32 = erf r1
          r3: f32 = log1p r2
          r4: f32 = reduce sum r3
          r5: f32 = reduce max r2
        stage
          r6: f32 = add r4, r5
          store p1[i0] = r6
      """;

  private static final String COLUMN_SUMS =
      """
      kernel column_sums lanes outer
        p0 x: f32[300*batch] read
        p1 y: f32[300] write
        p2 s: f32[300] read
        outer i0 < 300
        inner i1 < batch
        stage i1
          r0: f32 = load p0[300*i1 + i0]
          r8: f32 = load p2[i0]
          r9: f32 = exp r8
          r1: f32 = tanh r0
          r2: f32 = erf r1
          r3: f32 = mul r2, r9
          r4: f32 = reduce sum r3
        stage
          r5: f32 = tanh r4
          r6: f32 = sigmoid r5
          store p1[i0] = r6
      """;

  /** Rows that do not lie side by side, a guard, and indices that come from data. */
  private static final String SCATTERED =
      """
      kernel scattered lanes outer
        p0 x: f32[1000] read
        p1 at: i32[300] read
        p2 y: f32[600] write
        outer i0 < 300
        stage
          r0: i32 = load p1[i0]
          r1: bool = inrange 0 <= r0 < 100
          r2: f32 = load p0[r0] if r1
          r3: f32 = load p0[3*i0 + 5]
          r4: bool = inrange 10 <= i0 < 290
          r5: f32 = load p0[2*i0] if r4
          r6: f32 = erf r2
          r7: f32 = tanh r3
          r8: f32 = log1p r5
          r9: f32 = const 2.5
          r10: f32 = pow r9, r6
          r11: f32 = mod r8, r9
          r12: f32 = floor r7
          r13: f32 = add r10, r11
          r14: f32 = add r13, r12
          r15: bool = gt r14, r7
          r16: f32 = select r15, r14, r7
          store p2[2*i0] = r16
          store p2[2*i0 + 1] = r9
      """;

  static Stream<Arguments> kernels() {
    return Stream.of(ADAM, DROPOUT, LSTM_CELL, ROW_SUMS, COLUMN_SUMS, SCATTERED)
        .map(text -> Arguments.of(text.substring(7, text.indexOf(" lanes")), text));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kernels")
  void bothPrintersAgree(String name, String text) throws Exception {
    for (int batch : new int[] {15, 16, 33}) {
      var vector = KernelPrinterTest.run(KernelText.parse(text), batch, KernelStyle.VECTOR);
      var plain = KernelPrinterTest.run(KernelText.parse(text), batch, KernelStyle.PLAIN);
      if (name.equals("row_sums")) {
        for (int i = 0; i < plain.size(); i++) {
          // 300 additions of numbers below 1 in another order
          assertThat(vector.get(i))
              .isCloseTo(plain.get(i), org.assertj.core.data.Offset.offset(300 * 0x1p-24f * 64));
        }
      } else {
        assertThat(vector).as("batch %d", batch).isEqualTo(plain);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kernels")
  void allocatesNothing(String name, String text) throws Exception {
    try (var kernel =
        KernelPrinterTest.prepare(KernelText.parse(text), BATCH, KernelStyle.VECTOR)) {
      var run = kernel.run();
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long start = System.nanoTime();
      long allocated = Long.MAX_VALUE;
      while (allocated > 0 && System.nanoTime() - start < LONGEST_WARM_UP_NANOS) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
          run.run();
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(allocated).as("bytes in 100 calls").isZero();
    }
  }
}
