package org.mdlc.compiler.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mdlc.compiler.plan.KernelText;

/** Kernels whose work is counted by hand, for a batch of 5. */
final class KernelWorkTest {
  private static Work work(String kernel) {
    return KernelWork.of(KernelText.parse(kernel), 5);
  }

  @Test
  void whatIsLoadedTwiceMovesOnce() {
    var work =
        work(
            """
            kernel scaled lanes outer
              p0 x: f32[4*batch] read
              p1 scale: f32[4] read
              p2 y: f32[4*batch] write
              outer i0 < batch
              outer i1 < 4
              stage
                r0: f32 = load p0[4*i0 + i1]
                r1: f32 = load p1[i1]
                r2: f32 = mul r0, r1
                r3: f32 = load p0[4*i0 + i1]
                r4: f32 = add r2, r3
                store p2[4*i0 + i1] = r4
            """);
    assertThat(work).isEqualTo(new Work(5 * 4 * 2, (5 * 4 + 4) * 4, 5 * 4 * 4));
  }

  @Test
  void whatAnInnerLoopNeedsNotIsWorkedOutOutside() {
    // per row: one division, seven additions of the reduction, seven products
    var work =
        work(
            """
            kernel rows lanes stage
              p0 x: f32[7*batch] read
              p1 d: f32[batch] read
              p2 y: f32[batch] write
              outer i0 < batch
              inner i1 < 7
              stage i1
                r0: f32 = load p1[i0]
                r1: f32 = const 1.0
                r2: f32 = div r1, r0
                r3: f32 = load p0[7*i0 + i1]
                r4: f32 = mul r3, r2
                r5: f32 = reduce sum r4
              stage
                store p2[i0] = r5
            """);
    assertThat(work).isEqualTo(new Work(5 * (1 + 7 + 7), (5 * 7 + 5) * 4, 5 * 4));
  }

  @Test
  void whatIsWorkedOutAgainCountsAgain() {
    // the exponential is worked out in both stages
    var work =
        work(
            """
            kernel softmax lanes stage
              p0 x: f32[7*batch] read
              p1 y: f32[7*batch] write
              outer i0 < batch
              inner i1 < 7
              stage i1
                r0: f32 = load p0[7*i0 + i1]
                r1: f32 = exp r0
                r2: f32 = reduce sum r1
              stage i1
                r3: f32 = load p0[7*i0 + i1]
                r4: f32 = exp r3
                r5: f32 = div r4, r2
                store p1[7*i0 + i1] = r5
            """);
    assertThat(work).isEqualTo(new Work(5 * 7 * (2 + 2), 5 * 7 * 4, 5 * 7 * 4));
  }

  @Test
  void overlappingWindowsMoveTheirUnion() {
    // three neighbours of each of 8 places: 10 elements
    var work =
        work(
            """
            kernel windows lanes outer
              p0 x: f32[10] read
              p1 y: f32[24] write
              outer i0 < 8
              outer i1 < 3
              stage
                r0: f32 = load p0[i0 + i1]
                store p1[3*i0 + i1] = r0
            """);
    assertThat(work).isEqualTo(new Work(0, 10 * 4, 24 * 4));
  }

  @Test
  void everySecondElementIsHalf() {
    var work =
        work(
            """
            kernel even lanes outer
              p0 x: f32[20] read
              p1 y: f32[10] write
              outer i0 < 10
              stage
                r0: f32 = load p0[2*i0]
                store p1[i0] = r0
            """);
    assertThat(work).isEqualTo(new Work(0, 10 * 4, 10 * 4));
  }

  @Test
  void quotientsAndRemaindersOfAnAxisReachLess() {
    // i0 / 4 takes 3 values, i0 mod 4 takes 4
    var work =
        work(
            """
            kernel parts lanes outer
              p0 a: f32[100] read
              p1 b: f32[100] read
              p2 y: f32[12] write
              outer i0 < 12
              stage
                r0: f32 = load p0[10*div(i0, 4)]
                r1: f32 = load p1[10*mod(i0, 4)]
                r2: f32 = add r0, r1
                store p2[i0] = r2
            """);
    assertThat(work).isEqualTo(new Work(12, (3 + 4) * 4, 12 * 4));
  }

  @Test
  void aGatherReadsAsManyRowsAsItHasIndicesButNoMoreThanThereAre() {
    var gather =
        """
        kernel rows lanes outer
          p0 table: f32[%d] read
          p1 id: i32[batch] read
          p2 y: f32[6*batch] write
          outer i0 < batch
          outer i1 < 6
          stage
            r0: i32 = load p1[i0]
            r1: f32 = load p0[6*r0 + i1]
            store p2[6*i0 + i1] = r1
        """;
    assertThat(work(gather.formatted(6 * 1000)).bytesRead()).isEqualTo((5 * 6 + 5) * 4);
    assertThat(work(gather.formatted(6 * 2)).bytesRead()).isEqualTo((2 * 6 + 5) * 4);
  }

  @Test
  void whatTheKernelHasWrittenIsNotReadFromMemory() {
    var work =
        work(
            """
            kernel twice lanes stage
              p0 x: f32[7*batch] read
              p1 y: f32[7*batch] update
              p2 z: f32[7*batch] write
              outer i0 < batch
              inner i1 < 7
              stage i1
                r0: f32 = load p0[7*i0 + i1]
                r1: f32 = exp r0
                r2: f32 = reduce sum r1
                store p1[7*i0 + i1] = r1
              stage i1
                r3: f32 = load p1[7*i0 + i1]
                r4: f32 = div r3, r2
                store p2[7*i0 + i1] = r4
            """);
    assertThat(work).isEqualTo(new Work(5 * 7 * 3, 5 * 7 * 4, 2 * 5 * 7 * 4));
  }

  @Test
  void wholeNumbersAreNoFloatsAndRandomNumbersAreDear() {
    var work =
        work(
            """
            kernel drop lanes outer
              p0 key: u32[2] read
              p1 y: f32[batch] write
              outer i0 < batch
              stage
                r0: u32 = load p0[0]
                r1: u32 = load p0[1]
                r2: f32 = uniform r0, r1, 0.0, 1.0 at i0
                r3: i32 = index i0
                r4: i32 = add r3, r3
                r5: f32 = to_f32 r4
                r6: bool = lt r2, r5
                r7: bool = not r6
                r8: f32 = select r7, r2, r5
                store p1[i0] = r8
            """);
    // a hundred, a conversion, a comparison and a choice
    assertThat(work).isEqualTo(new Work(5 * 103, 2 * 4, 5 * 4));
  }
}
