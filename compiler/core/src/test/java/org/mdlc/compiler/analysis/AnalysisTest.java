package org.mdlc.compiler.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.bind.PlaceWords;
import org.mdlc.compiler.driver.SourceTexts;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;

/** What is said about places of a text; {@code ^} marks the place in question. */
final class AnalysisTest {
  private static final String MODEL =
      """
      /// Two convolutions.
      block convs(filters: int)(x) {
        var v = x
        repeat 2 as i {
          v = v |> Conv2D(filters, 3, padding = same) |> relu
        }
        return v
      }

      model Digits(classes: int = 10) {
        /// In grey.
        input image: f32[8, 8, 1]
        let features = image |> convs(32) |> Flatten()
        let head = Dense(classes, activation = softmax)
        output digit = features |> head
      }

      train Digits {
        data csv("digits.csv") { image = columns("p00".."p77") / 16, digit = label }
        validation_split 0.1
        loss digit: SparseCategoricalCrossentropy()
        metrics digit: SparseCategoricalAccuracy()
        optimizer Adam(CosineDecay(3e-3, decay_steps = 328))
        callbacks EarlyStopping(patience = 3)
      }
      """;

  private static Analysis analysis(String text) {
    return Analysis.of(SourceFile.of("/models/test.mdl", text), _ -> Optional.empty());
  }

  /** The offset after the first {@code before} followed by {@code word}. */
  private static int at(String before, String word) {
    int found = MODEL.indexOf(before + word);
    assertThat(found).as(before + word).isNotNegative();
    return found + before.length() + 1;
  }

  private static String hover(String before, String word) {
    return analysis(MODEL).hover(at(before, word)).map(Hover::markdown).orElse("nothing");
  }

  private static List<String> labels(String marked) {
    int at = marked.indexOf('^');
    return analysis(marked.substring(0, at) + marked.substring(at + 1)).completions(at).stream()
        .map(Completion::label)
        .toList();
  }

  private static Optional<String> snippet(String marked, String label) {
    int at = marked.indexOf('^');
    return analysis(marked.substring(0, at) + marked.substring(at + 1)).completions(at).stream()
        .filter(c -> c.label().equals(label))
        .findFirst()
        .map(Completion::snippet);
  }

  // ---- hover

  @Test
  void theModelHasNoProblem() {
    assertThat(analysis(MODEL).problems()).isEmpty();
  }

  @Test
  void aNameHasItsShapeWhereItIsMadeAndUsed() {
    assertThat(hover("let ", "features"))
        .isEqualTo(
            """
            ```mdl
            let features: f32[batch, 2048]
            ```""");
    assertThat(hover("digit = ", "features")).isEqualTo(hover("let ", "features"));
  }

  @Test
  void anInputHasItsCommentAndANumberItsValue() {
    assertThat(hover("= ", "image"))
        .isEqualTo(
            """
            ```mdl
            input image: f32[batch, 8, 8, 1]
            ```

            In grey.""");
    assertThat(hover("Dense(", "classes"))
        .isEqualTo(
            """
            ```mdl
            parameter classes: int = 10
            ```""");
  }

  @Test
  void aValueOfALoopHasTheShapesOfItsTurns() {
    assertThat(hover("v = ", "v |>"))
        .contains("var v: f32[batch, 8, 8, 1], then f32[batch, 8, 8, 32]");
    assertThat(hover("repeat 2 as ", "i")).contains("index i: int = 0, then 1");
  }

  @Test
  void aLayerSaysWhatEntersAndLeavesItAndItsParameters() {
    assertThat(hover("|> ", "Conv2D"))
        .startsWith(
            "`f32[batch, 8, 8, 1], then f32[batch, 8, 8, 32]` → `f32[batch, 8, 8, 32]`,"
                + " 320, then 9248 parameters, `conv2d`, `conv2d_1`")
        .contains("layer Conv2D(\n    filters: int,")
        .endsWith("Convolution of an image.");
    assertThat(hover("let ", "head"))
        .contains("let head: layer Dense", "20490 parameters, `dense`");
    assertThat(hover("|> ", "convs"))
        .isEqualTo(
            """
            `f32[batch, 8, 8, 1]` → `f32[batch, 8, 8, 32]`

            ```mdl
            block convs(filters: int)(x)
            ```

            Two convolutions.""");
  }

  @Test
  void aPipeSaysWhatFlows() {
    assertThat(hover("convs(32) ", "|> Flatten")).contains("f32[batch, 8, 8, 32]");
  }

  @Test
  void argumentsAndTheirWordsAreThoseOfTheCallee() {
    assertThat(hover("3, ", "padding"))
        .contains("padding: enum(valid, same) = \"valid\"", "Parameter of `Conv2D`.");
    assertThat(hover("padding = ", "same")).isEqualTo(hover("3, ", "padding"));
    assertThat(hover("", "decay_steps")).contains("decay_steps: int");
  }

  @Test
  void namesOfATrainBlockMeanWhatTheirPlaceWants() {
    assertThat(hover("digit: ", "SparseCategoricalCross")).contains("loss SparseCategorical");
    assertThat(hover("digit: ", "SparseCategoricalAcc")).contains("metric SparseCategorical");
    assertThat(hover("optimizer ", "Adam")).contains("optimizer Adam(", "arXiv:1412.6980");
    assertThat(hover("Adam(", "CosineDecay")).contains("schedule CosineDecay(");
    assertThat(hover("loss ", "digit")).contains("output digit: f32[batch, 10]");
    assertThat(hover("", "validation_split")).contains("last ones");
    assertThat(hover("callbacks ", "EarlyStopping")).contains("patience");
  }

  // ---- definitions

  private static Span definition(String before, String word) {
    return analysis(MODEL).definition(at(before, word)).orElseThrow();
  }

  @Test
  void namesLeadToTheirDeclarations() {
    assertThat(definition("digit = ", "features")).hasToString("/models/test.mdl:13:7");
    assertThat(definition("|> ", "convs")).hasToString("/models/test.mdl:2:7");
    assertThat(definition("|> ", "head")).hasToString("/models/test.mdl:14:7");
    assertThat(definition("Conv2D(", "filters")).hasToString("/models/test.mdl:2:13");
    assertThat(definition("train ", "Digits")).hasToString("/models/test.mdl:10:7");
    assertThat(definition("{ ", "image = col")).hasToString("/models/test.mdl:12:9");
  }

  @Test
  void namesOfTheLibraryLeadIntoIt() {
    var dense = definition("head = ", "Dense");
    assertThat(dense.file().name()).isEqualTo("std/core.mdl");
    assertThat(dense.text()).isEqualTo("Dense");
    assertThat(definition("3, ", "padding").text()).isEqualTo("padding");
    assertThat(definition("3, ", "padding").file().name()).isEqualTo("std/convolutional.mdl");
    assertThat(definition("activation = ", "softmax").file().name())
        .isEqualTo("std/activations.mdl");
  }

  @Test
  void namesOfImportsLeadToTheirFile() {
    var parts = SourceFile.of("/models/parts.mdl", "block twice()(x) = x + x");
    SourceTexts texts = p -> Optional.ofNullable(Map.of(parts.name(), parts).get(p));
    var text = "import \"parts.mdl\"\nmodel M { input x: f32[2]  output y = x |> twice() }";
    var analysis = Analysis.of(SourceFile.of("/models/test.mdl", text), texts);
    assertThat(analysis.problems()).isEmpty();
    assertThat(analysis.definition(text.indexOf("twice"))).map(Span::text).contains("twice");
    assertThat(analysis.definition(text.indexOf("twice")).orElseThrow().file()).isSameAs(parts);
    assertThat(analysis.definition(text.indexOf("parts")).orElseThrow().file()).isSameAs(parts);
  }

  // ---- completion

  @Test
  void definitionsBeginAFileAndStatementsABody() {
    assertThat(labels("mod^")).contains("model", "train", "import").doesNotContain("input");
    assertThat(labels("model M {\n  ^\n}")).contains("input", "output", "let", "precision");
    assertThat(labels("layer L()(x) {\n  ^\n}")).contains("param", "state", "return");
    assertThat(labels("layer L()(x) {\n  ^\n}")).doesNotContain("input");
  }

  @Test
  void layersComeAfterAPipeWithWhatTheyNeed() {
    var text = "model M { input x: f32[4]\n let e = Dense(2)\n output y = x |> De^";
    assertThat(labels(text)).contains("Dense", "Dropout", "relu", "e").doesNotContain("Adam");
    assertThat(snippet(text, "Dense")).contains("Dense(${1:units})");
    assertThat(snippet(text, "Flatten")).contains("Flatten()");
    assertThat(snippet(text, "relu")).contains("relu");
  }

  @Test
  void argumentsComeInParenthesesOnceEach() {
    var text = "model M { input x: f32[4]  output y = x |> Dense(3, use_bias = true, ^)\n}";
    assertThat(labels(text))
        .contains("activation", "kernel_initializer", "name", "relu")
        .doesNotContain("units", "use_bias");
    assertThat(labels("model M { input x: f32[4]  output y = x |> Dense(^")).contains("units");
  }

  @Test
  void wordsOfAnEnumComeAfterItsName() {
    assertThat(
            labels("model M { input x: f32[4, 4, 1]\n output y = x |> Conv2D(3, 3, padding = ^) }"))
        .containsExactlyInAnyOrder("valid", "same");
    assertThat(labels("model M { input x: f32[4]\n output y = x |> Dense(3, use_bias = ^) }"))
        .containsExactlyInAnyOrder("true", "false");
    assertThat(
            labels("model M { input x: f32[4]\n output y = x |> Dense(3, bias_initializer = ^) }"))
        .contains("Zeros", "GlorotUniform");
  }

  @Test
  void aTrainBlockOffersItsWordsAndWhatTheyTake() {
    var model = "model M { input x: f32[4]  let e = Dense(2)  output y = x |> e }\n";
    assertThat(labels(model + "train ^")).containsExactly("M");
    assertThat(snippet(model + "train ^", "M")).contains("M");
    assertThat(snippet(model + "import weights \"m.h5\" for ^", "M")).contains("M");
    assertThat(labels(model + "train M {\n  ^\n}")).contains("data", "loss", "batch", "stage");
    assertThat(labels(model + "train M {\n  batch 3 ^\n}")).contains("epochs");
    assertThat(labels(model + "train M {\n  loss ^\n}")).contains("y", "Huber");
    assertThat(labels(model + "train M {\n  loss y: ^\n}"))
        .contains("Huber")
        .doesNotContain("Adam", "Dense");
    assertThat(labels(model + "train M {\n  metrics y: ^\n}")).contains("MeanAbsoluteError");
    assertThat(labels(model + "train M {\n  optimizer ^\n}")).contains("Adam", "SGD");
    assertThat(labels(model + "train M {\n  optimizer Adam(^)\n}"))
        .contains("learning_rate", "CosineDecay");
    assertThat(labels(model + "train M {\n  callbacks ^\n}")).contains("EarlyStopping");
    assertThat(labels(model + "train M {\n  callbacks EarlyStopping(^)\n}")).contains("patience");
    assertThat(labels(model + "train M {\n  data ^\n}")).contains("csv", "images");
    assertThat(labels(model + "train M {\n  data csv(\"a\") { ^ }\n}")).containsExactly("x", "y");
    assertThat(labels(model + "train M {\n  freeze ^\n}")).containsExactly("e");
  }

  @Test
  void typesComeAfterAColonAndPoliciesAfterTheirWord() {
    assertThat(labels("model M { input x: ^ }")).contains("f32", "i32", "str");
    assertThat(labels("fn f(x: ^) = x")).contains("f32", "int", "bool");
    assertThat(labels("model M { precision ^ }")).contains("mixed_bfloat16");
  }

  @Test
  void nothingComesInCommentsTextsAndNewNames() {
    assertThat(labels("// mod^")).isEmpty();
    assertThat(labels("import \"pa^rts.mdl\"")).isEmpty();
    assertThat(labels("model M { let ^ }")).isEmpty();
    assertThat(labels("model M { input ^ }")).isEmpty();
  }

  @Test
  void whatAScopeHidesDoesNotComeUp() {
    var text =
        """
        block a()(x) { let inner = x  return inner }
        model M { input x: f32[4]  output y = a^
        """;
    assertThat(labels(text.replace("y = a^", "y = ^"))).contains("x", "a").doesNotContain("inner");
  }

  @Test
  void everySettingHasItsSentence() {
    assertThat(Keywords.TRAIN).containsKeys(PlaceWords.settings().toArray(String[]::new));
  }

  // ---- calls and outline

  @Test
  void aCallKnowsTheParameterUnderWay() {
    var text = "model M { input x: f32[4]  output y = x |> Dense(3, relu, use_bias = true) }";
    var analysis = analysis(text);
    assertThat(analysis.call(text.indexOf("3, "))).map(Call::active).contains(0);
    assertThat(analysis.call(text.indexOf("relu"))).map(Call::active).contains(1);
    assertThat(analysis.call(text.indexOf("true"))).map(Call::active).contains(2);
    assertThat(analysis.call(text.indexOf("x |>"))).isEmpty();
  }

  @Test
  void anOutlineHasDefinitionsAndTheirNames() {
    var symbols = analysis(MODEL).symbols();
    assertThat(symbols.stream().map(s -> s.kind() + " " + s.name()))
        .containsExactly("block convs", "model Digits", "train train Digits");
    assertThat(symbols.get(1).parts().stream().map(s -> s.name() + ": " + s.detail()))
        .containsExactly(
            "image: f32[batch, 8, 8, 1]",
            "features: f32[batch, 2048]",
            "head: layer Dense",
            "digit: f32[batch, 10]");
    for (var symbol : symbols) {
      assertThat(symbol.whole().start()).isLessThanOrEqualTo(symbol.place().start());
      assertThat(symbol.whole().end()).isGreaterThanOrEqualTo(symbol.place().end());
    }
  }

  // ---- broken texts

  @Test
  void whatStandsBeforeAMistakeIsStillKnown() {
    var text = MODEL.replace("features |> head", "features |> ");
    var analysis = analysis(text);
    assertThat(analysis.problems()).hasSize(1);
    assertThat(analysis.hover(text.indexOf("features =") + 1))
        .map(Hover::markdown)
        .hasValueSatisfying(m -> assertThat(m).contains("f32[batch, 2048]"));
  }

  @Test
  void aMistakeOfTheBinderLeavesTheRestKnown() {
    var text = MODEL.replace("Flatten()", "Flaten()");
    var analysis = analysis(text);
    assertThat(analysis.problems()).hasSize(1);
    assertThat(analysis.hover(text.indexOf("|> convs") + 4))
        .map(Hover::markdown)
        .hasValueSatisfying(m -> assertThat(m).contains("`f32[batch, 8, 8, 32]`"));
    assertThat(analysis.definition(text.indexOf("features |> head"))).isPresent();
  }

  @Test
  void aPlaceBeyondTheTextIsItsEnd() {
    var analysis = analysis("model M { input x: f32[4]  output y = x }");
    assertThat(analysis.hover(1_000)).isEmpty();
    assertThat(analysis.completions(1_000)).isNotEmpty();
    assertThat(analysis.completions(-1)).isNotEmpty();
  }
}
