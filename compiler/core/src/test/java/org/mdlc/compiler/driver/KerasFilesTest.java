package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Load;
import org.mdlc.runtime.LoadReport;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Role;
import org.mdlc.runtime.VariableSpec;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.Hdf5File;
import org.mdlc.runtime.file.Hdf5Group;
import org.mdlc.runtime.file.SafeTensors;

/**
 * Weights that real Keras 3.15.1 saved ({@code golden_files.py}): the same model in .mdl loads
 * them, predicts the same, and goes on training with the same losses.
 *
 * <p>With {@code -Dkeras.check=FOLDER} the files that we write stay there, for {@code
 * golden_files.py check FOLDER} to load them in Keras.
 */
final class KerasFilesTest {
  private static final String FOLDER = "/golden/keras/files/";

  /** float32 in another order of sums. */
  private static final double TOLERANCE = 1e-5;

  @TempDir Path temporary;

  @TestFactory
  Stream<DynamicTest> loadsPredictsAndTrainsOn() {
    return Stream.of("classifier", "convnet", "text", "transformer", "listing")
        .map(name -> dynamicTest(name, () -> trainsOn(name, name + ".weights.h5", true)));
  }

  @TestFactory
  Stream<DynamicTest> loadsWholeModels() {
    return Stream.of("classifier.keras", "listing.keras")
        .map(file -> dynamicTest(file, () -> trainsOn(file.replace(".keras", ""), file, true)));
  }

  @TestFactory
  Stream<DynamicTest> loadsTheOldFormatInTheOrderOfLayers() {
    return Stream.of("classifier.h5", "text.h5", "listing.h5")
        .map(file -> dynamicTest(file, () -> trainsOn(file.replace(".h5", ""), file, false)));
  }

  private static void trainsOn(String name, String file, boolean withOptimizer) throws Exception {
    var golden = golden(name);
    try (var model = create(name)) {
      var report = model.loadWeights(file(file));
      assertThat(report.missing()).isEmpty();
      assertThat(report.mismatched()).isEmpty();
      assertThat(report.unused()).isEmpty();
      assertPredicts(model, golden);
      if (withOptimizer) {
        assertThat(losses(model, golden, 3)).isEqualTo(iterations(model));
        assertLosses(losses(model, golden), of(golden, "losses"));
      }
    }
  }

  private static double iterations(Model model) {
    return model.variables().scalar("optimizer/iteration");
  }

  private static double losses(Model model, Map<String, HostTensor> golden, int expected) {
    assertThat(golden).containsKey("losses");
    assertThat(iterations(model)).isEqualTo(expected);
    return expected;
  }

  private static void assertPredicts(Model model, Map<String, HostTensor> golden) {
    var found = model.predict(inputs(model, golden));
    for (var output : model.spec().outputs()) {
      var expected = of(golden, "predicted." + output.name());
      var values = found.get(output.name());
      assertThat(values.shape()).isEqualTo(expected.shape());
      for (int i = 0; i < expected.size(); i++) {
        assertThat(values.get(i)).isCloseTo(expected.get(i), within(TOLERANCE));
      }
    }
  }

  private static void assertLosses(List<Double> found, HostTensor expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i))
          .as("loss of step %d", i)
          .isCloseTo(expected.get(i), within(TOLERANCE * (1 + Math.abs(expected.get(i)))));
    }
  }

  private static List<Double> losses(Model model, Map<String, HostTensor> golden) {
    var batch = new LinkedHashMap<String, HostTensor>();
    model.spec().inputs().forEach(i -> batch.put(i.name(), of(golden, i.name())));
    model.spec().targets().forEach(t -> batch.put(t.name(), of(golden, t.name())));
    var losses = new ArrayList<Double>();
    for (int step = 0; step < 3; step++) {
      losses.add(model.trainOnBatch(ArrayDataset.of(batch)).get("loss").orElseThrow());
    }
    return losses;
  }

  private static ArrayDataset inputs(Model model, Map<String, HostTensor> golden) {
    var inputs = new LinkedHashMap<String, HostTensor>();
    model.spec().inputs().forEach(i -> inputs.put(i.name(), of(golden, i.name())));
    return ArrayDataset.of(inputs);
  }

  // ---- the other direction

  @TestFactory
  Stream<DynamicTest> writesWhatKerasWrites() {
    return Stream.of("classifier", "convnet", "text", "transformer", "listing")
        .map(name -> dynamicTest(name, () -> writes(name)));
  }

  private void writes(String name) throws Exception {
    var folder = System.getProperty("keras.check");
    var to = folder == null ? temporary : Files.createDirectories(Path.of(folder));
    var golden = golden(name);
    try (var model = create(name);
        var again = create(name)) {
      losses(model, golden);
      var file = to.resolve(name + ".weights.h5");
      model.saveWeights(file);

      // A nested model is a functional one for us.
      assertThat(paths(Hdf5File.read(file)))
          .isEqualTo(paths(Hdf5File.read(file(name + ".weights.h5"))));
      assertThat(again.loadWeights(file).unused()).isEmpty();
      var predictions = new LinkedHashMap<>(golden);
      var found = model.predict(inputs(model, golden));
      model
          .spec()
          .outputs()
          .forEach(o -> predictions.put("predicted." + o.name(), found.get(o.name())));
      var losses = losses(again, golden);
      var numbers = new float[losses.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = losses.get(i).floatValue();
      }
      predictions.put("losses", HostTensor.of(numbers, numbers.length));
      SafeTensors.write(to.resolve(name + ".safetensors"), predictions);
      if (!name.equals("classifier")) { // dropout goes on with other masks in a new model
        assertThat(losses(model, golden)).isEqualTo(losses);
      }
    }
  }

  @Test
  void putsManyLayersWhereKerasDoes() throws Exception {
    var file = temporary.resolve("many.weights.h5");
    try (var model = create("paths")) {
      model.saveWeights(file);
    }
    var expected = new TreeSet<String>();
    for (var line : Files.readAllLines(file("paths.txt"))) {
      expected.add(line.replace("float32 ", "f32").replace("int32 ", "i32"));
    }
    assertThat(paths(Hdf5File.read(file))).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static Set<String> paths(Hdf5Group group) {
    var found = new TreeSet<String>();
    collect(group, "", found);
    return found;
  }

  private static void collect(Hdf5Group group, String path, Set<String> found) {
    group.arrays().forEach((name, array) -> found.add(path + name + " " + array));
    group.groups().forEach((name, inner) -> collect(inner, path + name + "/", found));
  }

  // ---- optimizers

  @TestFactory
  Stream<DynamicTest> goesOnWithTheStateOfEveryOptimizer() throws Exception {
    var golden = golden("optimizers");
    return golden.keySet().stream()
        .filter(key -> key.endsWith("|losses"))
        .map(key -> key.replace("|losses", ""))
        .map(optimizer -> dynamicTest(optimizer, () -> goesOn(optimizer, golden)));
  }

  private void goesOn(String optimizer, Map<String, HostTensor> golden) throws Exception {
    var root = new Hdf5Group();
    golden.forEach(
        (key, tensor) -> {
          if (key.startsWith(optimizer + "|") && !key.endsWith("|losses")) {
            var path = key.substring(key.indexOf('|') + 1);
            int slash = path.lastIndexOf('/');
            root.make(path.substring(0, slash)).put(path.substring(slash + 1), tensor);
          }
        });
    var file = temporary.resolve("optimizer.weights.h5");
    Hdf5File.write(file, root);
    var text =
        """
        model Small {
          input x: f32[4]
          output y = x |> Dense(3, activation = tanh) |> Dense(2)
        }
        train Small {
          loss y: MeanSquaredError()
          optimizer %s
        }
        """
            .formatted(optimizer);
    try (var model = load(text)) {
      assertThat(model.loadWeights(file).unused()).isEmpty();
      for (var variable : model.spec().variables()) {
        if (variable.role() == Role.SLOT) {
          assertThat(nonZero(model.variables().get(variable.name()))).as(variable.name()).isTrue();
        }
      }
      var saved = temporary.resolve("again.weights.h5");
      model.saveWeights(saved);
      assertThat(paths(Hdf5File.read(saved))).isEqualTo(paths(root));
      assertLosses(losses(model, golden), of(golden, optimizer + "|losses"));
    }
  }

  private static boolean nonZero(HostTensor tensor) {
    for (int i = 0; i < tensor.size(); i++) {
      if (tensor.get(i) != 0) {
        return true;
      }
    }
    return false;
  }

  /** As Keras: weights yes, the state of another optimizer no. */
  @Test
  void leavesTheStateOfAnotherOptimizerAlone() throws Exception {
    var text = text("classifier").replace("Adam(0.01)", "SGD(0.1, momentum = 0.5)");
    try (var model = load(text)) {
      var report = model.loadWeights(file("classifier.weights.h5"));
      assertThat(report.unused()).hasSize(14).allMatch(path -> path.startsWith("optimizer/vars/"));
      assertThat(iterations(model)).isZero();
      assertThat(model.variables().scalar("optimizer/learning_rate")).isCloseTo(0.1, within(1e-7));
    }
  }

  // ---- what does not fit

  private static final String WIDER =
      """
      model Classifier {
        input x: f32[6]
        output y = x |> Dense(8, activation = relu) |> BatchNormalization() |> Dense(4, name = "last") |> Dense(2)
      }
      """;

  @Test
  void loadsAllOrNothing() throws Exception {
    try (var model = load(WIDER)) {
      var before = model.variables().get("dense/kernel");
      assertThatThrownBy(() -> model.loadWeights(file("classifier.weights.h5")))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("classifier.weights.h5 does not fit Classifier:")
          .hasMessageContaining("2 missing in the file:\n    dense_1/kernel f32[4, 2]")
          .hasMessageContaining("last/kernel is f32[8, 4] here, f32[8, 3] in the file");
      assertThat(model.variables().get("dense/kernel")).isEqualTo(before);
    }
  }

  @Test
  void skipsWhatDoesNotFitAndSaysSo() throws Exception {
    try (var model = load(WIDER)) {
      var report =
          model.loadWeights(file("classifier.weights.h5"), Load.strict().skipMismatch(true));
      assertThat(report.loaded())
          .contains("dense/kernel", "dense/bias", "batch_normalization/moving_variance")
          .hasSize(6);
      assertThat(report.missing()).hasSize(2);
      assertThat(report.mismatched()).hasSize(2);
    }
  }

  @Test
  void loadsTheOldFormatByNameOfLayers() throws Exception {
    try (var model = load(WIDER)) {
      assertThatThrownBy(() -> model.loadWeights(file("classifier.h5")))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("it has 3 layers with weights, and Classifier has 4")
          .hasMessageContaining("file: dense, batch_normalization, y")
          .hasMessageContaining("model: dense, batch_normalization, last, dense_1");
      var report = model.loadWeights(file("classifier.h5"), Load.strict().byName(true));
      assertThat(report.loaded()).hasSize(6);
      assertThat(report.missing()).hasSize(4);
      assertThat(report.unused()).hasSize(2);
      assertThatThrownBy(
              () -> model.loadWeights(file("classifier.keras"), Load.strict().byName(true)))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("layers have no names in a file of Keras 3");
    }
  }

  @TestFactory
  Stream<DynamicTest> savesAndLoadsEveryKind() {
    return Stream.of("a.safetensors", "b.npz", "c.weights.h5", "classifier.keras")
        .map(name -> dynamicTest(name, () -> roundTrip(temporary.resolve(name))));
  }

  private static void roundTrip(Path file) throws Exception {
    if (file.toString().endsWith(".keras")) {
      Files.copy(file("classifier.keras"), file);
    }
    try (var model = create("classifier");
        var other = load(text("classifier"), 8)) {
      losses(model, golden("classifier"));
      model.saveWeights(file);
      LoadReport report = other.loadWeights(file);
      var weights = model.spec().variables().stream().filter(VariableSpec::isWeight).toList();
      assertThat(report.loaded()).containsAll(weights.stream().map(VariableSpec::name).toList());
      for (var weight : weights) {
        assertThat(other.variables().get(weight.name()))
            .isEqualTo(model.variables().get(weight.name()));
      }
      var first = Files.readAllBytes(file);
      model.saveWeights(file);
      assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }
  }

  @Test
  void refusesOtherKinds() throws Exception {
    try (var model = create("classifier")) {
      for (var name : List.of("w.bin", "weights", "w.hdf5")) {
        assertThatThrownBy(() -> model.saveWeights(temporary.resolve(name)))
            .isInstanceOf(DataException.class)
            .hasMessageContaining(
                name
                    + ": no known kind of weights file; the name ends in .safetensors, .weights.h5,"
                    + " .keras, .h5, .npz");
      }
      assertThatThrownBy(() -> model.saveWeights(temporary.resolve("w.h5")))
          .hasMessageContaining("the old .h5 is only read");
      assertThatThrownBy(() -> model.saveWeights(temporary.resolve("none.keras")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("none.keras")
          .hasMessageContaining("saveKeras(file, config)");
    }
  }

  /** A nested model starts from the file of a model that stood alone. */
  @Test
  void loadsAModelIntoALayer() throws Exception {
    var encoder =
        """
        model Encoder {
          input facts: f32[4]
          output code = facts |> Dense(5, activation = relu) |> Dense(3)
        }
        """;
    var file = temporary.resolve("encoder.weights.h5");
    try (var alone = load(encoder, 5);
        var model = create("listing")) {
      alone.saveWeights(file);
      assertThat(model.loadWeights(file, "encoder").loaded()).hasSize(4);
      assertThat(model.variables().get("encoder/dense_1/kernel"))
          .isEqualTo(alone.variables().get("dense_1/kernel"));
      assertThatThrownBy(() -> model.loadWeights(file, "near"))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("near of Listing is no model of its own");
    }
  }

  // ---- nested models

  /** Keras counts functional and sequential models apart, and Plain, of either class, too. */
  @ParameterizedTest
  @CsvSource({
    "functional_1, functional_2", "functional_1, sequential", "sequential, functional_1",
    "sequential, sequential_1", "functional, functional_1", "functional, sequential_1",
    "sequential_1, functional", "sequential_1, sequential_2"
  })
  void findsNestedModelsByWhatIsInThem(String a, String b) throws Exception {
    var file = nestedFile(a, b, 3, 2);
    try (var model = loadNested(3, 2)) {
      var report = model.loadWeights(file);
      assertThat(report.unused()).isEmpty();
      assertThat(model.variables().get("a/dense/kernel").get(0)).isEqualTo(1);
      assertThat(model.variables().get("b/dense/kernel").get(0)).isEqualTo(2);
    }
  }

  @Test
  void nestedModelsThatCouldBeEitherAreRefused() throws Exception {
    var file = nestedFile("functional_1", "sequential", 3, 3);
    try (var model = loadNested(3, 3)) {
      for (var load : List.of(Load.strict(), Load.strict().skipMismatch(true))) {
        assertThatThrownBy(() -> model.loadWeights(file, load))
            .isInstanceOf(DataException.class)
            .hasMessageContaining("nested.weights.h5: the model of a/dense/kernel may be ")
            .hasMessageContaining("layers/functional")
            .hasMessageContaining("layers/sequential")
            .hasMessageContaining("`mdlc import`");
      }
    }
  }

  private static Model loadNested(int a, int b) {
    return load(
        """
          model A { input x: f32[4]  output y = x |> Dense(%s) }
          model B { input x: f32[4]  output y = x |> Dense(%s) }
          model Plain { input x: f32[4]  output y = x * 2 }
          model M { input x: f32[4]  output y = concat([Plain()(x), A()(x), B()(x)]) |> Dense(1) }
          """
            .formatted(a, b));
  }

  /** What Keras writes of M; kernels of A are 1, those of B 2. */
  private Path nestedFile(String a, String b, int unitsOfA, int unitsOfB) throws IOException {
    var root = new Hdf5Group();
    dense(root.make("layers/" + a + "/layers/dense/vars"), 4, unitsOfA, 1);
    dense(root.make("layers/" + b + "/layers/dense/vars"), 4, unitsOfB, 2);
    dense(root.make("layers/dense/vars"), 4 + unitsOfA + unitsOfB, 1, 3);
    var file = temporary.resolve("nested.weights.h5");
    Hdf5File.write(file, root);
    return file;
  }

  private static void dense(Hdf5Group vars, int inputs, int units, float value) {
    var kernel = new float[inputs * units];
    Arrays.fill(kernel, value);
    vars.put("0", HostTensor.of(kernel, inputs, units));
    vars.put("1", HostTensor.of(new float[units], units));
  }

  // ---- models and files

  private static Model create(String name) throws Exception {
    return load(text(name));
  }

  private static String text(String name) throws Exception {
    return Files.readString(file(name + ".mdl"));
  }

  private static Model load(String text) {
    return load(text, 7);
  }

  private static Model load(String text, long seed) {
    var request = CompileRequest.of(SourceFile.of("case.mdl", text));
    for (var outer : List.of("Listing", "M")) {
      if (text.contains("model " + outer + " ")) {
        request = request.withModel(Optional.of(outer));
      }
    }
    return Generated.create(request, seed);
  }

  private static Path file(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(KerasFilesTest.class.getResource(FOLDER + name), name).toURI());
  }

  private static Map<String, HostTensor> golden(String name) throws Exception {
    return SafeTensors.read(file(name + ".safetensors"));
  }

  private static HostTensor of(Map<String, HostTensor> golden, String name) {
    return Objects.requireNonNull(golden.get(name), () -> name + " among " + golden.keySet());
  }
}
