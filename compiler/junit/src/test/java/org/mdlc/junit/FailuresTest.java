package org.mdlc.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.mdlc.runtime.Model;

/** A test of a user that fails says why. */
final class FailuresTest {
  @MdlTest
  static final class Users {
    @Test
    void notANumber(@MdlSource("layers.mdl") MdlFile layers) {
      layers.layer("Length()").on("f32[2]").given(new float[] {3, 4, 0, 0}).checkGradients();
    }

    @Test
    void cut(@MdlSource("layers.mdl") MdlFile layers) {
      layers.layer("HalfCut()").on("f32[6]").checkGradients();
    }

    @Test
    void overflow(@MdlSource(text = SOFTPLUS) MdlFile file) {
      file.layer("naive_softplus").on("f32[2]").given(new float[] {1, 100}).checkGeneratedCode();
    }

    private static final String SOFTPLUS = "fn naive_softplus(x: f32[...S]) = log(1 + exp(x))";

    @Test
    void noSuchGradient(@MdlSource("layers.mdl") MdlFile layers) {
      layers.layer("Scale()").on("f32[6]").checkGradients("kernel");
    }

    @Test
    void noSuchLayer(@MdlSource("layers.mdl") MdlFile layers) {
      layers.layer("SqueezeExite(4)").on("f32[5, 5, 8]").checkGradients();
    }

    @Test
    void doesNotFit(@MdlSource("layers.mdl") MdlFile layers) {
      layers.layer("SqueezeExcite(ratio = 3)").on("f32[5, 5, 8]");
    }

    @Test
    void openSize(@MdlSource("layers.mdl") MdlFile layers) {
      layers.layer("Length()").on("f32[n]");
    }

    @Test
    void mistakeInTheFile(@MdlSource(text = "fn f(x: f32[2]) = x +") MdlFile layers) {
      layers.layer("f").on("f32[2]");
    }

    @Test
    void mistakeInTheModel(
        @MdlModel(text = "model M { input x: f32[2]  output y = x |> Dens(3) }") Model model) {
      assertThat(model).as("not reached").isNull();
    }

    @Test
    void noSuchModel(@MdlModel(value = "layers.mdl", model = "Net") Model model) {
      assertThat(model).as("not reached").isNull();
    }

    @Test
    void openSizeOfAModel(
        @MdlModel(text = "model M { input x: f32[T, 2]  output y = x |> Dense(3) }") Model model) {
      assertThat(model).as("not reached").isNull();
    }

    @Test
    void noFile(@MdlSource("layer.mdl") MdlFile layers) {
      assertThat(layers).as("not reached").isNull();
    }

    @Test
    void neither(@MdlSource MdlFile layers) {
      assertThat(layers).as("not reached").isNull();
    }

    @Test
    void wrongType(@MdlSource("layers.mdl") String layers) {
      assertThat(layers).as("not reached").isNull();
    }

    @Test
    void tooFewNumbers(@MdlSource("layers.mdl") MdlFile layers) {
      layers.layer("Scale()").on("f32[3]").given(new float[] {1, 2, 3, 4});
    }

    @Test
    void missingGolden(@MdlSource("layers.mdl") MdlFile layers) {
      layers.layer("Scale()").on("f32[3]").matchesGolden("nothing");
    }

    @Test
    void otherGolden(@MdlSource("layers.mdl") MdlFile layers) {
      layers
          .layer("SqueezeExcite(ratio = 2)")
          .on("f32[2, 3, 8]")
          .examples(2)
          .matchesGolden("squeeze_excite");
    }
  }

  @Test
  void aGradientThatIsNoNumber() {
    assertThat(messageOf("notANumber", MdlFile.class))
        .isEqualTo(
            "the gradient of Length() on f32[2] by x is wrong: at [1, 0] it is NaN, central"
                + " differences give 0.0 (2 of the 4 entries of f32[2, 2] that were checked"
                + " differ)");
  }

  @Test
  void aGradientThatIsCut() {
    assertThat(messageOf("cut", MdlFile.class))
        .matches(
            "the gradient of HalfCut\\(\\) on f32\\[6] by x is wrong: at \\[0, 0] it is [-.0-9]+,"
                + " central differences give [-.0-9]+ \\(18 of the 18 entries of f32\\[3, 6] that were checked differ\\)");
  }

  @Test
  void codeThatOverflows() {
    assertThat(messageOf("overflow", MdlFile.class))
        .isEqualTo(
            "the generated code of naive_softplus on f32[2] is wrong: output result is Infinity at"
                + " [0, 1], in float64 it is 100.0");
  }

  @Test
  void aGradientByNothing() {
    assertThat(messageOf("noSuchGradient", MdlFile.class))
        .isEqualTo("Scale() on f32[6] has no gradient by kernel but by x, scale/gain");
  }

  @Test
  void aLayerThatIsNotThere() {
    assertThat(messageOf("noSuchLayer", MdlFile.class))
        .contains("SqueezeExite", "layers.mdl (test):", "SqueezeExcite");
  }

  @Test
  void aShapeThatDoesNotFit() {
    assertThat(messageOf("doesNotFit", MdlFile.class))
        .contains("ratio 3 must divide the 8 channels", "layers.mdl:3:");
  }

  @Test
  void aSizeThatIsOpen() {
    assertThat(messageOf("openSize", MdlFile.class))
        .isEqualTo("the size n of f32[batch, n] is not a number: a test says how many");
  }

  @Test
  void aFileWithMistakes() {
    assertThat(messageOf("mistakeInTheFile", MdlFile.class)).contains("error[", "text.mdl:1:");
  }

  @Test
  void aModelWithMistakes() {
    assertThat(messageOf("mistakeInTheModel", Model.class))
        .contains("error[", "Dens", "text.mdl:1:", "Dense");
  }

  @Test
  void aModelThatIsNotThere() {
    assertThat(messageOf("noSuchModel", Model.class)).contains("has no model");
  }

  @Test
  void aModelWithAnOpenSize() {
    assertThat(messageOf("openSizeOfAModel", Model.class)).contains("the size of T is not known");
  }

  @Test
  void aFileThatIsNotThere() {
    assertThat(messageOf("noFile", MdlFile.class))
        .contains("there is no file layer.mdl; looked in ", "src/test/mdl, ", "src/main/mdl, ");
  }

  @Test
  void anAnnotationThatSaysNothing() {
    assertThat(messageOf("neither", MdlFile.class))
        .contains("@MdlSource takes either a path or text = \"..\"");
  }

  @Test
  void aParameterOfAnotherType() {
    assertThat(messageOf("wrongType", String.class))
        .contains("@MdlSource is for parameters of type MdlFile, not String");
  }

  @Test
  void numbersThatFillNoExample() {
    assertThat(messageOf("tooFewNumbers", MdlFile.class))
        .isEqualTo("an example of x has 3 numbers (f32[batch, 3]); given are 4 for 1 examples");
  }

  @Test
  void aGoldenFileThatIsNotThere() {
    assertThat(messageOf("missingGolden", MdlFile.class))
        .isEqualTo(
            "there is no file src/test/resources/golden/nothing.txt; -Dgolden=update writes it:"
                + " look at it, and keep it with the test");
  }

  @Test
  void aLayerThatHasChanged() {
    assertThat(messageOf("otherGolden", MdlFile.class))
        .contains(
            "is no longer what src/test/resources/golden/squeeze_excite.txt has in line 1:",
            "there: # SqueezeExcite(ratio = 4)",
            "now:   # SqueezeExcite(ratio = 2)");
  }

  private static String messageOf(String test, Class<?> parameter) {
    var messages = new ArrayList<String>();
    var golden = System.clearProperty("golden"); // these tests must not write the files of others
    try {
      EngineTestKit.engine("junit-jupiter")
          .selectors(selectMethod(Users.class, test, parameter.getName()))
          .execute()
          .testEvents()
          .failed()
          .stream()
          .map(event -> event.getRequiredPayload(TestExecutionResult.class))
          .flatMap(result -> result.getThrowable().stream())
          .forEach(e -> messages.add(String.valueOf(e.getMessage())));
    } finally {
      if (golden != null) {
        System.setProperty("golden", golden);
      }
    }
    assertThat(messages).hasSize(1);
    return messages.getFirst();
  }
}
