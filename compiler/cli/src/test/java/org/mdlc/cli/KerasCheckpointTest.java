package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.KerasArchive;
import org.mdlc.runtime.file.NumpyFiles;

/** Whole models that training writes for Keras. */
final class KerasCheckpointTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", ", save_weights_only = false"})
  void aCheckpointIsAWholeModel(String option) throws IOException {
    var tiny = Tiny.in(folder);
    var best = folder.resolve("made/best-{epoch}.keras");
    var text =
        Files.readString(Path.of(tiny.model()))
            .replace("epochs 20", "epochs 2")
            .replace(
                "batch 16",
                "callbacks ModelCheckpoint(\"" + best + "\"" + option + ")\n  batch 16");
    var model = tiny.write("checked.mdl", text);
    var saved = tiny.path("saved.keras");
    var run = CommandRun.of("train", model, "--save", saved);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    var second = folder.resolve("made/best-2.keras");
    assertThat(folder.resolve("made/best-1.keras")).exists();
    assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(Path.of(saved)));
    assertThat(KerasArchive.readWeights(second).group("optimizer/vars")).isNotNull();

    var imported = tiny.path("imported.mdl");
    assertThat(CommandRun.of("import", second.toString(), "-o", imported).err()).isEmpty();
    var expected = predict(tiny, model, "--weights", saved);
    var found = predict(tiny, imported);
    assertThat(found.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i)).isCloseTo(expected.get(i), within(1e-6));
    }
  }

  private static HostTensor predict(Tiny tiny, String model, String... options) throws IOException {
    var input = tiny.npy("in.npy", 0.5f, -0.25f, -0.75f, 0.125f);
    var output = tiny.path("out.npy");
    var arguments = new String[6 + options.length];
    System.arraycopy(
        new String[] {"predict", model, "--input", input, "-o", output}, 0, arguments, 0, 6);
    System.arraycopy(options, 0, arguments, 6, options.length);
    assertThat(CommandRun.of(arguments).err()).isEmpty();
    return NumpyFiles.readNpy(Path.of(output));
  }

  private static final String OWN =
      """
      layer Scale()(x: f32[C]) {
        param factor: f32[C] = ones
        return x * factor
      }

      model Sides {
        input point: f32[2]
        output side = point |> Scale() |> Dense(2)
      }

      train Sides {
        data csv("points.csv") { point = columns("a".."b") / 10, side = label }
        loss SparseCategoricalCrossentropy(from_logits = true)
        optimizer Adam(0.05)
        epochs 1
      }
      """;

  @Test
  void whatKerasCannotSayIsSaidBeforeTraining() throws IOException {
    var tiny = Tiny.in(folder);
    var model = tiny.write("own.mdl", OWN);
    var saved = tiny.path("saved.keras");
    var run = CommandRun.of("train", model, "--save", saved);
    assertThat(run.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(run.err()).contains("error[E0708]: `Scale` is a layer of your own", "own.mdl:8:");
    assertThat(run.out()).isEmpty();
    assertThat(Path.of(saved)).doesNotExist();
  }

  /** One that Keras made, where Scale is a class of its user. */
  @Test
  void aFileThatIsThereGetsNewWeights() throws IOException {
    var tiny = Tiny.in(folder);
    var model = tiny.write("own.mdl", OWN);
    var saved = Path.of(tiny.path("saved.keras"));
    KerasArchive.write(saved, "{}", new org.mdlc.runtime.file.Hdf5Group());
    var run = CommandRun.of("train", model, "--save", saved.toString());
    assertThat(run.err()).isEmpty();
    assertThat(KerasArchive.readConfig(saved)).isEqualTo("{}");
    assertThat(KerasArchive.readWeights(saved).array("layers/scale/vars/0")).isNotNull();
  }
}
