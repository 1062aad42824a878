package org.mdlc.junit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests as users write them, which pass. */
@MdlTest
final class LayersTest {
  @Test
  void gradientsOfALayerMadeOfLayers(@MdlSource("layers.mdl") MdlFile layers) {
    layers.layer("SqueezeExcite(ratio = 4)").on("f32[3, 5, 8]").checkGradients();
  }

  @Test
  void gradientsThroughDropoutOfSeveralInputsAndOutputs(@MdlSource("layers.mdl") MdlFile layers) {
    layers.layer("Butterfly()").on("f32[7]", "f32[7]").checkGradients().checkGeneratedCode();
  }

  @Test
  void wholeNumbersAreWithinTheirRange(@MdlSource("layers.mdl") MdlFile layers) {
    layers.layer("Words()").on("i32[5]").checkGradients().checkGeneratedCode();
  }

  @Test
  void aLayerOfTheLibraryWithStates(@MdlSource(text = "let one = 1") MdlFile library) {
    var layer = library.layer("BatchNormalization(momentum = 0.9)");
    layer.on("f32[3, 5]").examples(5).checkGradients().checkGeneratedCode();
  }

  @Test
  void aFunction(@MdlSource(text = "fn cube(x: f32[...S]) = x ** 3") MdlFile file) {
    assertThat(file.layer("cube").on("f32[2]").given(new float[] {1, 2, 3, -4}).output())
        .containsExactly(1, 8, 27, -64);
  }

  @Test
  void outputOfGivenNumbers(@MdlSource("layers.mdl") MdlFile layers) {
    assertThat(layers.layer("Scale(2.0)").on("f32[3]").given(new float[] {1, 0, -0.5f}).output())
        .containsExactly(2, 0, -1);
  }

  @Test
  void kinksAtTheStartAreNoMistakes(@MdlSource(text = KINK) MdlFile file) {
    file.layer("Kink()").on("f32[4]").checkGradients();
  }

  private static final String KINK =
      """
      layer Kink()(x: f32[C]) -> f32[C] {
        param gain: f32[C] = zeros
        return relu(x * gain)
      }
      """;

  @Test
  void gradientsOfWhatIsNotCut(@MdlSource("layers.mdl") MdlFile layers) {
    layers.layer("HalfCut() |> Scale()").on("f32[6]").checkGradients("scale/gain");
  }

  @Test
  void drawsWithinARange(@MdlSource(text = "fn roots(x: f32[...S]) = sqrt(x)") MdlFile file) {
    file.layer("roots").on("f32[9]").between(0.5, 2).checkGradients();
  }

  @Test
  void golden(@MdlSource("layers.mdl") MdlFile layers) {
    layers
        .layer("SqueezeExcite(ratio = 4)")
        .on("f32[2, 3, 8]")
        .examples(2)
        .matchesGolden("squeeze_excite");
  }

  @Test
  void theSameSeedGivesTheSameNumbers(@MdlSource("layers.mdl") MdlFile layers) {
    var check = layers.layer("SqueezeExcite(ratio = 4)").on("f32[3, 5, 8]");
    assertThat(check.output()).isEqualTo(check.output()).isNotEqualTo(check.seed(43).output());
  }
}
