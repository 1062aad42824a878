package org.mdlc.runtime.utils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** The seed of everything that has none. */
class RandomSeedTest {
  @ParameterizedTest
  @ValueSource(longs = {-1, 1L << 32, Long.MIN_VALUE})
  void aSeedOutOfRangeChangesNothing(long seed) {
    RandomSeed.setRandomSeed(5);
    assertThatThrownBy(() -> RandomSeed.setRandomSeed(seed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a seed lies between 0 and 2^32 - 1, this is " + seed);
    assertThat(RandomSeed.get()).hasValue(5);
    RandomSeed.setRandomSeed((1L << 32) - 1);
    assertThat(RandomSeed.get()).hasValue((1L << 32) - 1);
  }

  /** As keras.utils.set_random_seed(7) and split_dataset(list(range(8)), 0.5, shuffle=True). */
  @Test
  void aSplitFollowsFromIt() {
    RandomSeed.setRandomSeed(7);
    float[] rows = {0, 1, 2, 3, 4, 5, 6, 7};
    ArrayDataset.Split split =
        SplitDataset.of(ArrayDataset.of("x", HostTensor.of(rows, 8)))
            .leftSize(0.5)
            .shuffle(true)
            .split();
    assertThat(split.first().get("x").floats()).containsExactly(3, 2, 0, 7);
  }

  /** As Python prints them. */
  @ParameterizedTest
  @CsvSource({
    "0.1, 0.1",
    "1, 1.0",
    "-0.0, -0.0",
    "123456789, 123456789.0",
    "1e16, 1e+16",
    "9999999999999998, 9999999999999998.0",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "1.5e-7, 1.5e-07",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "0.6931471824645996, 0.6931471824645996"
  })
  void numbersAsPythonPrintsThem(double value, String expected) {
    assertThat(PythonFormat.repr(value)).isEqualTo(expected);
  }
}
