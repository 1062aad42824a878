package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.summary.ModelSummary;
import org.mdlc.compiler.summary.ModelSummary.Layer;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Phase;
import org.mdlc.runtime.Step;

class ModelSummaryTest {
  private static final String RESIDUAL =
      """
      model Residual {
        input x: f32[8]
        let a = x |> Dense(8) |> relu
        let b = a |> Dense(8)
        output y = relu(a + b) |> Dense(3) |> softmax
      }

      train Residual {
        loss SparseCategoricalCrossentropy()
        optimizer Adam(1e-3)
        batch 20
      }
      """;

  @Test
  void arithmeticBetweenLayersIsShownByExpressions() {
    var summary = ModelSummary.of(bound(RESIDUAL));
    assertThat(summary.layers().stream().map(l -> l.name() + " " + l.kind()))
        .containsExactly(
            "x InputLayer",
            "dense Dense",
            "relu Relu",
            "dense_1 Dense",
            "add_relu Add, Relu",
            "dense_2 Dense",
            "softmax Softmax");
    assertThat(summary.layers().stream().map(Layer::connectionsText))
        .containsExactly(
            "",
            "x[0][0]",
            "dense[0][0]",
            "relu[0][0]",
            "relu[0][0], dense_1[0][0]",
            "add_relu[0][0]",
            "dense_2[0][0]");
    assertThat(summary.isChain()).isFalse();
  }

  @Test
  void constantsAndWeightsAloneAreNoLayer() {
    var summary =
        ModelSummary.of(
            bound("model M { input x: f32[3]  output y = x + ones([3]) * 2 |> Dense(1) }"));
    assertThat(summary.layers().stream().map(Layer::kind))
        .doesNotContain("Broadcast", "Constant")
        .startsWith("InputLayer");
    assertThat(summary.layers().stream().map(Layer::name)).doesNotHaveDuplicates();
  }

  @Test
  void countsFlopsAndBytesForARow() {
    var layers = ModelSummary.of(bound(RESIDUAL)).layers();
    // 8 x 8 multiply-adds and 8 additions of the bias
    assertThat(layers.get(1).flopsPerRow(20)).isEqualTo(2 * 8 * 8 + 8);
    // a comparison and a choice for each of 8
    assertThat(layers.get(2).flopsPerRow(20)).isEqualTo(16);
    assertThat(layers.get(1).bytesPerRow()).isEqualTo(32);
    assertThat(layers.getFirst().flopsPerRow(20)).isZero();
  }

  /** Logits and masks go beside the data; Keras does not show them. */
  @Test
  void aLayerGivesOnlyItsOutputs() {
    var layers =
        ModelSummary.of(
                bound(
                    """
                    model M {
                      input words: i32[5]
                      output y = words
                          |> Embedding(7, 4, mask_zero = true)
                          |> LSTM(3)
                          |> Dense(10, activation = softmax)
                    }
                    """))
            .layers();
    assertThat(layers.stream().map(Layer::shapeText))
        .containsExactly("(None, 5)", "(None, 5, 4)", "(None, 3)", "(None, 10)");
    assertThat(layers.get(1).bytesPerRow()).isEqualTo(4 * 5 * 4);
    assertThat(layers.get(3).bytesPerRow()).isEqualTo(4 * 10);
    assertThat(layers.stream().map(Layer::connectionsText))
        .containsExactly("", "words[0][0]", "embedding[0][0]", "lstm[0][0]");
  }

  @Test
  void aLayerWithSeveralOutputsGivesAll() {
    var layers =
        ModelSummary.of(
                bound(
                    """
                    model M {
                      input x: f32[5, 2]
                      let both = x |> GRU(3, return_sequences = true, return_state = true)
                      output y = both[0][-1] + both[1] |> Dense(2, activation = sigmoid)
                    }
                    """))
            .layers();
    assertThat(layers.get(1).shapeText()).isEqualTo("[(None, 5, 3), (None, 3)]");
    assertThat(layers.getLast().shapeText()).isEqualTo("(None, 2)");
  }

  @Test
  void openSizesLeaveFiguresOpen() {
    var bound = bound("model M { input x: f32[T, 4]  output y = x |> Dense(2) }");
    var summary = Compiler.summary(bound, request(""));
    assertThat(summary.needs()).isEmpty();
    assertThat(summary.layers().get(1).flopsPerRow(32)).isEqualTo(ModelSummary.UNKNOWN);
    assertThat(summary.layers().get(1).bytesPerRow()).isEqualTo(ModelSummary.UNKNOWN);
    assertThat(summary.layers().get(1).shapeText()).isEqualTo("(None, T, 2)");
  }

  @Test
  void memoryIsThatOfTheStepsToTheByte() throws Exception {
    var request = request(RESIDUAL);
    var bound = bound(RESIDUAL);
    var needs = Compiler.summary(bound, request).needs().orElseThrow();
    assertThat(needs.batch()).isEqualTo(20);
    assertThat(needs.trainingFlops()).isGreaterThan(2 * needs.forwardFlops());
    try (var model = model(Compiler.generate(bound, request))) {
      assertThat(memory(model, Phase.TRAIN)).isEqualTo(needs.trainingBytes());
      assertThat(memory(model, Phase.PREDICT)).isEqualTo(needs.inferenceBytes());
    }
  }

  @Test
  void theGeneratedClassKnowsItsSummary() throws Exception {
    var request = request(RESIDUAL);
    try (var model = model(Compiler.generate(bound(RESIDUAL), request))) {
      var summary = model.summary();
      assertThat(summary.trainable()).isEqualTo(model.spec().trainableCount()).isEqualTo(171);
      // two moments of each weight, the iteration and the learning rate
      assertThat(summary.optimizer()).isEqualTo(2 * 171 + 2);
      assertThat(summary.toString())
          .contains("Model: \"Residual\"")
          .contains(
              "│ add_relu (Add,      │ (None, 8)         │          0 │ relu[0][0],       │\n")
          .contains(" Total params: 515 (2.01 KB)\n Trainable params: 171 (684.00 B)\n")
          .contains(" Optimizer params: 344 (1.34 KB)\n Training step memory: ");
    }
  }

  private static long memory(Model model, Phase phase) throws Exception {
    var newStep = model.getClass().getDeclaredMethod("newStep", Phase.class, int.class);
    newStep.setAccessible(true);
    try (var step = (Step) newStep.invoke(model, phase, 20)) {
      return step.memoryBytes();
    }
  }

  private static Model model(GeneratedModel generated) throws Exception {
    var type =
        InMemoryJavac.load(
            generated.className(), generated.source(), ModelSummaryTest.class.getClassLoader());
    return (Model) type.getMethod("create", long.class).invoke(null, 1L);
  }

  private static CompileRequest request(String text) {
    return CompileRequest.of(SourceFile.of("m.mdl", text)).withKernels(KernelStyle.PLAIN);
  }

  private static BoundProgram bound(String text) {
    var compilation = Compiler.bind(request(text));
    assertThat(compilation.bound()).as(Renderer.plain().render(compilation.problems())).isPresent();
    return compilation.bound().orElseThrow();
  }
}
