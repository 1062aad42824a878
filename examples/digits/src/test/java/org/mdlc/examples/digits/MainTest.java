package org.mdlc.examples.digits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.mdlc.runtime.data.ArrayDataset;

final class MainTest {
  private static final int LAST_DIGIT = 8;

  @Test
  void readsDigitsItHasNeverSeen() throws IOException {
    ArrayDataset.Split digits = Main.read(Path.of("data", "digits.csv")).split(0.2);
    assertThat(digits.last().rows()).isEqualTo(360);
    try (var model = Main.train(digits.first())) {
      assertThat(Main.accuracy(model, digits.last())).isGreaterThanOrEqualTo(0.97);
      assertThat(Main.digitOf(model, Main.lastImage(digits.last()))).isEqualTo(LAST_DIGIT);
    }
  }
}
