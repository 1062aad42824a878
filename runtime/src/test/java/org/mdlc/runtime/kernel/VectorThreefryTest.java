package org.mdlc.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.mdlc.runtime.random.Threefry;

class VectorThreefryTest {
  @Test
  void drawsWhatTheGeneratorDraws() {
    try (var arena = Arena.ofConfined()) {
      var block = arena.allocate(4L * 128, 64);
      for (int seed : new int[] {0, 1, 686579304, -5}) {
        for (int counter : new int[] {0, 1, 77}) {
          for (int stride : new int[] {1, 3}) {
            draws(new Threefry(seed, counter), seed, counter, stride, block);
          }
        }
      }
    }
  }

  private static void draws(
      Threefry generator, int seed, int counter, int stride, MemorySegment block) {
    int count = 101;
    VectorThreefry.uniform(seed, counter, 11, stride, -0.25f, 1.5f, block.address(), count);
    for (int i = 0; i < count; i++) {
      int element = 11 + stride * i;
      float expected = generator.uniform(element, -0.25f, 1.5f);
      assertThat(block.getAtIndex(ValueLayout.JAVA_FLOAT, i))
          .as("key (%d, %d), element %d", seed, counter, element)
          .isEqualTo(expected);
      assertThat(ScalarThreefry.uniform(seed, counter, element, -0.25f, 1.5f)).isEqualTo(expected);
    }
  }
}
