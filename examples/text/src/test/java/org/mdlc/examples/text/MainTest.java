package org.mdlc.examples.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.mdlc.runtime.data.ArrayDataset;

final class MainTest {
  private static final Path FILE = Path.of("data", "reviews.csv");

  @Test
  void tellsPraiseFromBlameInSentencesItHasNeverSeen() throws IOException {
    ArrayDataset.Split reviews = Main.read(FILE).split(0.25);
    assertThat(reviews.last().rows()).isEqualTo(80);
    try (var model = Main.train(reviews.first())) {
      assertThat(Main.accuracy(model, reviews.last())).isGreaterThanOrEqualTo(0.97);
      assertThat(Main.praises(model, "The café was really good")).isTrue();
      assertThat(Main.praises(model, "The café was not good")).isFalse();
      assertThat(Main.praises(model, "A dull, awful book")).isFalse();
      assertThat(Main.praises(model, "Their garden was not bad!")).isTrue();
    }
  }

  @Test
  void theDataIsWhatWasMade() throws IOException {
    assertThat(Files.readString(FILE)).isEqualTo(MadeReviews.text());
  }
}
