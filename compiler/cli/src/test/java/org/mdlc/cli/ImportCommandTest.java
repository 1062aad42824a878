package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.NumpyFiles;
import org.mdlc.runtime.file.SafeTensors;

/**
 * {@code mdlc import}: models that real Keras saved predict here what Keras predicted. The files
 * are made by {@code compiler/core/src/test/python/keras_models.py}.
 */
final class ImportCommandTest {
  static final Path MODELS = Path.of("../core/src/test/resources/golden/keras/models");

  /** Keras computes in float32 too: what differs is the order of additions. */
  private static final double TOLERANCE = 1e-5;

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> importedModelsPredictAsKerasDoes() throws IOException {
    try (var files = Files.list(MODELS)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".keras"))
          .map(f -> f.substring(0, f.length() - ".keras".length()))
          .sorted()
          .toList()
          .stream()
          .map(name -> DynamicTest.dynamicTest(name, () -> predicts(name)));
    }
  }

  private void predicts(String name) throws IOException {
    var mdl = folder.resolve(name + ".mdl");
    var run =
        CommandRun.of("import", MODELS.resolve(name + ".keras").toString(), "-o", mdl.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(Files.readString(mdl)).endsWith(Files.readString(MODELS.resolve(name + ".mdl")));
    assertThat(CommandRun.of("fmt", "--check", mdl.toString()).exitCode()).isZero();

    var golden = SafeTensors.read(MODELS.resolve(name + ".safetensors"));
    var found = predict(mdl, golden, folder);
    for (int i = 0; i < found.size(); i++) {
      assertClose(name + ", output " + i, found.get(i), golden.get("out." + i));
    }
    assertThat(golden).doesNotContainKey("out." + found.size());
  }

  /** There and back: what was written for Keras is read again, weights and all. */
  @ParameterizedTest
  @ValueSource(strings = {"nested", "tagger", "operations"})
  void exportedModelsPredictTheSame(String name) throws IOException {
    var first = folder.resolve("first.mdl");
    var file = folder.resolve("again.keras");
    var second = folder.resolve("second.mdl");
    CommandRun.of("import", MODELS.resolve(name + ".keras").toString(), "-o", first.toString());
    var export = CommandRun.of("export", first.toString(), "-o", file.toString());
    assertThat(export.err()).isEmpty();
    assertThat(export.out()).isEqualTo(file + "\n");
    var run = CommandRun.of("import", file.toString(), "-o", second.toString());
    assertThat(run.err()).isEmpty();
    var golden = SafeTensors.read(MODELS.resolve(name + ".safetensors"));
    var found = predict(second, golden, folder);
    for (int i = 0; i < found.size(); i++) {
      assertClose(name + ", output " + i, found.get(i), golden.get("out." + i));
    }
  }

  @Test
  void nothingIsOverwrittenUnasked() throws IOException {
    var file = Files.copy(MODELS.resolve("mlp.keras"), folder.resolve("mlp.keras"));
    Files.writeString(folder.resolve("mlp.mdl"), "mine");
    var run = CommandRun.of("import", file.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(run.err())
        .isEqualTo(
            "error: "
                + folder.resolve("mlp.mdl")
                + " is there already; say with -o where to write\n");
    assertThat(folder.resolve("mlp.mdl")).hasContent("mine");
  }

  @Test
  void whatKerasCannotSayIsNotWritten() throws IOException {
    var mdl = folder.resolve("own.mdl");
    var file = folder.resolve("own.keras");
    Files.writeString(
        mdl,
        """
        layer Scale()(x: f32[C]) {
          param factor: f32[C] = ones
          return x * factor
        }

        model M {
          input x: f32[4]
          output y = x |> Scale()
        }
        """);
    var run = CommandRun.of("export", mdl.toString(), "-o", file.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(run.err())
        .contains(
            "error[E0708]: `Scale` is a layer of your own",
            "own.mdl:8:19",
            "write it as a `block`");
    assertThat(file).doesNotExist();
  }

  /** The outputs in the order of the model. */
  static List<HostTensor> predict(Path mdl, Map<String, HostTensor> golden, Path folder)
      throws IOException {
    var bound = Compiler.bind(CompileRequest.of(mdl)).bound().orElseThrow();
    var inputs = new LinkedHashMap<String, HostTensor>();
    for (int i = 0; i < bound.inputs().size(); i++) {
      inputs.put(bound.inputs().get(i).name(), golden.get("in." + i));
    }
    var in = folder.resolve("in.npz");
    var out = folder.resolve("out.npz");
    NumpyFiles.writeNpz(in, inputs);
    var run =
        CommandRun.of("predict", mdl.toString(), "--input", in.toString(), "-o", out.toString());
    assertThat(run.err()).isEmpty();
    var outputs = NumpyFiles.readNpz(out);
    return bound.outputs().stream().map(o -> outputs.get(o.name())).toList();
  }

  static void assertClose(String what, HostTensor found, HostTensor expected) {
    assertThat(found.shape()).as(what).isEqualTo(expected.shape());
    assertThat(found.dtype()).isEqualTo(DType.F32);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i))
          .as(what + " at " + i)
          .isCloseTo(expected.get(i), org.assertj.core.data.Offset.offset(TOLERANCE));
    }
  }
}
