package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Index.atIndex;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/** Arrays on their way into a model and out of it, as generated classes hand them on. */
final class ModelRowsTest {
  private static final ModelSpec SPEC =
      ModelSpec.builder("Digits")
          .input("image", DType.F32, 2, 3)
          .input("kind", DType.I32)
          .text("note", 2)
          .target("digit", DType.I32)
          .weight("digit_weight")
          .build(0);

  private static final class Rows extends ModelRows {
    Rows() {
      super(SPEC);
    }

    Rows image(float[][][] rows) {
      nested("image", rows);
      return this;
    }

    Rows image(float[] rows) {
      flat("image", rows);
      return this;
    }

    Rows image(HostTensor rows) {
      tensor("image", rows);
      return this;
    }

    Rows kind(int[] rows) {
      flat("kind", rows);
      return this;
    }

    Rows note(StringTensor rows) {
      text("note", rows);
      return this;
    }
  }

  private static final float[][][] IMAGES = {{{1, 2, 3}, {4, 5, 6}}, {{7, 8, 9}, {10, 11, 12}}};
  private static final float[] FLAT = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

  @Test
  void nestedAndFlatArraysAreTheSame() {
    var image = HostTensor.of(FLAT, 2, 2, 3);
    assertThat(new Rows().image(IMAGES).toDataset().get("image")).isEqualTo(image);
    assertThat(new Rows().image(FLAT).toDataset().get("image")).isEqualTo(image);
    assertThat(new Rows().image(FLAT).toDataset().get("image").floats()).isSameAs(FLAT);
    assertThat(new Rows().image(image.reshape(2, 2, 3, 1)).toDataset().get("image").size())
        .isEqualTo(12);
  }

  @Test
  void severalArraysAreOneDataSet() {
    var rows = new Rows().image(IMAGES).kind(new int[] {3, 4}).note(pairs("a", "b", "c", "d"));
    assertThat(rows)
        .hasToString("ArrayDataset(2 rows: image f32[2, 2, 3], kind i32[2], note str[2, 2])");
    assertThat(new Rows().image(new float[0]).toDataset().rows()).isZero();
    assertThat(new Rows()).hasToString("no rows");
  }

  @Test
  void anArrayOfTheWrongSizeIsNamedWithItsPlace() {
    refused(
        () -> new Rows().image(new float[][][] {{{1, 2, 3}, {4, 5}}}),
        "Digits takes image as f32[2, 3]: image[0][1] has 2 entries, not 3");
    refused(
        () -> new Rows().image(new float[][][] {IMAGES[0], {{1, 2, 3}}}),
        "Digits takes image as f32[2, 3]: image[1] has 1 entries, not 2");
    refused(
        () -> new Rows().image(new float[][][] {IMAGES[0], null}),
        "Digits takes image as f32[2, 3]: image[1] is null");
  }

  @Test
  void whatIsNoWholeRowIsRefused() {
    refused(
        () -> new Rows().image(new float[8]),
        "Digits takes image as f32[2, 3], 6 numbers for each row: 8 numbers are no whole rows");
    refused(
        () -> new Rows().image(HostTensor.of(FLAT, 2, 3, 2)),
        "Digits takes image as f32[2, 3] for each row, not f32[2, 3, 2]");
    refused(
        () -> new Rows().image(HostTensor.of(new float[1])),
        "Digits takes image as f32[2, 3] for each row, not f32[]");
    refused(
        () -> new Rows().note(StringTensor.of("a", "b", "c")),
        "Digits takes note as str[2], 2 for each row: str[3] are not");
  }

  @Test
  void allHaveTheSameNumberOfRows() {
    refused(
        () -> new Rows().image(IMAGES).kind(new int[3]),
        "the data for Digits has 2 rows of image and 3 of kind");
    refused(
        () -> new Rows().kind(new int[3]).note(pairs("a", "b")),
        "the data for Digits has 3 rows of kind and 1 of note");
  }

  @Test
  void nothingIsNoData() {
    refused(() -> new Rows().toDataset(), "a data set needs at least one array");
  }

  private static final class Outputs extends ModelOutputs {
    Outputs(ArrayDataset outputs) {
      super(outputs);
    }

    Object output() {
      return nested("y");
    }
  }

  @Test
  void outputsAreArraysOfTheirRank() {
    assertThat(outputs(HostTensor.of(FLAT, 12)).output()).isSameAs(FLAT);
    assertThat((float[][]) outputs(HostTensor.of(FLAT, 6, 2)).output())
        .hasDimensions(6, 2)
        .contains(new float[] {11, 12}, atIndex(5));
    assertThat((float[][][]) outputs(HostTensor.of(FLAT, 2, 2, 3)).output()).isDeepEqualTo(IMAGES);
    assertThat((int[][]) outputs(HostTensor.of(new int[] {1, 2}, 2, 1)).output())
        .isDeepEqualTo(new int[][] {{1}, {2}});
    assertThat((float[][]) outputs(HostTensor.of(new float[0], 0, 4)).output()).isEmpty();
  }

  @Test
  void anOutputIsMadeOnce() {
    var outputs = outputs(HostTensor.of(FLAT, 6, 2));
    assertThat(outputs.output()).isSameAs(outputs.output());
    assertThat(outputs.toDataset().get("y").floats()).isSameAs(FLAT);
  }

  private static Outputs outputs(HostTensor tensor) {
    return new Outputs(ArrayDataset.of("y", tensor));
  }

  private static StringTensor pairs(String... values) {
    return StringTensor.of(List.of(values), values.length / 2, 2);
  }

  private static void refused(Runnable giving, String message) {
    assertThatThrownBy(giving::run).isInstanceOf(DataException.class).hasMessage(message);
  }
}
