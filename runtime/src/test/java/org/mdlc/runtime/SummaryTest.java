package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Widths and colours are those that Keras 3.15.1 printed for the same layers. */
class SummaryTest {
  private static Summary summary(boolean chain) {
    Summary.Builder summary = Summary.builder("Small");
    if (!chain) {
      summary.network();
    }
    return summary
        .layer("image", "InputLayer", "(None, 8, 8, 1)", "", 0, 0, 256)
        .layer("conv2d", "Conv2D", "(None, 8, 8, 32)", "image[0][0]", 9216, 1_179_648, 8192)
        .layer("open", "Dense", "(None, T)", "conv2d[0][0]", 12, -1, -1)
        .parameters(9216, 12, 18_434)
        .needs(32, 3_000_000, 1536, 320, 330)
        .build();
  }

  @Test
  void isAsWideAsKeras() {
    assertThat(header(summary(true), 60))
        .isEqualTo("┏━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┓");
    assertThat(header(summary(true), 80))
        .isEqualTo("┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓");
    assertThat(header(summary(true), 200))
        .isEqualTo(
            "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓");
    assertThat(header(summary(false), 101))
        .isEqualTo(
            "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━┓");
    assertThat(header(summary(false), 200))
        .isEqualTo(
            "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓");
  }

  @Test
  void fitsEveryTerminal() {
    for (int columns = 1; columns < 130; columns++) {
      for (boolean details : new boolean[] {false, true}) {
        int width =
            summary(false)
                .text(details, columns, false)
                .lines()
                .filter(line -> line.startsWith("│"))
                .mapToInt(String::length)
                .max()
                .orElse(0);
        assertThat(width).isLessThanOrEqualTo(Math.max(columns - 4, 56));
      }
    }
  }

  @Test
  void hasKerassColours() {
    String text = summary(true).text(false, 80, true);
    assertThat(text)
        .startsWith("\u001b[1mModel: \"Small\"\u001b[0m\n")
        .contains("conv2d (\u001b[38;5;33mConv2D\u001b[0m)")
        .contains(
            "(\u001b[38;5;45mNone\u001b[0m, \u001b[38;5;34m8\u001b[0m, \u001b[38;5;34m8\u001b[0m,"
                + " \u001b[38;5;34m32\u001b[0m)")
        .contains("\u001b[1m Total params: \u001b[0m\u001b[38;5;34m27,662\u001b[0m (108.05 KB)\n");
    assertThat(text.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(summary(true).toString());
    assertThat(summary(false).text(false, 80, true))
        .contains("image[\u001b[38;5;34m0\u001b[0m][\u001b[38;5;34m0\u001b[0m]");
  }

  @Test
  void detailsShowArithmeticAndMemory() {
    assertThat(summary(false).text(true, 80, false))
        .contains("│ conv2d (Conv2D)     │ (None, 8, 8, 32)  │      9,216 │ 1.18 M │  8.00 KB │\n")
        .contains("│ open (Dense)        │ (None, T)         │         12 │      ? │        ? │\n")
        .contains("│ image (InputLayer)  │ (None, 8, 8, 1)   │          0 │      0 │    256 B │\n");
  }

  @Test
  void totalsEndWithWhatRunningTakes() {
    assertThat(summary(true).toString())
        .endsWith(
            """
             Total params: 27,662 (108.05 KB)
             Trainable params: 9,216 (36.00 KB)
             Non-trainable params: 12 (48.00 B)
             Optimizer params: 18,434 (72.01 KB)
             Training step memory: 2.86 MB (batch of 32)
             Prediction memory: 1.50 KB (batch of 32)
             Forward FLOPs: 10 per row
             Training step FLOPs: 10 per row
            """);
    assertThat(Summary.builder("M").parameters(4, 0, 0).build().toString())
        .endsWith(" Trainable params: 4 (16.00 B)\n Non-trainable params: 0 (0.00 B)\n");
  }

  private static String header(Summary summary, int columns) {
    return summary.text(false, columns, false).lines().skip(1).findFirst().orElseThrow();
  }
}
