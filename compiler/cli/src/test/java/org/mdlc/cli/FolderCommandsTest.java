package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on folders of images and texts, which are read file by file. */
final class FolderCommandsTest {
  private static final String IMAGES =
      """
      model Bars {
        input image: f32[6, 5, 1]
        output kind = image |> Flatten() |> Dense(UNITS)
      }

      train Bars {
        data images("bars") { image = images / 255, kind = labels }
        holdout 0.25
        validation_split 0.2
        loss SparseCategoricalCrossentropy(from_logits = true)
        metrics SparseCategoricalAccuracy(name = "accuracy")
        optimizer Adam(0.05)
        batch 8  epochs 15  seed 3
      }
      """;
  private static final String TEXTS =
      """
      model Mood {
        input note: str[]
        output mood = note |> TextVectorization(max_tokens = 20, output_mode = "multi_hot", pad_to_max_tokens = true) |> Dense(1)
      }

      train Mood {
        data texts("notes") { note = texts, mood = labels }
        holdout 0.25
        loss BinaryCrossentropy(from_logits = true)
        metrics BinaryAccuracy(name = "accuracy", threshold = 0)
        optimizer Adam(0.1)
        batch 8  epochs 20  seed 3
      }
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    var random = new Random(4);
    for (int i = 0; i < 60; i++) {
      boolean upright = i % 2 == 0;
      var image = new BufferedImage(5, 6, BufferedImage.TYPE_BYTE_GRAY);
      int place = random.nextInt(5);
      for (int j = 0; j < 5; j++) {
        image
            .getRaster()
            .setSample(upright ? place : j, upright ? j : place, 0, upright ? 250 : 50);
      }
      var file = folder.resolve(upright ? "bars/upright" : "bars/flat").resolve(i + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
      var note = folder.resolve(upright ? "notes/good" : "notes/bad").resolve(i + ".txt");
      Files.createDirectories(note.getParent());
      Files.writeString(note, (upright ? "fine" : "awful") + " number " + i);
    }
  }

  private static String model(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void trainsOnImages() throws IOException {
    var file = model("bars.mdl", IMAGES.replace("UNITS", "2"));
    var weights = folder.resolve("bars.safetensors").toString();
    var run = CommandRun.of("train", file, "--save", weights, "--verbose", "2");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("5/5 - ").contains("val_accuracy").contains("test accuracy: ");
    assertThat(accuracy(run.out(), "test accuracy: ")).isGreaterThan(0.9);
    var again = CommandRun.of("train", file, "--verbose", "0");
    assertThat(again.out()).isEqualTo(run.out().substring(run.out().indexOf("test ")));
    var evaluated = CommandRun.of("evaluate", file, "--weights", weights, "--verbose", "0");
    assertThat(again.out())
        .isEqualTo(evaluated.out().replaceAll("(?m)^", "test ").stripTrailing() + "\n");
  }

  /** Sorted beside another class, upright would be number 0. */
  @Test
  void refusesAValidationFolderWithOtherClasses() throws IOException {
    Files.createDirectories(folder.resolve("seen/upright"));
    Files.createDirectories(folder.resolve("seen/vague"));
    Files.copy(folder.resolve("bars/upright/0.png"), folder.resolve("seen/upright/0.png"));
    var text =
        IMAGES
            .replace("UNITS", "2")
            .replace(
                "validation_split 0.2",
                "validation images(\"seen\") { image = images / 255, kind = labels }");
    var run = CommandRun.of("train", model("seen.mdl", text), "--verbose", "0");
    assertThat(run.err())
        .contains("seen: its classes are upright, vague, and those of ")
        .contains("bars are flat, upright; a class without files is an empty folder");
    Files.move(folder.resolve("seen/vague"), folder.resolve("seen/flat"));
    run = CommandRun.of("train", folder.resolve("seen.mdl").toString(), "--verbose", "0");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void holdsTheClassesAgainstTheOutput() throws IOException {
    var file = model("more.mdl", IMAGES.replace("UNITS", "3"));
    var run = CommandRun.of("check", file);
    assertThat(run.err())
        .isEqualTo(
            """
            error[E0609]: `kind` tells 3 classes apart, and the folder has 2
             --> FILE:7:8
              |
            7 |   data images("bars") { image = images / 255, kind = labels }
              |        ^^^^^^^^^^^^^^
              = note: its folders are flat, upright
              = note: the output is f32[batch, 3]
              = help: give the output 2 units

            1 error
            """
                .replace("FILE", file));
    var gone = model("gone.mdl", IMAGES.replace("UNITS", "3").replace("\"bars\"", "\"elsewhere\""));
    assertThat(CommandRun.of("check", gone).err()).isEmpty();
    assertThat(CommandRun.of("train", gone).err())
        .isEqualTo("error: " + folder.resolve("elsewhere") + ": no such folder\n");
  }

  @Test
  void namesTheFileThatIsDamaged() throws IOException {
    var file =
        model("damaged.mdl", IMAGES.replace("UNITS", "2").replace("\"bars\"", "\"damaged\""));
    for (var name : new String[] {"flat", "upright"}) {
      Files.createDirectories(folder.resolve("damaged").resolve(name));
      for (int i = 0; i < 4; i++) {
        Files.writeString(folder.resolve("damaged").resolve(name).resolve(i + ".png"), "no");
      }
    }
    assertThat(CommandRun.of("train", file).err())
        .startsWith("error: ")
        .contains(folder.resolve("damaged") + "/")
        .contains(".png: not an image; images are PNG, JPEG, GIF or BMP files");
  }

  @Test
  void trainsOnTexts() throws IOException {
    var run = CommandRun.of("train", model("mood.mdl", TEXTS), "--verbose", "0");
    assertThat(run.err()).isEmpty();
    assertThat(accuracy(run.out(), "test accuracy: ")).isGreaterThan(0.9);
  }

  private static double accuracy(String out, String prefix) {
    return Double.parseDouble(
        out.substring(out.indexOf(prefix) + prefix.length()).lines().findFirst().orElse(""));
  }
}
