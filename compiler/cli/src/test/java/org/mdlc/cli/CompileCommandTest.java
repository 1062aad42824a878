package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompileCommandTest {
  @TempDir private Path folder;

  @Test
  void writesTheClassIntoItsPackage() throws IOException {
    var tiny = Tiny.in(folder);
    var run = CommandRun.of("compile", tiny.model(), "-o", tiny.path("gen"), "--package", "a.b");
    assertThat(run.err()).isEmpty();
    var file = folder.resolve("gen/a/b/Sides.java");
    assertThat(run.out()).isEqualTo(file + "\n");
    assertThat(file).content().contains("package a.b;", "class Sides", "FloatVector");
  }

  @Test
  void printsPlainLoopsOnRequest() throws IOException {
    var tiny = Tiny.in(folder);
    CommandRun.of("compile", tiny.model(), "-o", tiny.path("gen"), "--no-vector");
    assertThat(folder.resolve("gen/Sides.java")).content().doesNotContain("FloatVector");
  }

  @Test
  void printsCudaOnRequest() throws IOException {
    var tiny = Tiny.in(folder);
    var run = CommandRun.of("compile", tiny.model(), "-o", tiny.path("gen"), "--target", "cuda");
    assertThat(run.err()).isEmpty();
    assertThat(folder.resolve("gen/Sides.cu")).content().contains("__global__ void");
    assertThat(CommandRun.of("compile", tiny.model(), "--target", "metal").exitCode()).isEqualTo(2);
  }

  @Test
  void dumpsOnePassOrAll() throws IOException {
    var tiny = Tiny.in(folder);
    var one =
        CommandRun.of("compile", tiny.model(), "-o", tiny.path("gen"), "--dump-after", "Simplify");
    assertThat(one.out()).contains("// predict after Simplify\n", "graph train {");
    CommandRun.of("compile", tiny.model(), "-o", tiny.path("gen"), "--dump-all", tiny.path("d"));
    try (var files = Files.list(folder.resolve("d"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("train-01-Bind.txt", "predict-01-Bind.txt")
          .anyMatch(name -> name.endsWith("-MakeProgram.txt"));
    }
  }

  @Test
  void guessesAMisspeltPass() throws IOException {
    var run = CommandRun.of("compile", Tiny.in(folder).model(), "--dump-after", "Simplyfy");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("error: there is no pass Simplyfy; did you mean Simplify?\n");
  }

  @Test
  void packageMustBeOne() throws IOException {
    var run = CommandRun.of("compile", Tiny.in(folder).model(), "--package", "a..b");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--package is the name of a Java package, not \"a..b\"");
  }

  @Test
  void openDimensionsAreAskedFor() throws IOException {
    var model = tiny("model Words { input words: i32[T]  output y = words |> Embedding(9, 2) }");
    var run = CommandRun.of("compile", model, "-o", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("error: the size of T is not known; give it, as in --set T=80\n");
    assertThat(CommandRun.of("compile", model, "-o", folder.toString(), "--set", "T=5").exitCode())
        .isZero();
  }

  @Test
  void severalModelsNeedAChoice() throws IOException {
    var model =
        tiny(
            """
            model A { input x: f32[2]  output y = x |> Dense(1) }
            model B { input x: f32[2]  output y = x |> Dense(1) }
            """);
    var run = CommandRun.of("compile", model, "-o", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("error: " + model + " has several models; choose one with --model: A, B\n");
    assertThat(CommandRun.of("compile", model, "-o", folder.toString(), "--model", "B").out())
        .endsWith("B.java\n");
  }

  private String tiny(String text) throws IOException {
    return Files.writeString(folder.resolve("model.mdl"), text).toString();
  }
}
