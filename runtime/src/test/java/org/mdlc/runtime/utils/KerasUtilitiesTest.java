package org.mdlc.runtime.utils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdlc.runtime.TestFiles;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.NumpyFiles;
import org.mdlc.runtime.file.SafeTensors;

/** The small utilities against numbers of real Keras 3.15.1, and their errors. */
class KerasUtilitiesTest {
  private static final Map<String, HostTensor> KERAS = golden();

  private static Map<String, HostTensor> golden() {
    try {
      return NumpyFiles.readNpz(
          Path.of(
              Objects.requireNonNull(
                      KerasUtilitiesTest.class.getResource("/golden/keras/utils.npz"))
                  .toURI()));
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final Map<String, HostTensor> MORE = more();

  private static Map<String, HostTensor> more() {
    try {
      Path copy = TestFiles.copy(KerasUtilitiesTest.class, "/golden/keras/utils_more.safetensors");
      Map<String, HostTensor> read = SafeTensors.read(copy);
      Files.delete(copy);
      return read;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HostTensor more(String name) {
    return Objects.requireNonNull(MORE.get(name), name);
  }

  private static void close(String name, HostTensor found) {
    HostTensor expected = more(name);
    assertThat(found.shape()).as(name).isEqualTo(expected.shape());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i)).as(name).isCloseTo(expected.get(i), offset(2e-6));
    }
  }

  private static HostTensor keras(String name) {
    return Objects.requireNonNull(KERAS.get(name), name);
  }

  @Test
  void toCategoricalIsKerass() {
    var labels = keras("labels"); // [4, 1]
    assertThat(Labels.toCategorical(labels)).isEqualTo(keras("to_categorical"));
    assertThat(Labels.toCategorical(labels, 5)).isEqualTo(keras("to_categorical.5"));
    assertThat(Labels.toCategorical(HostTensor.of(new float[] {1.9f}, 1)).floats())
        .containsExactly(0, 1);
  }

  @Test
  void toCategoricalNamesAWrongLabel() {
    var labels = HostTensor.of(new int[] {0, 3, -1}, 3);
    assertThatThrownBy(() -> Labels.toCategorical(labels, 3))
        .isInstanceOf(DataException.class)
        .hasMessage("label 3 at element 1 of i32[3] is no class: there are 3, from 0 on");
    assertThatThrownBy(() -> Labels.toCategorical(labels))
        .hasMessageStartingWith("label -1 at element 2");
    assertThatThrownBy(() -> Labels.toCategorical(HostTensor.of(new int[0], 0)))
        .hasMessageContaining("say `numClasses`");
    assertThatThrownBy(() -> Labels.toCategorical(HostTensor.of(new float[] {Float.NaN}, 1), 3))
        .hasMessage("element 0 of f32[1] is NaN and no class");
    assertThatThrownBy(() -> Labels.toCategorical(HostTensor.of(new float[] {1e20f}, 1)))
        .hasMessage("the labels of f32[1] need more than 2^31 classes");
    assertThatThrownBy(() -> Labels.toCategorical(labels, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void normalizeIsKerass() {
    for (int order : new int[] {1, 2}) {
      var found = Normalize.normalize(keras("x"), -1, order).floats();
      var expected = keras("normalize." + order).floats();
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], offset(1e-6f));
      }
    }
  }

  @Test
  void everyAxisAndOrderIsKerass() {
    for (int axis : new int[] {0, 1, 2, -2}) {
      close("normalize.axis." + axis, Normalize.normalize(more("x"), axis, 2));
    }
    Map<String, Double> orders =
        Map.of(
            "inf",
            Double.POSITIVE_INFINITY,
            "-inf",
            Double.NEGATIVE_INFINITY,
            "0",
            0.0,
            "3",
            3.0,
            "-1",
            -1.0,
            "0.5",
            0.5);
    orders.forEach(
        (name, order) ->
            close("normalize.order." + name, Normalize.normalize(more("x").plus(2), 1, order)));
    var line = HostTensor.of(Arrays.copyOfRange(more("x").floats(), 12, 16), 4);
    close("normalize.line", Normalize.normalize(line, 0, 2));
  }

  @Test
  void labelsOfEveryShapeAreKerass() {
    for (String name : List.of("grid", "deep", "one", "floats")) {
      var labels = more("labels." + name);
      assertThat(Labels.toCategorical(labels)).isEqualTo(more("categorical." + name));
      assertThat(Labels.toCategorical(labels, 0)).isEqualTo(more("categorical." + name));
      assertThat(Labels.toCategorical(labels, 6)).isEqualTo(more("categorical." + name + ".6"));
    }
  }

  @Test
  void paddedVectorsAreKerass() {
    var steps = List.of(more("steps.0"), more("steps.1"), more("steps.2"));
    for (var padding : Sequences.Side.values()) {
      for (var truncating : Sequences.Side.values()) {
        close(
            ("pad." + padding + "." + truncating).toLowerCase(Locale.ROOT),
            Sequences.padTensors(steps)
                .maxlen(4)
                .padding(padding)
                .truncating(truncating)
                .value(-1.5)
                .toFloats());
      }
    }
    // Keras's dtype is int32 unless set: the filling is cut off too
    assertThat(Sequences.padTensors(steps).value(-1.5).toInts()).isEqualTo(more("pad.longest"));
    assertThatThrownBy(
            () -> Sequences.padTensors(List.of(more("steps.0"), HostTensor.of(new int[3], 3))))
        .isInstanceOf(DataException.class)
        .hasMessage("the steps of sequence 1 have the shape [], those of the first [2]");
    assertThatThrownBy(() -> Sequences.padTensors(List.of(HostTensor.of(new int[1]))))
        .hasMessage("sequence 0 is a number and no list of steps");
  }

  @Test
  void everySplitIsKerass() {
    var splits =
        List.of(
            SplitDataset.of(rows(7)).leftSize(3).shuffle(true).seed(0),
            SplitDataset.of(rows(100)).rightSize(0.25).shuffle(true).seed(123456),
            SplitDataset.of(rows(10)).leftSize(0.25),
            SplitDataset.of(rows(10)).rightSize(0.45),
            SplitDataset.of(rows(10)).leftSize(0.35).rightSize(0.45),
            SplitDataset.of(rows(9)).leftSize(2).rightSize(0.5).shuffle(true).seed(1L << 40));
    for (int i = 0; i < splits.size(); i++) {
      var split = splits.get(i).split();
      close("split." + i + ".left", split.first().get("v"));
      close("split." + i + ".right", split.last().get("v"));
    }
  }

  private static ArrayDataset rows(int count) {
    return ArrayDataset.of("v", HostTensor.of(IntStream.range(0, count).toArray(), count));
  }

  /** Here Keras 3.15 divides by the norms of the rows. */
  @Test
  void normalizeAlongTheFirstAxis() {
    var x = HostTensor.of(new float[][] {{3, 0}, {4, 0}});
    assertThat(Normalize.normalize(x, 0, 2).floats()).containsExactly(0.6f, 0, 0.8f, 0);
    assertThat(Normalize.normalize(x, 0, Double.POSITIVE_INFINITY).floats())
        .containsExactly(0.75f, 0, 1, 0);
    assertThat(Normalize.normalize(HostTensor.of(new int[] {3, 4}, 2)))
        .isEqualTo(HostTensor.of(new float[] {0.6f, 0.8f}, 1, 2));
    assertThatThrownBy(() -> Normalize.normalize(x, 2, 2)).hasMessageContaining("has 2 axes");
    assertThatThrownBy(() -> Normalize.normalize(x, 0, Double.NaN)).hasMessageContaining("NaN");
  }

  @ParameterizedTest
  @EnumSource(Sequences.Side.class)
  void padSequencesIsKerass(Sequences.Side padding) {
    var sequences =
        List.of(new Integer[] {1, 2, 3}, new Integer[] {4}, new Integer[] {5, 6, 7, 8, 9});
    for (var truncating : Sequences.Side.values()) {
      var name = ("pad." + padding + "." + truncating).toLowerCase(Locale.ROOT);
      assertThat(
              Sequences.pad(sequences).maxlen(4).padding(padding).truncating(truncating).toInts())
          .isEqualTo(keras(name));
    }
    assertThat(Sequences.pad(sequences).value(-1).toFloats().shape()).containsExactly(3, 5);
    assertThat(Sequences.pad(sequences).value(-1).toFloats().floats()).startsWith(-1, -1, 1, 2, 3);
    assertThat(Sequences.pad(List.<Integer[]>of()).toInts().shape()).containsExactly(0, 0);
  }

  private static final ArrayDataset TEN =
      ArrayDataset.of("v", HostTensor.of(IntStream.range(0, 10).toArray(), 10));

  private static int[] rows(ArrayDataset data) {
    return data.get("v").ints();
  }

  private static int[] numbers(String name) {
    var values = keras(name).floats();
    return IntStream.range(0, values.length).map(i -> (int) values[i]).toArray();
  }

  @Test
  void splitDatasetIsKerass() {
    var parts =
        List.of(
            SplitDataset.of(TEN).leftSize(0.35).split(),
            SplitDataset.of(TEN).leftSize(3).rightSize(4).split(),
            SplitDataset.of(TEN).leftSize(0.5).shuffle(true).seed(7).split());
    for (int i = 0; i < parts.size(); i++) {
      assertThat(rows(parts.get(i).first())).isEqualTo(numbers("split." + i + ".left"));
      assertThat(rows(parts.get(i).last())).isEqualTo(numbers("split." + i + ".right"));
    }
    // Half of an even number is rounded to even, as Python does.
    assertThat(rows(SplitDataset.of(TEN).leftSize(0.25).split().first())).hasSize(2);
  }

  @Test
  void splitDatasetRefusesEmptyAndImpossibleSides() {
    assertThatThrownBy(() -> SplitDataset.of(TEN).split())
        .hasMessageContaining("`leftSize` or `rightSize`");
    assertThatThrownBy(() -> SplitDataset.of(TEN).leftSize(0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> SplitDataset.of(TEN).rightSize(1.0)).hasMessageContaining("not 1.0");
    assertThatThrownBy(() -> SplitDataset.of(TEN).leftSize(10).split())
        .hasMessageContaining("only 10 rows");
    assertThatThrownBy(() -> SplitDataset.of(TEN).leftSize(0.6).rightSize(0.6).split())
        .hasMessageContaining("more than 1");
    assertThatThrownBy(() -> SplitDataset.of(TEN).leftSize(6).rightSize(5).split())
        .hasMessageContaining("11 rows together, and there are 10");
    assertThatThrownBy(() -> SplitDataset.of(TEN).leftSize(0.01).split())
        .hasMessage("the left side of 10 rows would be empty");
  }

  @Test
  void packsAndUnpacks() {
    var both = new XySampleWeight<>("x", "y", null);
    assertThat(both.pack()).containsExactly("x", "y");
    assertThat(new XySampleWeight<>("x", null, null).pack()).containsExactly("x");
    assertThat(new XySampleWeight<>("x", "y", "w").pack()).containsExactly("x", "y", "w");
    assertThat(XySampleWeight.unpack(List.of("x", "y"))).isEqualTo(both);
    assertThatThrownBy(() -> XySampleWeight.unpack(Arrays.asList(1, 2, 3, 4)))
        .hasMessageContaining("not these 4: [1, 2, 3, 4]");
    assertThatThrownBy(() -> new XySampleWeight<>("x", null, "w"))
        .hasMessage("there are sample weights but no targets to weigh");
  }
}
