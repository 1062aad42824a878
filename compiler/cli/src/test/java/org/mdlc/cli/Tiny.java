package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.NumpyFiles;

/** A small model with data that it can learn: the sign of {@code a + b}. */
record Tiny(Path folder) {
  private static final String MODEL =
      """
      /// Which side of a line a point lies on.
      model Sides(units: int = 4) {
        input point: f32[2]
        output side = point |> Dense(units, activation = tanh) |> Dense(2)
      }

      train Sides {
        data csv("points.csv") { point = columns("a".."b") / 10, side = label }
        holdout 0.25
        loss SparseCategoricalCrossentropy(from_logits = true)
        metrics SparseCategoricalAccuracy(name = "accuracy")
        optimizer Adam(0.05)
        batch 16  epochs 20  seed 3
      }
      """;

  static Tiny in(Path folder) throws IOException {
    Files.writeString(folder.resolve("sides.mdl"), MODEL);
    Files.writeString(folder.resolve("points.csv"), points(96));
    return new Tiny(folder);
  }

  String model() {
    return path("sides.mdl");
  }

  String path(String name) {
    return folder.resolve(name).toString();
  }

  String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  /** Points of the data as the model takes them. */
  String npy(String name, float... coordinates) throws IOException {
    Path file = folder.resolve(name);
    NumpyFiles.writeNpy(file, HostTensor.of(coordinates, coordinates.length / 2, 2));
    return file.toString();
  }

  private static String points(int count) {
    var random = new Random(5);
    var text = new StringBuilder("a,b,label\n");
    for (int i = 0; i < count; i++) {
      int a = random.nextInt(-9, 10);
      int b = random.nextInt(-9, 10);
      text.append(a).append(',').append(b).append(',').append(a + b > 0 ? 1 : 0).append('\n');
    }
    return text.toString();
  }
}
