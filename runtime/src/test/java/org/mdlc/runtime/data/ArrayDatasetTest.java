package org.mdlc.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.file.NumpyFiles;

/** Host tensors and data sets. */
class ArrayDatasetTest {
  @TempDir private Path folder;

  private final HostTensor x = HostTensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2);
  private final HostTensor y = HostTensor.of(new int[] {10, 20, 30, 40}, 4);
  private final ArrayDataset data = ArrayDataset.of("x", x, "y", y);

  @Test
  void takesAndSlicesRows() {
    assertThat(data.rows()).isEqualTo(4);
    assertThat(data.takeRows(3, 0, 3).get("x"))
        .isEqualTo(HostTensor.of(new float[] {7, 8, 1, 2, 7, 8}, 3, 2));
    assertThat(data.takeRows(3, 0, 3).get("y")).isEqualTo(HostTensor.of(new int[] {40, 10, 40}, 3));
    assertThat(data.slice(1, 3).get("x")).isEqualTo(HostTensor.of(new float[] {3, 4, 5, 6}, 2, 2));
    assertThat(data.slice(2, 2).rows()).isZero();
    assertThat(data.names()).containsExactly("x", "y");
    assertThat(data.toString()).isEqualTo("ArrayDataset(4 rows: x f32[4, 2], y i32[4])");
  }

  @Test
  void splitsOffTheLastRows() {
    ArrayDataset ten = ArrayDataset.of("i", HostTensor.of(IntStream.range(0, 10).toArray(), 10));
    // floor(10 * (1 - 0.25)) = 7
    ArrayDataset.Split split = ten.split(0.25);
    assertThat(split.first().rows()).isEqualTo(7);
    assertThat(split.last().get("i").ints()).containsExactly(7, 8, 9);
    assertThatThrownBy(() -> ten.split(0.99)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> ten.split(0)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> ten.split(Double.NaN)).isInstanceOf(DataException.class);
  }

  @Test
  void refusesUnequalRows() {
    assertThatThrownBy(() -> data.with("z", HostTensor.of(new float[3], 3)))
        .isInstanceOf(DataException.class)
        .hasMessage("the arrays of a data set need the same number of rows: x has 4, z has 3");
    assertThatThrownBy(() -> ArrayDataset.of("s", HostTensor.of(new float[1])))
        .hasMessageContaining("scalar");
    assertThatThrownBy(() -> ArrayDataset.of(Map.of())).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> data.get("z")).hasMessage("the data has no array z; it has x, y");
  }

  @Test
  void readsNumpyFiles() throws IOException {
    Path npz = folder.resolve("d.npz");
    Map<String, HostTensor> arrays = new LinkedHashMap<>();
    arrays.put("y", y);
    arrays.put("x", x);
    NumpyFiles.writeNpz(npz, arrays);
    assertThat(ArrayDataset.ofNpz(npz).columns()).isEqualTo(arrays);
    assertThat(ArrayDataset.ofNpz(npz).names()).containsExactly("y", "x");
    Path npy = folder.resolve("x.npy");
    NumpyFiles.writeNpy(npy, x);
    assertThat(ArrayDataset.ofNpy("image", npy).get("image")).isEqualTo(x);
  }

  @Test
  void convertsBetweenTypes() {
    assertThat(y.toFloats().floats()).containsExactly(10, 20, 30, 40);
    assertThat(x.toInts().ints()).startsWith(1, 2, 3);
    assertThat(x.toFloats()).isSameAs(x);
    assertThatThrownBy(() -> HostTensor.of(new float[] {1, 2.5f}, 2).toInts())
        .isInstanceOf(DataException.class)
        .hasMessage("expected integers, found 2.5 at element 1 of f32[2]");
    assertThatThrownBy(() -> HostTensor.of(new float[] {3e9f}, 1).toInts())
        .isInstanceOf(DataException.class);
    assertThatThrownBy(y::floats).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void calculatesInFloat() {
    assertThat(y.dividedBy(255).floats()[0]).isEqualTo(10f / 255f);
    assertThat(x.times(2).plus(1).minus(0.5).floats()).startsWith(2.5f, 4.5f);
  }

  @Test
  void reshapes() {
    assertThat(x.reshapeRows(1, 2).shape()).containsExactly(4, 1, 2);
    assertThat(x.reshape(8).rowSize()).isEqualTo(1);
    assertThat(x.rowShape()).containsExactly(2);
    assertThat(x.toMatrix()[2]).containsExactly(5, 6);
    assertThat(HostTensor.of(new float[][] {{1, 2}, {3, 4}})).isEqualTo(x.slice(0, 2));
    assertThatThrownBy(() -> x.reshapeRows(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape [4, 3] has 12 elements, the array 8");
    assertThatThrownBy(() -> HostTensor.of(new float[][] {{1, 2}, {3}}))
        .hasMessage("row 1 has 1 values, row 0 has 2");
    assertThatThrownBy(() -> HostTensor.zeros(DType.F32, 2, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void messagesAreTheSameInEveryCountry() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      HostTensor three = HostTensor.of(new float[3], 3);
      assertThatThrownBy(() -> ArrayDataset.of("x", three, "y", HostTensor.of(new float[2], 2)))
          .hasMessageContaining("x has 3, y has 2");
    } finally {
      Locale.setDefault(before);
    }
  }
}
