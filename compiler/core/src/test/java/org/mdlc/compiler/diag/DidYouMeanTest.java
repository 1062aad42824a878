package org.mdlc.compiler.diag;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DidYouMeanTest {
  private static final List<String> LAYERS =
      List.of(
          "Dense",
          "Dropout",
          "MaxPooling2D",
          "MaxPooling1D",
          "Conv2D",
          "LSTM",
          "GRU",
          "relu",
          "elu");

  @Test
  void findsTheNearest() {
    assertThat(DidYouMean.nearest("Dens", LAYERS)).contains("Dense");
    assertThat(DidYouMean.nearest("Denes", LAYERS)).contains("Dense");
    assertThat(DidYouMean.nearest("max_pooling_2d", LAYERS)).contains("MaxPooling2D");
    assertThat(DidYouMean.nearest("Conv2d", LAYERS)).contains("Conv2D");
    assertThat(DidYouMean.nearest("relv", LAYERS)).contains("relu");
  }

  @Test
  void prefersTheSameFirstLetter() {
    assertThat(DidYouMean.nearest("rel", LAYERS)).contains("relu");
  }

  @Test
  void staysSilentWhenNothingIsNear() {
    assertThat(DidYouMean.nearest("Transformer", LAYERS)).isEmpty();
    assertThat(DidYouMean.nearest("x", List.of("y", "z"))).isEmpty();
    assertThat(DidYouMean.nearest("Dense", List.of("Dense"))).isEmpty();
    assertThat(DidYouMean.nearest("", LAYERS)).isEmpty();
  }

  @Test
  void countsASwapAsOne() {
    assertThat(DidYouMean.distance("ab", "ba")).isEqualTo(1);
    assertThat(DidYouMean.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(DidYouMean.distance("", "abc")).isEqualTo(3);
  }
}
