package org.mdlc.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutTest {
  private static final int[][] EXTENTS = {
    {1}, {16}, {17}, {1000}, {3, 100}, {100, 3}, {2, 2, 2}, {1, 1, 33}, {7, 16}, {5, 1}
  };

  @Test
  void everyPointIsInOnePart() {
    for (int[] extents : EXTENTS) {
      for (int parts = 1; parts <= 5; parts++) {
        check(Cut.into(parts, false, extents), parts, extents);
        check(Cut.into(parts, true, extents), parts, extents);
      }
    }
  }

  private static void check(Cut cut, int wanted, int[] extents) {
    assertThat(cut.parts()).isBetween(1, wanted);
    int[] done = new int[Arrays.stream(extents).reduce(1, (a, b) -> a * b)];
    for (int part = 0; part < cut.parts(); part++) {
      count(cut, part, extents, 0, 0, done);
    }
    assertThat(done).containsOnly(1);
  }

  private static void count(Cut cut, int part, int[] extents, int axis, int before, int[] done) {
    if (axis == extents.length) {
      done[before]++;
      return;
    }
    for (int i = cut.from(axis, part); i < cut.to(axis, part); i++) {
      count(cut, part, extents, axis + 1, before * extents[axis] + i, done);
    }
  }

  @Test
  void vectorsAreCutInWholeCacheLines() {
    var cut = Cut.into(2, true, 100);
    assertThat(cut.to(0, 0)).isEqualTo(48);
    assertThat(cut.from(0, 1)).isEqualTo(48);
    assertThat(cut.to(0, 1)).isEqualTo(100);
  }

  @Test
  void anAxisTooShortIsLeftWhole() {
    var cut = Cut.into(2, false, 3, 100);
    assertThat(cut.to(0, 0)).isEqualTo(3);
    assertThat(cut.to(1, 0)).isEqualTo(50);
  }

  @Test
  void theFirstAxisIsCutWhereItIsLongEnough() {
    var cut = Cut.into(2, false, 21, 100);
    assertThat(cut.to(0, 0)).isEqualTo(10);
    assertThat(cut.to(1, 0)).isEqualTo(100);
  }

  @ParameterizedTest
  @CsvSource({"1, 1000000, 1", "8, 9, 1", "8, 19, 1", "8, 20, 2", "8, 35, 3", "8, 1000000, 8"})
  void aPartHasWorkForTenMicroseconds(int threads, long micros, int parts) {
    assertThat(Cut.of(threads, micros * 1_000, false, 1_000).parts()).isEqualTo(parts);
  }
}
