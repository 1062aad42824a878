package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.TensorSpec;
import org.mdlc.runtime.VariableSpec;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/**
 * The examples of the language page train: one step on random rows gives a loss that is a number,
 * and moves every weight.
 */
final class DesignSnippetsTrainTest {
  private static final int ROWS = 5;

  /** Below the number of classes and words of every example. */
  private static final int WHOLE_NUMBERS = 3;

  private static final Page PAGE = Page.of("docs/language.md");

  /**
   * @param block a part of the example, to find it by
   * @param more what it takes to train it
   */
  private record Snippet(
      String name, String block, String more, String model, Map<String, String> settings) {
    Snippet(String name, String block, String more, String model) {
      this(name, block, more, model, Map.of());
    }
  }

  private static final List<Snippet> SNIPPETS =
      List.of(
          new Snippet("convnet", "model MnistConvnet", "", "MnistConvnet"),
          new Snippet(
              "several inputs and outputs, sharing, blocks",
              "model Listing",
              """
              train Listing {
                loss price: MeanSquaredError(), kind: SparseCategoricalCrossentropy(from_logits = true)
                optimizer Adam()
              }
              """,
              "Listing",
              Map.of("T", "6")),
          new Snippet(
              "layer and loss of one's own",
              "layer SqueezeExcite",
              """
              model Case {
                input photo: f32[6, 6, 32]
                output kind = photo |> Conv2D(32, 3) |> SqueezeExcite(4) |> Flatten() |> Dense(4)
              }
              train Case {
                loss Focal()
                optimizer SGD(0.1)
              }
              """,
              "Case"),
          new Snippet(
              "functions of one's own",
              "fn my_gelu",
              """
              model Case {
                input x: f32[7]
                output y = horner(x |> Dense(9, activation = my_gelu) |> Dense(1), [0.5, 2.0, 1.0])
              }
              train Case { loss MeanSquaredError()  optimizer SGD() }
              """,
              "Case"),
          new Snippet(
              "a library of one's own",
              "optimizer MyAdam",
              """
              layer Bounded()(x: f32[C]) {
                param kernel: f32[C, 3] = my_glorot_uniform with (constraint = MyMaxNorm(1.5))
                return x @ kernel
              }
              model Case {
                input x: f32[7]
                output y = x
                    |> MyDense(20, activation = tanh, kernel_regularizer = MyL2(0.1), kernel_initializer = my_glorot_uniform)
                    |> MyDropout(0.5)
                    |> Bounded()
                    |> MyDense(1, activation = sigmoid)
              }
              train Case {
                loss BinaryCrossentropy()
                metrics MyBinaryAccuracy()
                optimizer MyAdam(MyExponentialDecay(1e-2, 10, 0.9))
              }
              """,
              "Case"),
          new Snippet(
              "a recurrent layer of one's own",
              "layer Recurrent",
              """
              model Case {
                input x: f32[5, 3]
                output y = x |> Recurrent(8, return_sequences = true) |> Recurrent(4, go_backwards = true) |> Dense(1)
              }
              train Case { loss MeanSquaredError()  optimizer RMSprop() }
              """,
              "Case"),
          new Snippet(
              "a cell of one's own",
              "layer Leaky",
              "train Waves { loss MeanSquaredError()  optimizer RMSprop() }",
              "Waves"),
          new Snippet(
              "masks",
              "model Sentiment",
              "train Sentiment { loss BinaryCrossentropy(from_logits = true)  optimizer RMSprop() }",
              "Sentiment"),
          new Snippet("several objectives", "model Gan", "", "Gan"),
          new Snippet("text", "model Mood", "", "Mood"));

  @TestFactory
  Stream<DynamicTest> oneStepMovesEveryWeight() {
    return SNIPPETS.stream().map(s -> dynamicTest(s.name(), () -> train(s)));
  }

  private static void train(Snippet snippet) throws ReflectiveOperationException {
    try (var model = load(snippet)) {
      var before = trainable(model);
      assertThat(before).isNotEmpty();
      var rows = rows(model);
      if (!model.spec().texts().isEmpty()) {
        model.adapt(rows);
      }
      var logs = model.trainOnBatch(rows);
      assertThat(logs.values()).isNotEmpty();
      assertThat(logs.values().values()).allSatisfy(value -> assertThat(value).isFinite());
      trainable(model)
          .forEach(
              (name, after) -> {
                assertThat(after.equals(before.get(name))).as(name + " stays").isFalse();
                assertThat(
                        IntStream.range(0, after.size())
                            .allMatch(i -> Double.isFinite(after.get(i))))
                    .as(name + " is finite")
                    .isTrue();
              });
    }
  }

  private static Model load(Snippet snippet) throws ReflectiveOperationException {
    var text = PAGE.blockWith(snippet.block()).text() + "\n" + snippet.more();
    var request =
        CompileRequest.of(SourceFile.of("snippet.mdl", text)).withSettings(snippet.settings());
    var compilation = Compiler.bind(request);
    var bound =
        compilation
            .bound()
            .orElseThrow(() -> new AssertionError(Renderer.plain().render(compilation.problems())));
    assertThat(bound.model()).isEqualTo(snippet.model());
    var generated = Compiler.generate(bound, request);
    return (Model)
        InMemoryJavac.load(
                generated.className(),
                generated.source(),
                DesignSnippetsTrainTest.class.getClassLoader())
            .getMethod("create", long.class)
            .invoke(null, 42L);
  }

  private static Map<String, HostTensor> trainable(Model model) {
    var values = new LinkedHashMap<String, HostTensor>();
    model.variables().specs().stream()
        .filter(VariableSpec::trainable)
        .forEach(v -> values.put(v.name(), model.variables().get(v.name())));
    return values;
  }

  /** Numbers below 1 for every input and target; whole ones below {@link #WHOLE_NUMBERS}. */
  private static ArrayDataset rows(Model model) {
    var random = new Random(7);
    var columns = new LinkedHashMap<String, HostTensor>();
    Stream.concat(model.spec().arrays().stream(), model.spec().targets().stream())
        .forEach(spec -> columns.put(spec.name(), draw(spec, random)));
    var texts = new LinkedHashMap<String, StringTensor>();
    model.spec().texts().forEach(spec -> texts.put(spec.name(), words(random)));
    return ArrayDataset.of(columns, texts);
  }

  private static StringTensor words(Random random) {
    return StringTensor.of(
        IntStream.range(0, ROWS).mapToObj(_ -> "word " + random.nextInt(WHOLE_NUMBERS)).toList());
  }

  private static HostTensor draw(TensorSpec spec, Random random) {
    var shape =
        IntStream.concat(IntStream.of(ROWS), spec.shape().stream().mapToInt(n -> n)).toArray();
    int count = ROWS * spec.rowSize();
    if (spec.dtype() == DType.F32) {
      var floats = new float[count];
      IntStream.range(0, count).forEach(i -> floats[i] = random.nextFloat());
      return HostTensor.of(floats, shape);
    }
    return HostTensor.of(random.ints(count, 0, WHOLE_NUMBERS).toArray(), shape);
  }
}
