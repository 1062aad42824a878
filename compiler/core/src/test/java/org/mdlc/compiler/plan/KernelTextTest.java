package org.mdlc.compiler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.type.Dim;

final class KernelTextTest {
  private static final String SOFTMAX =
      """
      kernel softmax lanes stage
        p0 x: f32[10*batch] read
        p1 y: f32[10*batch] write
        outer i0 < batch
        inner i1 < 10
        stage i1
          r0: f32 = load p0[10*i0 + i1]
          r1: f32 = reduce max r0
        stage i1
          r2: f32 = load p0[10*i0 + i1]
          r3: f32 = sub r2, r1
          r4: f32 = exp r3
          r5: f32 = reduce sum r4
        stage i1
          r6: f32 = load p0[10*i0 + i1]
          r7: f32 = sub r6, r1
          r8: f32 = exp r7
          r9: f32 = div r8, r5
          store p1[10*i0 + i1] = r9
      """;

  private static final String EVERY_INSTRUCTION =
      """
      kernel every_instruction lanes outer
        p0 x: f32[8*batch] read
        p1 key: u32[2] read
        p2 rows: i32[batch] read
        p3 y: f32[5*batch] write
        outer i0 < batch
        outer i1 < 5
        stage
          r0: u32 = load p1[0]
          r1: u32 = load p1[1]
          r2: f32 = uniform r0, r1, 0.0, 1.0 at 5*i0 + i1
          r3: i32 = load p2[i0]
          r4: bool = inrange 0 <= r3 < batch
          r5: f32 = load p0[8*r3 + i1 + -1] if r4
          r6: f32 = const NaN
          r7: f32 = select r4, r5, r6
          r8: f32 = load p0[(batch)*div(5*i0 + i1, 8*batch+1) + mod(i1, 3) + (batch)]
          r9: f32 = mul r7, r2
          r10: i32 = index 2*i0 + 7
          r11: f32 = to_f32 r10
          r12: f32 = add r9, r11
          r13: f32 = add r12, r8
          store p3[5*i0 + i1] = r13
      """;

  @Test
  void printsWhatItReads() {
    assertThat(KernelText.print(KernelText.parse(SOFTMAX))).isEqualTo(SOFTMAX);
    var kernel = KernelText.parse(EVERY_INSTRUCTION);
    assertThat(KernelText.parse(KernelText.print(kernel))).isEqualTo(kernel);
    assertThat(KernelText.print(kernel)).isEqualTo(EVERY_INSTRUCTION);
  }

  @Test
  void knowsWhatVariesAlongTheLanes() {
    var kernel = KernelText.parse(SOFTMAX);
    assertThat(kernel.laneAxis(kernel.stages().get(0))).isEqualTo(1);
    assertThat(kernel.variation()).containsEntry(4, Set.of(0, 1)).containsEntry(5, Set.of(0));
    var load = (Instr.Load) kernel.stages().get(0).body().get(0);
    assertThat(load.index().strideAlong(1)).contains(Dim.ONE);
    assertThat(load.index().strideAlong(0)).contains(Dim.of(10));
  }

  @Test
  void refusesARegisterOutOfItsStage() {
    var bad = SOFTMAX.replace("sub r2, r1", "sub r0, r1");
    assertThatThrownBy(() -> KernelText.parse(bad)).hasMessageContaining("r0 is not in scope");
  }

  @Test
  void refusesWrongTypes() {
    var bad = SOFTMAX.replace("r4: f32 = exp r3", "r4: bool = gt r3, r1");
    assertThatThrownBy(() -> KernelText.parse(bad)).hasMessageContaining("type of r5");
  }

  @Test
  void refusesAStoreToAReadParameter() {
    var bad = SOFTMAX.replace("store p1", "store p0");
    assertThatThrownBy(() -> KernelText.parse(bad)).hasMessageContaining("x is read-only");
  }

  @Test
  void namesTheLineThatIsNoLine() {
    assertThatThrownBy(() -> KernelText.parse(SOFTMAX.replace("exp r3", "expo r3")))
        .hasMessageContaining("expo r3");
  }
}
