package org.mdlc.runtime.utils;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.TestFiles;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.data.HostTensor;

/** Folders, images and series against what real Keras 3.15.1 makes of them (golden_data.py). */
class DirectoryGoldenTest {
  private static Map<String, HostTensor> images = Map.of();
  private static JsonObject keras = new JsonObject();

  @TempDir private Path folder;

  @BeforeAll
  static void read() throws IOException {
    images = TestFiles.golden(DirectoryGoldenTest.class, "/golden/keras/images.npz");
    try (var in = DirectoryGoldenTest.class.getResourceAsStream("/golden/keras/data.json")) {
      keras =
          new Gson()
              .fromJson(
                  new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8),
                  JsonObject.class);
    }
  }

  @Test
  void filesAndLabelsComeInKerassOrder() throws IOException {
    for (JsonElement name : keras.getAsJsonArray("tree")) {
      Path file = folder.resolve(name.getAsString());
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
    for (JsonElement element : keras.getAsJsonArray("orders")) {
      JsonObject expected = element.getAsJsonObject();
      FolderDataset data = load(expected);
      assertThat(data.filePaths().stream().map(f -> folder.relativize(f).toString()))
          .as(expected.get("call").toString())
          .containsExactlyElementsOf(strings(expected.getAsJsonArray("files")));
      if (expected.get("labels").isJsonNull()) {
        assertThat(data.classNames()).isEmpty();
      } else {
        assertThat(data.classNames())
            .containsExactlyElementsOf(strings(expected.getAsJsonArray("classes")));
        assertThat(labels(data)).containsExactly(ints(expected.getAsJsonArray("labels")));
      }
    }
  }

  private FolderDataset load(JsonObject expected) {
    JsonObject call = expected.getAsJsonObject("call");
    var images = ImageDatasetFromDirectory.of(folder).noBatches();
    if (call.has("shuffle")) {
      images.shuffle(call.get("shuffle").getAsBoolean());
    }
    if (call.has("seed")) {
      images.seed(call.get("seed").getAsLong());
    }
    if (call.has("class_names")) {
      images.classNames(strings(call.getAsJsonArray("class_names")).toArray(String[]::new));
    } else if (call.get("labels").isJsonNull()) {
      images.noLabels();
    } else if (call.get("labels").isJsonArray()) {
      images.labels(ints(call.getAsJsonArray("labels")));
    }
    if (expected.get("split").isJsonNull()) {
      return images.load();
    }
    images.validationSplit(expected.get("split").getAsDouble());
    return expected.get("subset").getAsString().equals("training")
        ? images.training()
        : images.validation();
  }

  // The files are empty, so the rows cannot be read; the index has their labels.
  private static int[] labels(FolderDataset data) {
    return data.labels().stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void imagesAreResizedAsByKeras() throws IOException {
    Map<String, HostTensor> sources = sources();
    int compared = 0;
    for (Map.Entry<String, HostTensor> entry : new TreeMap<>(images).entrySet()) {
      String[] parts = entry.getKey().split("\\.", -1);
      if (!List.of("folder", "jax", "crop", "pad").contains(parts[0])) {
        continue;
      }
      int[] size = Arrays.stream(parts[2].split("x", -1)).mapToInt(Integer::parseInt).toArray();
      FolderDataset data =
          of(parts[1], sources)
              .imageSize(size[0], size[1])
              .interpolation(Interpolation.valueOf(parts[3].toUpperCase(Locale.ROOT)))
              .cropToAspectRatio(parts[0].equals("crop"))
              .padToAspectRatio(parts[0].equals("pad"))
              .load();
      assertClose(entry.getKey(), data.rows().get(0).get("image"), entry.getValue(), 1e-3);
      compared++;
    }
    assertThat(compared).isGreaterThan(150);
  }

  @Test
  void channelsMayComeFirst() throws IOException {
    Map<String, HostTensor> sources = sources();
    for (String name : sources.keySet()) {
      FolderDataset data =
          of(name, sources).imageSize(5, 8).dataFormat(DataFormat.CHANNELS_FIRST).load();
      HostTensor expected = Objects.requireNonNull(images.get("first." + name));
      assertClose(name, data.rows().get(0).get("image"), expected, 1e-3);
      assertThat(data.spec().get("image").rowShape())
          .containsExactlyElementsOf(Arrays.stream(expected.shape()).boxed().toList());
    }
  }

  private ImageDatasetFromDirectory of(String name, Map<String, HostTensor> sources)
      throws IOException {
    Path only = folder.resolve(name);
    Path file = only.resolve("x.png");
    if (!Files.exists(file)) {
      Files.createDirectories(only);
      Images.saveImg(
          file, Objects.requireNonNull(sources.get(name)), DataFormat.CHANNELS_LAST, "png", false);
    }
    return ImageDatasetFromDirectory.of(only).noLabels().noBatches().colorMode(mode(name));
  }

  @Test
  void loadImgIsPillows() throws IOException {
    Map<String, HostTensor> sources = sources();
    int compared = 0;
    for (Map.Entry<String, HostTensor> entry : new TreeMap<>(images).entrySet()) {
      String[] parts = entry.getKey().split("\\.", -1);
      Path file = folder.resolve(parts[1]).resolve("x.png");
      if (parts[0].equals("load")) {
        of(parts[1], sources).load();
        int[] size = Arrays.stream(parts[2].split("x", -1)).mapToInt(Integer::parseInt).toArray();
        var image =
            Images.loadImg(
                file,
                mode(parts[1]),
                size[0],
                size[1],
                Interpolation.valueOf(parts[3].toUpperCase(Locale.ROOT)),
                parts[4].equals("True"));
        assertClose(entry.getKey(), Images.imgToArray(image), entry.getValue(), 0);
        compared++;
      } else if (parts[0].equals("as")) {
        of(parts[1], sources).load();
        assertClose(
            entry.getKey(),
            Images.imgToArray(Images.loadImg(file, mode(parts[2]))),
            entry.getValue(),
            0);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(100);
  }

  @Test
  void arrayToImgIsKerass() {
    for (String name : List.of("rgb", "gray", "rgba")) {
      var image = Images.arrayToImg(Objects.requireNonNull(images.get("float." + name)));
      HostTensor expected = Objects.requireNonNull(images.get("scaled." + name));
      assertClose(name, Images.imgToArray(image), expected, 0);
    }
  }

  @Test
  void windowsAreKerass() {
    JsonObject series = keras.getAsJsonObject("series");
    HostTensor data = tensor(series.getAsJsonArray("data"));
    HostTensor targets = HostTensor.of(ints(series.getAsJsonArray("targets")), data.rows());
    for (JsonElement element : series.getAsJsonArray("cases")) {
      JsonObject expected = element.getAsJsonObject();
      JsonObject call = expected.getAsJsonObject("call");
      int length = call.get("sequence_length").getAsInt();
      boolean labelled = expected.get("targets").getAsBoolean();
      var windows =
          labelled
              ? TimeseriesDatasetFromArray.of(data, targets, length)
              : TimeseriesDatasetFromArray.of(data, length);
      option(call, "sequence_stride").ifPresent(windows::sequenceStride);
      option(call, "sampling_rate").ifPresent(windows::samplingRate);
      option(call, "start_index").ifPresent(windows::startIndex);
      option(call, "end_index").ifPresent(windows::endIndex);
      option(call, "seed").ifPresent(windows::seed);
      var rows = windows.shuffle(call.has("shuffle")).windows();
      JsonArray wanted = expected.getAsJsonArray("rows");
      assertThat(rows.count()).as(call.toString()).isEqualTo(wanted.size());
      for (int i = 0; i < wanted.size(); i++) {
        ArrayDataset row = rows.get(i);
        JsonArray pair = wanted.get(i).getAsJsonArray();
        assertThat(row.get("data").floats())
            .as(call + " window " + i)
            .containsExactly(tensor(pair.get(0).getAsJsonArray()).floats());
        if (labelled) {
          assertThat(row.get("target").ints()).containsExactly(pair.get(1).getAsInt());
        }
      }
    }
  }

  @Test
  void windowsComeInBatches() {
    HostTensor data = tensor(keras.getAsJsonObject("series").getAsJsonArray("data"));
    var batches = TimeseriesDatasetFromArray.of(data, 4).batchSize(8).load();
    assertThat(batches.size()).hasValue(3);
    assertThat(batches.batchSize()).isEqualTo(OptionalInt.of(8));
    List<Integer> rows = new ArrayList<>();
    try (Elements pass = batches.elements(0)) {
      for (var element = pass.next(); element != null; element = pass.next()) {
        rows.add(element.make().get("data").rows());
      }
    }
    assertThat(rows).containsExactly(8, 8, 4);
  }

  private static Map<String, HostTensor> sources() {
    Map<String, HostTensor> sources = new TreeMap<>();
    Stream.of("rgb", "gray", "rgba")
        .forEach(name -> sources.put(name, Objects.requireNonNull(images.get("src." + name))));
    return sources;
  }

  private static ColorMode mode(String name) {
    return switch (name) {
      case "rgb" -> ColorMode.RGB;
      case "gray" -> ColorMode.GRAYSCALE;
      default -> ColorMode.RGBA;
    };
  }

  private static OptionalInt option(JsonObject call, String name) {
    return call.has(name) ? OptionalInt.of(call.get(name).getAsInt()) : OptionalInt.empty();
  }

  private static void assertClose(
      String what, HostTensor actual, HostTensor expected, double tolerance) {
    assertThat(actual.size()).as(what).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      double error = Math.abs(actual.get(i) - expected.get(i));
      assertThat(error)
          .as("%s: element %d is %s, Keras's %s", what, i, actual.get(i), expected.get(i))
          .isLessThanOrEqualTo(tolerance);
    }
  }

  private static HostTensor tensor(JsonArray rows) {
    float[][] values = new float[rows.size()][];
    for (int i = 0; i < values.length; i++) {
      JsonArray row = rows.get(i).getAsJsonArray();
      values[i] = new float[row.size()];
      for (int j = 0; j < values[i].length; j++) {
        values[i][j] = row.get(j).getAsFloat();
      }
    }
    return HostTensor.of(values);
  }

  private static List<String> strings(JsonArray array) {
    return array.asList().stream().map(JsonElement::getAsString).toList();
  }

  private static int[] ints(JsonArray array) {
    return array.asList().stream().mapToInt(JsonElement::getAsInt).toArray();
  }
}
