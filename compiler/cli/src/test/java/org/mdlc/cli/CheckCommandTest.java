package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckCommandTest {
  private static final String GOOD = "model Tiny { input x: f32[4]  output y = x |> Dense(2) }\n";
  private static final String BAD = "model Tiny { input x: f32[4]  output y = x |> Dense(2 }\n";

  @TempDir private Path folder;

  @Test
  void saysWhichFilesAreWell() throws IOException {
    var run = CommandRun.of("check", file("a.mdl", GOOD), file("b.mdl", GOOD));
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("a.mdl: no errors\n", "b.mdl: no errors\n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void showsErrorsOfEveryFile() throws IOException {
    var run = CommandRun.of("check", file("a.mdl", BAD), file("b.mdl", GOOD), file("c.mdl", BAD));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("error[E0104]", "a.mdl:1:52", "c.mdl:1:52", "1 error");
    assertThat(run.out()).contains("b.mdl: no errors");
  }

  @Test
  void looksAtFilesOfDefinitionsOnly() throws IOException {
    var run = CommandRun.of("check", file("a.mdl", "block b(n: imt)(x) = x |> Dense(n)\n"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("there is no type `imt`");
  }

  @Test
  void looksAtImportedModelsThatAreTrained() throws IOException {
    file("tiny.mdl", GOOD);
    var train = "train Tiny { loss MeanSquaredErrors()  optimizer SGD() }\n";
    var run = CommandRun.of("check", file("a.mdl", "import \"tiny.mdl\"\n" + train));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("did you mean `MeanSquaredError`?");
  }

  @Test
  void missingFileIsOneSentence() {
    var missing = folder.resolve("missing.mdl").toString();
    var run = CommandRun.of("check", missing);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("error: " + missing + ": no such file\n");
  }

  @Test
  void folderIsOneSentence() {
    var run = CommandRun.of("check", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("error: " + folder + " is a folder; a model description is a file (.mdl)\n");
  }

  @Test
  void noFileIsWrongUsage() {
    assertThat(CommandRun.of("check").exitCode()).isEqualTo(2);
  }

  @Test
  void coloursOnlyWhereTheyAreWanted() throws IOException {
    var bad = file("a.mdl", BAD);
    assertThat(CommandRun.of("check", bad).err()).doesNotContain("\u001B");
    assertThat(CommandRun.of("check", "--color", "always", bad).err()).contains("\u001B[");
    assertThat(CommandRun.in(Map.of(), true, "check", bad).err()).contains("\u001B[");
    assertThat(CommandRun.in(Map.of("NO_COLOR", "1"), true, "check", bad).err())
        .doesNotContain("\u001B");
    assertThat(CommandRun.in(Map.of(), true, "check", "--color=never", bad).err())
        .doesNotContain("\u001B");
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }
}
