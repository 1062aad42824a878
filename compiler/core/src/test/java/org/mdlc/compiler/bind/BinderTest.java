package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.TextForm;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Parser;

/** What becomes of models: names, order of seeds, phases, sharing, freezing, stages, objectives. */
final class BinderTest {
  private static final String TRAIN =
      """

      train M {
        loss MeanSquaredError()
        optimizer SGD()
      }
      """;

  private static BoundProgram bind(String text) {
    return bind(text, Map.of(), _ -> Optional.empty());
  }

  private static BoundProgram bind(
      String text, Map<String, String> settings, Function<String, Optional<SourceFile>> imports) {
    var sink = new DiagnosticSink();
    var file = Parser.parse(SourceFile.of("test.mdl", text), sink);
    var program = Binder.bind(file, new Binder.Request("M", settings, imports), sink);
    return program.orElseThrow(() -> new AssertionError(Renderer.plain().render(sink)));
  }

  private static List<String> paths(BoundProgram program, Role role) {
    return program.variables().stream()
        .filter(v -> v.role() == role)
        .map(BoundProgram.Variable::path)
        .toList();
  }

  private static List<String> trained(BoundProgram program, int stage) {
    return program.stages().get(stage).objectives().getFirst().trained();
  }

  private static Graph trainingOf(BoundProgram program) {
    return program.stages().getFirst().objectives().getFirst().forward();
  }

  private static List<String> layers(Graph graph) {
    return graph.nodes().stream()
        .filter(n -> n.op() instanceof Composite)
        .map(n -> ((Composite) n.op()).kind() + " " + ((Composite) n.op()).scope())
        .toList();
  }

  // ---- names and weights

  @Test
  void namesLayersAsKerasDoes() {
    var program =
        bind(
            """
            model M {
              input x: f32[8, 8, 3]
              let h = x |> Conv2D(4, 3) |> BatchNormalization() |> Conv2D(4, 3, name = "last")
              output y = h |> Flatten() |> Dense(4) |> Dense(2)
            }
            """);
    assertThat(paths(program, Role.PARAM))
        .containsExactly(
            "conv2d/kernel",
            "conv2d/bias",
            "batch_normalization/gamma",
            "batch_normalization/beta",
            "last/kernel",
            "last/bias",
            "dense/kernel",
            "dense/bias",
            "dense_1/kernel",
            "dense_1/bias");
    assertThat(paths(program, Role.STATE))
        .containsExactly("batch_normalization/moving_mean", "batch_normalization/moving_variance");
  }

  @Test
  void aLayerUsedTwiceHasOneSetOfWeights() {
    var program =
        bind(
            """
            model M {
              input a: f32[4], b: f32[4]
              let twin = Dense(3)
              output y = (a |> twin) - (b |> twin)
            }
            """);
    assertThat(paths(program, Role.PARAM)).containsExactly("dense/kernel", "dense/bias");
    assertThat(layers(program.predict())).containsExactly("Dense dense", "Dense dense");
  }

  @Test
  void aConstantIsNoDimensionThatIsOpen() {
    var program =
        bind(
            """
            let width = 8

            model M {
              input x: f32[width], words: i32[size]
              output y = (x |> Dense(width)) + (words |> Embedding(9, width) |> GlobalAveragePooling1D())
            }
            """);
    assertThat(program.inputs().stream().map(p -> p.type().toString()))
        .containsExactly("f32[batch, 8]", "i32[batch, size]"); // `size` is a function
  }

  @Test
  void blocksAreTransparentAndLayersAreNot() {
    var program =
        bind(
            """
            block twice(n: int)(x) = x |> Dense(n) |> Dense(n)
            layer Head(n: int)(x: f32[C]) = x |> Dense(n) |> Dense(n)

            model M {
              input x: f32[4]
              output y = x |> twice(3) |> Head(2)
            }
            """);
    assertThat(paths(program, Role.PARAM).stream().filter(p -> p.endsWith("kernel")))
        .containsExactly(
            "dense/kernel", "dense_1/kernel", "head/dense/kernel", "head/dense_1/kernel");
    assertThat(layers(program.predict()))
        .containsExactly("Dense dense", "Dense dense_1", "Head head");
  }

  @Test
  void aModelServesAsALayer() {
    var program =
        bind(
            """
            model Encoder(n: int) {
              input image: f32[8]
              output code = image |> Dense(n)
            }

            model M {
              input x: f32[8]
              output y = x |> Encoder(4) |> Dense(1)
            }
            """);
    assertThat(paths(program, Role.PARAM)).contains("encoder/dense/kernel", "dense/kernel");
  }

  // ---- seeds

  /** Drawn where layers are constructed, whatever the order in which they are applied. */
  @Test
  void seedsFollowTheOrderOfConstruction() {
    var program =
        bind(
            """
            model M {
              input x: f32[8]
              let last = Dense(1)
              let drop = Dropout(0.5)
              output y = x |> Dense(4) |> drop |> last
            }
            """);
    var draws =
        program.variables().stream()
            .filter(v -> v.seedDraw() >= 0)
            .sorted((a, b) -> Integer.compare(a.seedDraw(), b.seedDraw()))
            .map(v -> v.seedDraw() + " " + v.path().replaceFirst(BoundProgram.SEED + "$", ""))
            .toList();
    assertThat(draws)
        .containsExactly("0 dense/kernel", "1 dropout/seed_generator", "2 dense_1/kernel");
  }

  @Test
  void aGivenSeedTakesNoneFromTheSequence() {
    var program =
        bind(
            """
            model M {
              input x: f32[8]
              output y = x |> Dense(4, kernel_initializer = GlorotUniform(seed = 7)) |> Dense(1)
            }
            """);
    var draws =
        program.variables().stream()
            .filter(v -> v.seedDraw() >= 0)
            .map(v -> v.path().replaceFirst(BoundProgram.SEED + "$", ""))
            .toList();
    assertThat(draws).containsExactly("dense_1/kernel");
  }

  // ---- phases

  @Test
  void dropoutIsThereInTrainingOnly() {
    var program =
        bind(
            """
            model M {
              input x: f32[8]
              output y = x |> Dense(4) |> Dropout(0.5) |> Dense(1)
            }
            """
                + TRAIN);
    var train = program.stages().getFirst().objectives().getFirst().forward();
    assertThat(train.output("dropout/seed_generator")).isPresent();
    assertThat(program.predict().output("dropout/seed_generator")).isEmpty();
    assertThat(program.predict().inputs().stream().map(Graph.Input::role))
        .doesNotContain(Role.SEED);
  }

  @Test
  void movingAveragesAreWrittenInTrainingOnly() {
    var program =
        bind(
            """
            model M {
              input x: f32[8]
              output y = x |> BatchNormalization() |> Dense(1)
            }
            """
                + TRAIN);
    var train = program.stages().getFirst().objectives().getFirst().forward();
    assertThat(train.output("batch_normalization/moving_mean")).isPresent();
    assertThat(program.evaluate()).isNotNull();
    assertThat(program.evaluate().output("batch_normalization/moving_mean")).isEmpty();
  }

  @Test
  void metricsHaveKerasNames() {
    var program =
        bind(
            """
            model M {
              input x: f32[8]
              output price = x |> Dense(1), kind = x |> Dense(3)
            }

            train M {
              loss price: MeanSquaredError() weight 0.5, kind: SparseCategoricalCrossentropy(from_logits = true)
              metrics price: MeanAbsoluteError(), kind: "accuracy", SparseTopKCategoricalAccuracy(2)
              optimizer Adam()
            }
            """);
    assertThat(program.metrics())
        .containsExactly(
            "loss",
            "price_loss",
            "kind_loss",
            "price_mean_absolute_error",
            "kind_accuracy",
            "kind_sparse_top_k_categorical_accuracy");
    assertThat(program.targets().stream().map(t -> t.name() + " " + t.type()))
        .containsExactly("price f32[batch, 1]", "kind i32[batch]");
  }

  /** The losses are shown first and keep their names; a metric that is called so gets a number. */
  @Test
  void noMetricSharesWhatItKeepsWithALoss() {
    var program =
        bind(
            """
            metric Loss()(y_true, y_pred) = mean(abs(y_true - y_pred), axis = -1)

            model M {
              input x: f32[8]
              output loss = x |> Dense(1), kind = x |> Dense(3)
            }

            train M {
              loss loss: MeanSquaredError(), kind: MeanSquaredError()
              metrics loss: Mean(name = "loss"), kind: Loss(), Loss(), Loss(name = "loss_1")
              optimizer Adam()
            }
            """);
    assertThat(program.metrics())
        .containsExactly(
            "loss",
            "loss_loss",
            "kind_loss",
            "loss_loss_1",
            "kind_loss_1",
            "kind_loss_2",
            "kind_loss_1_1");
    assertThat(paths(program, Role.METRIC)).doesNotHaveDuplicates().hasSize(14);
    assertThat(trainingOf(program).outputs().stream().map(Graph.Output::name))
        .doesNotHaveDuplicates();
  }

  // ---- what is trained

  /**
   * What the library uses for losses and metrics is its own, whatever a file calls its functions.
   */
  @Test
  void functionsOfAFileDoNotReplaceThoseThatLossesUse() {
    var text =
        """
        model M {
          input x: f32[4]
          output y = x |> Dense(3)
        }

        train M {
          loss MeanSquaredError()
          class_weight y: [1, 2, 3]
          sample_weight y
          weighted_metrics MeanAbsoluteError()
          optimizer SGD()
        }
        """;
    var own =
        """

        fn times(a, b) = a - b
        fn running_mean(x) = x
        fn reduce_weighted_values(values, weight, mask, reduction) = sum(values)
        fn class_weights(y_true, weights) = sum(y_true, axis = -1)
        """;
    assertThat(TextForm.print(trainingOf(bind(text + own))))
        .isEqualTo(TextForm.print(trainingOf(bind(text))));
  }

  @Test
  void stagesTrainWhatIsNotFrozen() {
    var program =
        bind(
            """
            layer Backbone()(x: f32[C]) = x |> Dense(4, name = "early") |> Dense(4, name = "late")

            model M {
              input x: f32[8]
              let base = Backbone()
              output y = x |> base |> Dense(1)
            }

            train M {
              loss MeanSquaredError()
              stage head { freeze base  optimizer Adam(1e-3)  epochs 5 }
              stage tune { unfreeze base.late  optimizer Adam(1e-5)  epochs 10 }
            }
            """);
    assertThat(trained(program, 0)).containsExactly("dense/kernel", "dense/bias");
    assertThat(trained(program, 1))
        .containsExactly(
            "backbone/late/kernel", "backbone/late/bias", "dense/kernel", "dense/bias");
    assertThat(program.stages().stream().map(BoundProgram.Stage::epochs)).containsExactly(5, 10);
    assertThat(
            program.variables().stream()
                .filter(v -> v.path().startsWith("backbone/early"))
                .noneMatch(BoundProgram.Variable::trainable))
        .isTrue();
  }

  /** What a named optimizer keeps is told apart by stage and number, as without a name. */
  @Test
  void namedOptimizersOfStagesAreApart() {
    var program =
        bind(
            """
            model M {
              input x: f32[8]
              let head = Dense(1)
              output y = x |> Dense(4) |> head
            }

            train M {
              loss MeanSquaredError()
              optimizer Adam(name = "mine")
              optimizer SGD(name = "mine") for head
              stage a { epochs 1 }
              stage b { epochs 1 }
            }
            """);
    assertThat(paths(program, Role.HYPER))
        .doesNotHaveDuplicates()
        .contains(
            "mine_a/iteration", "mine_a_1/iteration", "mine_b/iteration", "mine_b_1/iteration");
  }

  /** A frozen layer runs as in inference: its averages stay. */
  @Test
  void frozenNormalizationKeepsItsAverages() {
    var program =
        bind(
            """
            model M {
              input x: f32[8]
              let norm = BatchNormalization()
              output y = x |> norm |> Dense(1)
            }

            train M {
              loss MeanSquaredError()
              optimizer SGD()
              freeze norm
            }
            """);
    var train = program.stages().getFirst().objectives().getFirst().forward();
    assertThat(train.output("batch_normalization/moving_mean")).isEmpty();
  }

  @Test
  void everyObjectiveMovesItsOwnWeights() {
    var program =
        bind(
            """
            layer Left()(x: f32[C]) = x |> Dense(2)
            layer Right()(x: f32[C]) = x |> Dense(2)

            model M {
              input x: f32[4]
              let left = Left()
              let right = Right()
              output a = x |> left, b = x |> right
            }

            train M {
              minimize l: mean(a * b) over left with Adam(1e-3)
              minimize r: -mean(a * b) over right with SGD()
            }
            """);
    var objectives = program.stages().getFirst().objectives();
    assertThat(objectives.stream().map(o -> o.trained().size())).containsExactly(2, 2);
    assertThat(objectives.get(0).trained().getFirst()).isEqualTo("left/dense/kernel");
    assertThat(objectives.get(1).updates().getFirst().body().inputs())
        .noneMatch(i -> i.role() == Role.SLOT);
    assertThat(program.metrics()).containsExactly("l", "r");
  }

  @Test
  void anUpdateTakesWeightsGradientsSlotsAndHyper() {
    var program =
        bind(
            """
            model M {
              input x: f32[8]
              output y = x |> Dense(1, use_bias = false)
            }

            train M {
              loss MeanSquaredError()
              optimizer Adam(ExponentialDecay(0.1, 100, 0.9))
            }
            """);
    var update = program.stages().getFirst().objectives().getFirst().updates().getFirst();
    assertThat(update.body().inputs().stream().map(Graph.Input::name))
        .containsExactly(
            "dense/kernel",
            "gradient of dense/kernel",
            "optimizer/iteration",
            "optimizer/dense/kernel/m",
            "optimizer/dense/kernel/v");
    assertThat(paths(program, Role.HYPER)).containsExactly("optimizer/iteration");
  }

  // ---- arguments, dimensions, imports

  @Test
  void settingsGiveParametersAndDimensions() {
    var text =
        """
        model M(classes: int = 10) {
          input words: i32[T]
          output y = words |> Embedding(100, 8) |> Flatten() |> Dense(classes)
        }
        """;
    var program = bind(text, Map.of("classes", "3", "T", "20"), _ -> Optional.empty());
    assertThat(program.outputs().getFirst().type()).hasToString("f32[batch, 3]");
    assertThat(program.inputs().getFirst().type()).hasToString("i32[batch, 20]");
  }

  @Test
  void namedDimensionsStayOpen() {
    var program =
        bind(
            """
            model M {
              input words: i32[T]
              output y = words |> Embedding(100, 8) |> LSTM(8, return_sequences = true) |> Dense(2)
            }
            """);
    assertThat(program.outputs().getFirst().type()).hasToString("f32[batch, T, 2]");
  }

  @Test
  void importedWeightsBelongToTheirLayer() {
    var program =
        bind(
            """
            import weights "dense.safetensors" as known

            model M {
              input x: f32[4]
              output y = x |> Dense(3, weights = known) |> Dense(1)
            }
            """);
    assertThat(program.pretrained())
        .containsExactly(
            new BoundProgram.Pretrained("dense", "dense.safetensors", Optional.empty()));
  }

  @Test
  void importsAreRelativeToTheirFile() {
    var blocks =
        SourceFile.of(
            "parts/blocks.mdl",
            "import \"sizes.mdl\"\nblock two(n: int)(x) = x |> Dense(n * factor)");
    var sizes = SourceFile.of("parts/sizes.mdl", "let factor = 2");
    var program =
        bind(
            """
            import "parts/blocks.mdl"

            model M {
              input x: f32[4]
              output y = x |> two(3)
            }
            """,
            Map.of(),
            p ->
                Optional.ofNullable(
                    Map.of("parts/blocks.mdl", blocks, "parts/sizes.mdl", sizes).get(p)));
    assertThat(program.outputs().getFirst().type()).hasToString("f32[batch, 6]");
  }

  @Test
  void aFileThatIsImportedUnderTwoSpellingsIsOne() {
    var one = SourceFile.of("one.mdl", "import \"./sizes.mdl\"\nlet twice = 2 * factor");
    var sizes = SourceFile.of("sizes.mdl", "let factor = 2");
    var program =
        bind(
            """
            import "one.mdl"
            import "sizes.mdl"

            model M {
              input x: f32[4]
              output y = x |> Dense(twice + factor)
            }
            """,
            Map.of(),
            p -> Optional.ofNullable(Map.of("one.mdl", one, "sizes.mdl", sizes).get(p)));
    assertThat(program.outputs().getFirst().type()).hasToString("f32[batch, 6]");
  }

  @Test
  void aRingOfImportsIsFoundWhereItClosesHoweverItIsSpelt() {
    var main =
        SourceFile.of(
            "./test.mdl", "import \"one.mdl\"\nmodel M { input x: f32[4]  output y = x }");
    var one = SourceFile.of("one.mdl", "import \"./parts/../test.mdl\"");
    var sink = new DiagnosticSink();
    Binder.bind(
        Parser.parse(main, sink),
        new Binder.Request(
            "M",
            Map.of(),
            p -> Optional.ofNullable(Map.of("one.mdl", one, "test.mdl", main).get(p))),
        sink);
    assertThat(sink.sorted().stream().map(d -> d.code() + " " + d.span().file().name()))
        .containsExactly("IMPORT_CYCLE one.mdl");
  }

  @Test
  void weightsLieBesideTheFileThatImportsThem() {
    var known =
        SourceFile.of(
            "parts/known.mdl",
            "import weights \"../dense.safetensors\" as known\n"
                + "block start()(x) = x |> Dense(3, weights = known)");
    var program =
        bind(
            """
            import "parts/known.mdl"
            import weights "last.safetensors" as last

            model M {
              input x: f32[4]
              output y = x |> start() |> Dense(1, weights = last)
            }
            """,
            Map.of(),
            p -> Optional.ofNullable(Map.of("parts/known.mdl", known).get(p)));
    assertThat(program.pretrained().stream().map(BoundProgram.Pretrained::file))
        .containsExactly("dense.safetensors", "last.safetensors");
  }

  /** The same text gives the same program, name by name and node by node. */
  @Test
  void bindingIsRepeatable() {
    var text =
        """
        model M {
          input x: f32[16, 16, 1]
          output y = x |> Conv2D(4, 3, activation = gelu) |> BatchNormalization() |> Flatten() |> Dropout(0.1) |> Dense(1)
        }
        """
            + TRAIN;
    var first = bind(text);
    var second = bind(text);
    assertThat(second.variables()).isEqualTo(first.variables());
    assertThat(second.predict()).isEqualTo(first.predict());
    assertThat(second.initialize()).isEqualTo(first.initialize());
    assertThat(second.stages()).isEqualTo(first.stages());
  }

  @Test
  void aSlotMayStartWhereItsWeightStarts() {
    var program =
        bind(
            """
            optimizer Slow(learning_rate: schedule = 0.1)(w, g, step) {
              state average = w
              average <- 0.9 * average + 0.1 * w
              w <- average - learning_rate * g
            }

            model M {
              input x: f32[8]
              output y = x |> Dense(1)
            }

            train M {
              loss MeanSquaredError()
              optimizer Slow()
            }
            """);
    assertThat(program.initialize().output("optimizer/dense/kernel/average")).isPresent();
    assertThat(
            program.variables().stream()
                .filter(v -> v.path().equals("optimizer/dense/bias/average"))
                .map(BoundProgram.Variable::fill))
        .containsExactly(0.0);
  }

  /** The page of functions is printed from the table of them: {@code -Dgolden=update} writes it. */
  @Test
  void theFunctionPageIsUpToDate() throws Exception {
    var page = Path.of("../../docs/functions.md");
    if ("update".equals(System.getProperty("golden"))) {
      Files.writeString(page, FunctionReference.page());
    }
    assertThat(Files.readString(page)).isEqualTo(FunctionReference.page());
  }

  // ---- hostile text

  /**
   * Letters, words and lines of a good model are lost, doubled and swapped: messages may come,
   * exceptions may not.
   */
  @Test
  void mutantsEndWithAMessageOrAProgram() {
    var text =
        """
        layer Gate(units: int, rate: float = 0.1)(x: f32[...S, C]) -> f32[...S, units] {
          require units > 0, "no units: {units}"
          param w: f32[C, units] = glorot_uniform
          state seen = 0.0
          if training { seen <- seen + size(x) }
          let h = where(random_uniform(S) >= rate, x, 0) @ w
          return sigmoid(h) * h[.., 0:units] / (1 + 2 ** 1)
        }

        model M(n: int = 3) {
          input words: i32[12], facts: f32[4]
          let h = words |> Embedding(10, 4) |> LSTM(4)
          var v = concat(h, facts) |> Dense(8, activation = relu)
          repeat 2 as i { v = v |> Gate(8 - 2 * i) }
          let (a, b) = split(v, 2, axis = -1)
          output y = a - b |> Dense(n), z = mean(v, over = [0], keepdims = true)
        }

        train M(n = 2) {
          data npz("x.npz") { words = w, facts = f / 2, y = labels, z = others }
          loss y: SparseCategoricalCrossentropy(from_logits = true), z: MeanSquaredError() weight 0.5
          metrics y: "accuracy"
          optimizer Adam(CosineDecay(1e-3, 100))
          freeze embedding
          batch 8  epochs 2
        }
        """;
    long seed = Long.getLong("fuzz.seed", 20_261_120L);
    var random = new Random(seed);
    int count = Integer.getInteger("fuzz.mutants", 300);
    for (int i = 0; i < count; i++) {
      var mutant = mutate(text, random);
      var sink = new DiagnosticSink();
      try {
        var file = Parser.parse(SourceFile.of("mutant.mdl", mutant), sink);
        var program = Binder.bind(file, Binder.Request.of("M"), sink);
        assertThat(program.isPresent() || sink.hasErrors())
            .as("seed %d, mutant %d:\\n%s", seed, i, mutant)
            .isTrue();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", mutant " + i + ":\n" + mutant, e);
      }
    }
  }

  private static String mutate(String text, Random random) {
    var words = new ArrayList<>(List.of(text.split("(?<=\\W)|(?=\\W)", -1)));
    for (int k = random.nextInt(1, 4); k > 0; k--) {
      int at = random.nextInt(words.size());
      int other = random.nextInt(words.size());
      switch (random.nextInt(5)) {
        case 0 -> words.remove(at);
        case 1 -> words.add(at, words.get(other));
        case 2 -> Collections.swap(words, at, other);
        case 3 -> words.set(at, words.get(other));
        default ->
            words.set(
                at,
                List.of("0", "-1", "none", "x", "\"s\"", "[]", "1e9", "true", "T", "99")
                    .get(random.nextInt(10)));
      }
    }
    return String.join("", words);
  }
}
