package org.mdlc.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;

/**
 * Runs some command lines in one JVM, so that the AOT cache which that JVM writes knows their
 * classes. Prints nothing.
 */
public final class Rehearsal {
  private static final String MODEL =
      """
      /// Two layers, then a dense one.
      block dense(units: int)(x) {
        var v = x
        repeat 2 { v = v |> Dense(units, activation = relu) |> BatchNormalization() |> Dropout(0.1) }
        return v
      }

      model Rehearsed {
        input image: f32[4, 4, 1]
        let seen = image |> Conv2D(4, 3, padding = same) |> relu |> MaxPooling2D(2) |> Flatten()
        output kind = seen |> dense(8) |> Dense(2)
      }

      train Rehearsed {
        data csv("rows.csv") { image = columns("p0".."p15") / 16, kind = label }
        validation_split 0.25
        loss kind: SparseCategoricalCrossentropy(from_logits = true)
        metrics kind: SparseCategoricalAccuracy(name = "accuracy")
        optimizer Adam(CosineDecay(3e-3, decay_steps = 4))
        batch 4  epochs 2  seed 42
      }
      """;

  private static final String BROKEN =
      "model Broken { input x: f32[4]  output y = x |> Dense(unit = 2) |> Conv2D(4, 3) }\n";

  private final Path folder;

  private Rehearsal(Path folder) {
    this.folder = folder;
  }

  /**
   * Fails if a command line ends otherwise than it should.
   *
   * @param args {@code quick} for the commands that compute nothing, {@code running} for those that
   *     run a model
   */
  public static void main(String[] args) throws IOException {
    var folder = Files.createTempDirectory("mdlc-rehearsal");
    try {
      new Rehearsal(folder).of(args.length > 0 ? args[0] : "");
    } finally {
      delete(folder);
    }
  }

  private void of(String kind) throws IOException {
    Files.writeString(folder.resolve("rows.csv"), rows());
    var model = Files.writeString(folder.resolve("good.mdl"), MODEL).toString();
    var broken = Files.writeString(folder.resolve("broken.mdl"), BROKEN).toString();
    var weights = folder.resolve("w.safetensors").toString();
    switch (kind) {
      case "quick" -> {
        play(ExitCode.OK, "--help");
        play(ExitCode.OK, "--version");
        play(ExitCode.OK, "check", "--help");
        play(ExitCode.USAGE, "chek");
        play(ExitCode.OK, "check", model);
        play(ExitCode.USER_ERROR, "check", "--color", "always", broken);
        play(ExitCode.OK, "summary", model);
        play(ExitCode.OK, "explain", "E0301");
        play(ExitCode.OK, "compile", model, "-o", folder.resolve("out").toString());
      }
      case "running" -> {
        play(ExitCode.OK, "train", model, "--verbose", "1", "--save", weights);
        play(ExitCode.OK, "evaluate", model, "--weights", weights);
        play(ExitCode.USER_ERROR, "train", folder.resolve("none.mdl").toString());
      }
      default -> throw new IllegalArgumentException("a rehearsal is quick or running, not " + kind);
    }
  }

  private static void play(int exitCode, String... line) {
    int got = Main.run(nobody(), line);
    if (got != exitCode) {
      throw new IllegalStateException(String.join(" ", line) + " ended with " + got);
    }
  }

  /** Sixteen dots and a label, eight times. */
  private static String rows() {
    var text = new StringBuilder();
    for (int dot = 0; dot < 16; dot++) {
      text.append('p').append(dot).append(',');
    }
    text.append("label\n");
    for (int row = 0; row < 8; row++) {
      for (int dot = 0; dot < 16; dot++) {
        text.append((row * 5 + dot * 3) % 17).append(',');
      }
      text.append(row % 2).append('\n');
    }
    return text.toString();
  }

  private static Terminal nobody() {
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new Terminal(nowhere, nowhere, false, Map.of());
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(Rehearsal::deleteFile);
    }
  }

  private static void deleteFile(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
