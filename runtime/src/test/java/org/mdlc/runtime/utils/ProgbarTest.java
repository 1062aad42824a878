package org.mdlc.runtime.utils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mdlc.runtime.TestFiles;

/** Against what Keras prints under the same fake clock; see make_progbar.py. */
class ProgbarTest {
  private static final Map<String, String> golden = new TreeMap<>();
  private static final Map<String, Double> LOSS = values("accuracy", 0.46875, "loss", 0.67848);

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private double now = 1000;

  @BeforeAll
  static void readGolden() throws IOException {
    TestFiles.text(ProgbarTest.class, "progbar.txt")
        .lines()
        .map(line -> line.split("\t", -1))
        .forEach(parts -> golden.put(parts[0], parts[1]));
  }

  @Test
  void epoch() {
    Progbar bar = bar().target(2).statelessMetrics().build();
    update(bar, 2.0, 1, LOSS, false);
    update(bar, 5.4, 2, values("accuracy", 0.46429, "loss", 0.6781), false);
    Map<String, Double> all = new LinkedHashMap<>(LOSS);
    all.putAll(values("val_accuracy", 0.6429, "val_loss", 0.6274));
    update(bar, 6.0, 2, all, true);
    assertPrinted("epoch");
  }

  @Test
  void averaged() {
    Progbar bar = bar().target(3).build();
    update(bar, 0.1, 1, values("a", 1));
    update(bar, 0.2, 2, values("a", 2));
    update(bar, 0.3, 3, values("a", 6));
    assertPrinted("averaged");
  }

  @Test
  void averagedOverUnequalSteps() {
    Progbar bar = bar().target(10).build();
    update(bar, 0.1, 1, values("a", 1));
    now = 1000.4;
    bar.add(3, values("a", 2));
    update(bar, 0.6, 9, values("a", 6, "b", 1));
    assertPrinted("averaged_over_unequal_steps");
  }

  @Test
  void stateful() {
    Progbar bar = bar().target(4).statefulMetrics("s").build();
    update(bar, 0.1, 1, values("s", 1, "a", 1));
    update(bar, 0.3, 3, values("s", 2, "a", 2));
    assertPrinted("stateful");
  }

  @Test
  void intervalHides() {
    Progbar bar = bar().target(100).statelessMetrics().build();
    update(bar, 0.01, 1, LOSS, false);
    update(bar, 0.02, 2, LOSS, false);
    update(bar, 0.07, 5, LOSS, false);
    update(bar, 0.09, 100, LOSS, true);
    assertPrinted("interval_hides");
  }

  @Test
  void smallValues() {
    Map<String, Double> values = values("tiny", 1.23456e-5, "zero", 0, "negative", -0.5);
    values.putAll(values("edge", 1e-3, "huge", 123456.789, "least", -2.5e-9));
    update(bar().target(5).statelessMetrics().build(), 0.1, 1, values, false);
    assertPrinted("small_values");
  }

  @Test
  void notFinite() {
    Map<String, Double> values =
        values("n", Double.NaN, "i", Double.POSITIVE_INFINITY, "m", Double.NEGATIVE_INFINITY);
    update(bar().target(5).statelessMetrics().build(), 0.1, 1, values, false);
    assertPrinted("not_finite");
  }

  @Test
  void negativeInSummary() {
    Map<String, Double> values = values("negative", -0.5, "not", Double.NaN, "half", 0.00125);
    update(bar().target(5).verbose(2).statelessMetrics().build(), 3.6, 5, values, true);
    assertPrinted("negative_in_summary");
  }

  @Test
  void summary() {
    Progbar bar = bar().target(12).verbose(2).statelessMetrics().build();
    update(bar, 0.4, 1, LOSS, false);
    update(bar, 2.5, 12, LOSS, true);
    assertPrinted("summary");
  }

  @Test
  void summaryWithoutTarget() {
    update(bar().verbose(2).build(), 0.4, 1, LOSS, true);
    assertPrinted("summary_without_target");
  }

  @Test
  void silent() {
    Progbar bar = bar().target(2).verbose(0).build();
    update(bar, 1.0, 1, LOSS);
    update(bar, 2.0, 2, LOSS);
    assertPrinted("silent");
  }

  @Test
  void unknownTarget() {
    Progbar bar = bar().unitName("file").build();
    update(bar, 0.1, 1, LOSS, false);
    update(bar, 0.2, 7, LOSS, false);
    update(bar, 0.9, 8, LOSS, true);
    assertPrinted("unknown");
  }

  @Test
  void longEta() {
    Progbar bar = bar().target(10000).build();
    update(bar, 0.5, 1, Map.of());
    update(bar, 1.0, 2, Map.of());
    update(bar, 8.9, 20, Map.of());
    update(bar, 900.0, 9000, Map.of());
    assertPrinted("long_eta");
  }

  @Test
  void minutes() {
    Progbar bar = bar().target(1000).build();
    update(bar, 0.07, 1, Map.of());
    update(bar, 2.0, 20, Map.of());
    update(bar, 59.5, 1000, Map.of());
    assertPrinted("minutes");
  }

  @Test
  void microseconds() {
    Progbar bar = bar().target(1000).build();
    update(bar, 0.0001, 1, Map.of());
    update(bar, 0.06, 500, Map.of());
    update(bar, 0.2, 1000, Map.of());
    assertPrinted("microseconds");
  }

  @Test
  void shorterLineIsBlankedOut() {
    Progbar bar = bar().target(3).statelessMetrics().build();
    update(bar, 100.0, 1, values("loss", 123456), false);
    update(bar, 101.0, 2, values("loss", 1), false);
    update(bar, 102.0, 3, values("loss", 1), true);
    assertPrinted("shorter_line");
  }

  @Test
  void otherWidth() {
    Progbar bar = bar().target(7).width(7).build();
    update(bar, 1.0, 3, Map.of());
    update(bar, 2.0, 7, Map.of());
    assertPrinted("wide");
  }

  @Test
  void zeroTarget() {
    update(bar().target(0).build(), 1.0, 0, Map.of());
    assertPrinted("zero_target");
  }

  @Test
  void beyondTarget() {
    update(bar().target(4).build(), 1.0, 6, Map.of());
    assertPrinted("beyond_target");
  }

  /** What does not fit would wrap, and a wrapped line cannot be taken back. */
  @Test
  void redrawsWithinTheTerminal() {
    Progbar bar = bar().target(2).statelessMetrics().columns(50).build();
    update(bar, 2.0, 1, LOSS, false);
    String shown = printed.toString(StandardCharsets.UTF_8).replaceAll("\u001b\\[[0-9]*m", "");
    assertThat(shown).isEqualTo("\r1/2 ━━━━━━━━━━━━━━━━━━━━ 2s 2s/step - accuracy: …").hasSize(50);
    printed.reset();
    update(bar, 5.4, 2, LOSS, true);
    shown = printed.toString(StandardCharsets.UTF_8).replaceAll("\u001b\\[[0-9]*m", "");
    assertThat(shown)
        .isEqualTo(
            "\b".repeat(49)
                + "\r2/2 ━━━━━━━━━━━━━━━━━━━━ 5s 3s/step - accuracy: 0.4688 - loss: 0.6785\n");
  }

  @Test
  void aLineMayBeginWithWords() {
    Progbar bar = bar().target(12).verbose(2).prefix("Epoch 1/3 - ").statelessMetrics().build();
    update(bar, 2.5, 12, LOSS, true);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .isEqualTo("Epoch 1/3 - 12/12 - 2s - 208ms/step - accuracy: 0.4688 - loss: 0.6785\n");
  }

  @Test
  void statefulAndStatelessExcludeEachOther() {
    assertThatThrownBy(() -> bar().statefulMetrics("a").statelessMetrics("b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not both");
  }

  private Progbar.Builder bar() {
    return Progbar.builder()
        .output(new PrintStream(printed, true, StandardCharsets.UTF_8))
        .clock(() -> now);
  }

  private void update(Progbar bar, double seconds, int current, Map<String, Double> values) {
    now = 1000 + seconds;
    bar.update(current, values);
  }

  private void update(
      Progbar bar, double seconds, int current, Map<String, Double> values, boolean finish) {
    now = 1000 + seconds;
    bar.update(current, values, finish);
  }

  private void assertPrinted(String name) {
    assertThat(escaped(printed.toString(StandardCharsets.UTF_8))).isEqualTo(golden.get(name));
  }

  // Python's unicode_escape codec.
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        default -> {
          if (c < ' ') {
            escaped.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
          } else if (c > '~') {
            escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            escaped.append(c);
          }
        }
      }
    }
    return escaped.toString();
  }

  private static Map<String, Double> values(Object... namesAndNumbers) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < namesAndNumbers.length; i += 2) {
      values.put((String) namesAndNumbers[i], ((Number) namesAndNumbers[i + 1]).doubleValue());
    }
    return values;
  }
}
