package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The expected tables were printed by Keras 3.15.1 for the same models. */
final class SummaryCommandTest {
  @TempDir private Path folder;

  @Test
  void printsKerassTable() throws IOException {
    var run =
        CommandRun.of(
            "summary",
            file(
                """
                model Small {
                  input image: f32[8, 8, 1]
                  output digit = image |> Conv2D(32, 3, padding = same, use_bias = false)
                      |> BatchNormalization() |> GlobalAveragePooling2D() |> Dense(10)
                }
                """));
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo(
            """
            Model: "Small"
            ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
            ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
            ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
            │ image (InputLayer)              │ (None, 8, 8, 1)        │             0 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ conv2d (Conv2D)                 │ (None, 8, 8, 32)       │           288 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ batch_normalization             │ (None, 8, 8, 32)       │           128 │
            │ (BatchNormalization)            │                        │               │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ global_average_pooling2d        │ (None, 32)             │             0 │
            │ (GlobalAveragePooling2D)        │                        │               │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ dense (Dense)                   │ (None, 10)             │           330 │
            └─────────────────────────────────┴────────────────────────┴───────────────┘
             Total params: 746 (2.91 KB)
             Trainable params: 682 (2.66 KB)
             Non-trainable params: 64 (256.00 B)
             Prediction memory: 293.63 KB (batch of 32)
             Forward FLOPs: 45,741 per row
            """);
  }

  @Test
  void showsConnectionsOfANetwork() throws IOException {
    var run =
        CommandRun.of(
            "summary",
            file(
                """
                model Two {
                  input a: f32[4], b: f32[3]
                  let d = Dense(4)
                  let sum = Add()(a |> d, a)
                  output y = Concatenate()(sum, b) |> Dense(1_000_000)
                }
                """));
    assertThat(run.out())
        .contains(
            "│ add (Add)           │ (None, 4)         │          0 │ dense[0][0],      │\n",
            "│                     │                   │            │ a[0][0]           │\n",
            "│ dense_1 (Dense)     │ (None, 1000000)   │  8,000,000 │ concatenate[0][0] │\n",
            " Total params: 8,000,020 (30.52 MB)\n");
  }

  @Test
  void coloursAreForTerminals() throws IOException {
    var model = file("model M { input x: f32[2]  output y = x |> Dense(1) }");
    var bold = "\u001b[1mModel: \"M\"\u001b[0m\n";
    assertThat(CommandRun.in(Map.of(), true, "summary", model).out()).startsWith(bold);
    assertThat(CommandRun.of("--color", "always", "summary", model).out()).startsWith(bold);
    assertThat(CommandRun.in(Map.of("NO_COLOR", "1"), true, "summary", model).out())
        .startsWith("Model: \"M\"\n");
    assertThat(CommandRun.of("summary", model).out()).doesNotContain("\u001b");
  }

  @Test
  void takesTheWidthOfTheTerminal() throws IOException {
    var model = file("model M { input x: f32[2]  output y = x |> Dense(1) }");
    var run = CommandRun.in(Map.of("COLUMNS", "60"), false, "summary", model);
    assertThat(run.out().lines().skip(1).findFirst())
        .hasValueSatisfying(l -> assertThat(l).hasSize(56));
  }

  @Test
  void openSizesAreShownAsTheyAre() throws IOException {
    var model = file("model M { input x: f32[T, 2]  output y = x |> Dense(1) }");
    var open = CommandRun.of("summary", "--details", model);
    assertThat(open.out()).contains("(None, T, 1)", "│      ? │").doesNotContain("Forward FLOPs");
    var known = CommandRun.of("summary", "--details", "--set", "T=3", model);
    assertThat(known.out()).contains("(None, 3, 1)", " Forward FLOPs: 15 per row\n");
  }

  @Test
  void refusesErrorsFilesAndUsage() throws IOException {
    var bad =
        CommandRun.of("summary", file("model M { input x: f32[2]  output y = x |> Dens(1) }"));
    assertThat(bad.exitCode()).isEqualTo(1);
    assertThat(bad.err()).contains("error[E0201]", "Dense").doesNotContain("\tat ");
    assertThat(CommandRun.of("summary", folder.resolve("no.mdl").toString()).exitCode())
        .isEqualTo(1);
    assertThat(CommandRun.of("summary").exitCode()).isEqualTo(2);
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("model.mdl"), text).toString();
  }
}
