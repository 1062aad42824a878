package org.mdlc.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mdlc.runtime.random.Threefry;

class VectorThreefryTest {
  @Test
  void drawsWhatTheGeneratorDraws() {
    for (int seed : new int[] {0, 1, 686579304, -5}) {
      for (int counter : new int[] {0, 1, 77}) {
        var generator = new Threefry(seed, counter);
        for (int start = 0; start < 100; start += Lanes.COUNT) {
          var drawn = VectorThreefry.uniform(seed, counter, Lanes.index(start, 1), -0.25f, 1.5f);
          for (int lane = 0; lane < Lanes.COUNT; lane++) {
            float expected = generator.uniform(start + lane, -0.25f, 1.5f);
            assertThat(drawn.lane(lane))
                .as("key (%d, %d), element %d", seed, counter, start + lane)
                .isEqualTo(expected);
            assertThat(VectorThreefry.uniform(seed, counter, start + lane, -0.25f, 1.5f))
                .isEqualTo(expected);
          }
        }
      }
    }
  }
}
