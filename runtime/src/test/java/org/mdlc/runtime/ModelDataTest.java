package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.NumpyFiles;

class ModelDataTest {
  private static final ModelSpec IRIS =
      ModelSpec.builder("Iris")
          .input("flower", DType.F32, 2, 1)
          .target("species", DType.I32)
          .output("species", DType.F32, 3)
          .metric("loss", MetricSpec.Direction.DOWN)
          .build(0);
  private static final ModelSpec HOUSE =
      ModelSpec.builder("House")
          .input("rooms", DType.I32)
          .input("place", DType.F32, 2)
          .target("price", DType.F32, 1)
          .output("price", DType.F32, 1)
          .metric("loss", MetricSpec.Direction.DOWN)
          .build(0);

  @TempDir private Path folder;

  @Test
  void oneInputTakesTheColumnsThatAreLeft() throws IOException {
    ArrayDataset data = csv(IRIS, "length,species,width\n1,b,2\n3,a,4\n", true);
    assertThat(data.get("flower")).isEqualTo(HostTensor.of(new float[] {1, 2, 3, 4}, 2, 2, 1));
    assertThat(data.get("species")).isEqualTo(HostTensor.of(new int[] {1, 0}, 2));
  }

  @Test
  void unnamedLabelIsTheLastColumn() throws IOException {
    ArrayDataset data = csv(IRIS, "length,width,label\n1,2,0\n3,4,2\n", true);
    assertThat(data.get("species").ints()).containsExactly(0, 2);
    assertThat(data.get("flower").floats()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void weightsAreAColumnOfTheirName() throws IOException {
    var weighed =
        ModelSpec.builder("Steps")
            .input("x", DType.F32, 2)
            .target("y", DType.F32, 2)
            .weight("y_weight", 2)
            .output("y", DType.F32, 2)
            .metric("loss", MetricSpec.Direction.DOWN)
            .build(0);
    assertThat(csv(weighed, "a,b,y_0,y_1,y_weight\n1,2,3,4,0.5\n", true).get("y_weight"))
        .isEqualTo(HostTensor.of(new float[] {0.5f}, 1));
    assertThat(
            csv(weighed, "a,b,y_0,y_1,y_weight_0,y_weight_1\n1,2,3,4,0,1\n", true).get("y_weight"))
        .isEqualTo(HostTensor.of(new float[] {0, 1}, 1, 2));
    assertThat(csv(weighed, "a,b,y_weight\n1,2,0.5\n", false).names()).containsExactly("x");
    assertThat(csv(weighed, "a,b,y_0,y_1\n1,2,3,4\n", true).has("y_weight")).isFalse();
  }

  @Test
  void predictionNeedsNoLabelAndIgnoresIt() throws IOException {
    assertThat(csv(IRIS, "length,width\n1,2\n", false).names()).containsExactly("flower");
    assertThat(csv(IRIS, "length,width,label\n1,2,?\n", false).names()).containsExactly("flower");
    assertThatThrownBy(() -> csv(IRIS, "length,width\n1,2\n", true))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith(
            "data.csv: no columns for the target species: i32[]; there are length, width");
  }

  @Test
  void severalInputsGoByName() throws IOException {
    ArrayDataset data = csv(HOUSE, "price,place_1,place_0,rooms\n9.5,2,1,4\n", true);
    assertThat(data.get("place")).isEqualTo(HostTensor.of(new float[] {1, 2}, 1, 2));
    assertThat(data.get("rooms")).isEqualTo(HostTensor.of(new int[] {4}, 1));
    assertThat(data.get("price")).isEqualTo(HostTensor.of(new float[] {9.5f}, 1, 1));
    assertThatThrownBy(() -> csv(HOUSE, "price,a,b,c\n1,2,3,4\n", true))
        .hasMessageContaining("no columns for the input rooms: i32[]");
  }

  @Test
  void countsTheColumnsThatAreLeft() {
    assertThatThrownBy(() -> csv(IRIS, "a,b,c,species\n1,2,3,0\n", true))
        .hasMessageEndingWith("input flower: f32[2, 1] takes 2 columns, 3 are left: a, b, c");
  }

  @Test
  void readsNumpyFiles() throws IOException {
    HostTensor flowers = HostTensor.of(new float[4], 2, 2, 1);
    Path npy = folder.resolve("x.npy");
    NumpyFiles.writeNpy(npy, flowers);
    assertThat(ModelData.read(IRIS, npy, false).get("flower")).isEqualTo(flowers);
    assertThatThrownBy(() -> ModelData.read(IRIS, npy, true))
        .hasMessageContaining("holds one array, Iris needs 2");
    Path npz = folder.resolve("x.npz");
    NumpyFiles.writeNpz(npz, Map.of("flower", flowers, "species", HostTensor.of(new int[2], 2)));
    assertThat(ModelData.read(IRIS, npz, true).rows()).isEqualTo(2);
    assertThatThrownBy(() -> ModelData.read(IRIS, folder.resolve("x.parquet"), true))
        .hasMessageContaining("unknown kind of file");
  }

  private ArrayDataset csv(ModelSpec spec, String text, boolean labelled) throws IOException {
    Path file = folder.resolve("data.csv");
    Files.writeString(file, text);
    return ModelData.read(spec, file, labelled);
  }
}
