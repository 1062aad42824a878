package org.mdlc.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeaksTest {
  /** Between what an old laptop and what a large server does. */
  @Test
  void areThoseOfAMachine() {
    var peaks = Peaks.measure().orElseThrow();
    assertThat(peaks.gigaflops()).isBetween(1.0, 1e6);
    assertThat(peaks.gigabytesPerSecond()).isBetween(0.1, 1e5);
  }

  /** What is timed is all computed: each chain has come close to its limit, 2. */
  @Test
  void multiplyAddsAreDone() {
    assertThat(VectorPeak.multiplyAdd(100)).isEqualTo(24f);
    assertThat(VectorPeak.multiplyAdd(0)).isEqualTo(12f);
  }
}
