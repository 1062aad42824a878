package org.mdlc.runtime.utils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** The seed of everything that has none. */
class RandomSeedTest {
  @TempDir private Path folder;

  @AfterEach
  void clear() {
    RandomSeed.clear();
    assertThat(RandomSeed.get()).isEmpty();
  }

  /** As keras.utils.set_random_seed(7) and image_dataset_from_directory of these names. */
  @Test
  void theOrderOfAFolderFollowsFromIt() throws IOException {
    for (String name : List.of("a", "b")) {
      Path inside = Files.createDirectory(folder.resolve(name));
      for (int i = 0; i < 6; i++) {
        Files.createFile(inside.resolve(i + ".png"));
      }
    }
    RandomSeed.setRandomSeed(7);
    for (int i = 0; i < 2; i++) { // each as if Keras's set_random_seed came right before it
      assertThat(ImageDatasetFromDirectory.of(folder).load().filePaths())
          .extracting(file -> folder.relativize(file).toString().replace('\\', '/'))
          .containsExactly(
              "a/2.png", "a/4.png", "a/1.png", "b/4.png", "a/0.png", "b/3.png", "b/2.png",
              "b/0.png", "b/1.png", "a/5.png", "b/5.png", "a/3.png");
    }
  }

  /** The seed that Keras draws: numpy.random.seed(7) and numpy.random.randint(1e6). */
  @Test
  void theOrderOfWindowsFollowsFromIt() {
    HostTensor series = HostTensor.of(new float[50], 50);
    RandomSeed.setRandomSeed(7);
    String order = TimeseriesDatasetFromArray.of(series, 3).shuffle(true).load().order();
    assertThat(order)
        .isEqualTo(
            TimeseriesDatasetFromArray.of(series, 3).shuffle(true).seed(585_903).load().order())
        .isNotEqualTo(
            TimeseriesDatasetFromArray.of(series, 3).shuffle(true).seed(7).load().order());
  }

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
