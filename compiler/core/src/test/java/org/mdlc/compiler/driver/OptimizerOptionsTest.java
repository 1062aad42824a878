package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.pass.BuildTrainStep;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.type.DType;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.VariableSpec;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/**
 * Options that look beyond one weight or one step, through generated Java: six steps of it are six
 * steps of the float64 interpreter.
 */
final class OptimizerOptionsTest {
  private static final int ROWS = 5;
  private static final int INPUTS = 4;

  /**
   * Six steps of float32 on weights of about 1: some fifty roundings of 6e-8 each, on the way
   * through a layer of 7 and its gradient.
   */
  private static final double TOLERANCE = 5e-5;

  private static final List<String> OPTIMIZERS =
      List.of(
          "SGD(0.1, global_clipnorm = 0.3)",
          "Adam(0.05, gradient_accumulation_steps = 3, weight_decay = 0.1, clipnorm = 0.2)",
          "SGD(0.1, momentum = 0.9, use_ema = true, ema_momentum = 0.8, ema_overwrite_frequency = 2)",
          "SGD(ExponentialDecay(0.2, 2, 0.5), gradient_accumulation_steps = 2, global_clipnorm = 0.3, use_ema = true)",
          "LossScaleOptimizer(RMSprop(0.01), initial_scale = 64.0, dynamic_growth_steps = 2)",
          "LossScaleOptimizer(SGD(0.1, momentum = 0.5), initial_scale = 1e38, dynamic_growth_steps = 4)",
          "AdamW(0.05, exclude_from_weight_decay = [\"bias\"], weight_decay = 0.2)",
          "Adafactor(0.05)",
          "Muon(0.02)",
          "Nadam(0.02)\n  optimizer Lion(0.01, gradient_accumulation_steps = 2) for last");

  @TestFactory
  Stream<DynamicTest> generatedCodeTakesTheStepsOfTheInterpreter() {
    return OPTIMIZERS.stream().map(o -> dynamicTest(o, () -> compare(o)));
  }

  private static void compare(String optimizer) throws ReflectiveOperationException {
    var bound = bind(optimizer);
    var graph = BuildTrainStep.of(bound, bound.stages().getFirst());
    try (var model = load(bound, optimizer)) {
      var state = new LinkedHashMap<String, Tensor64>();
      model.variables().specs().forEach(v -> state.put(v.name(), read(model, v)));
      for (int step = 0; step < 6; step++) {
        var x = draw(100 + step, INPUTS);
        var y = draw(200 + step, 1, optimizer.contains("1e38") ? 20 : 1);
        var arguments = new LinkedHashMap<>(state);
        arguments.put("x", tensor(x, INPUTS));
        arguments.put("y", tensor(y, 1));
        state.putAll(Interpreter.run(graph, arguments, ROWS));
        model.trainOnBatch(ArrayDataset.of(Map.of("x", x, "y", y)));
        for (var variable : model.variables().specs()) {
          if (variable.role() == org.mdlc.runtime.Role.METRIC) {
            continue; // set back before every batch
          }
          var expected = state.get(variable.name());
          var found = read(model, variable);
          for (int i = 0; i < expected.count(); i++) {
            assertThat(found.at(i))
                .as(variable.name() + "[" + i + "] after step " + step)
                .isCloseTo(expected.at(i), within(TOLERANCE * (1 + Math.abs(expected.at(i)))));
          }
        }
      }
      if (optimizer.contains("1e38")) { // too large a scale: gradients overflow, steps are skipped
        assertThat(model.variables().scalar("optimizer/iteration")).isBetween(1.0, 5.0);
      }
    }
  }

  /** {@code fit} ends with the averages, and only {@code fit}. */
  @Test
  void trainingEndsWithTheAverages() throws ReflectiveOperationException {
    var optimizer = "SGD(0.1, use_ema = true, ema_momentum = 0.5)";
    try (var model = load(bind(optimizer), optimizer)) {
      var data = ArrayDataset.of(Map.of("x", draw(1, INPUTS), "y", draw(2, 1)));
      model.trainOnBatch(data);
      model.trainOnBatch(data);
      assertThat(model.variables().get("first/kernel"))
          .isNotEqualTo(model.variables().get("optimizer/first/kernel/average"));
      model.fit(data, Fit.epochs(0).verbose(Verbosity.SILENT));
      assertThat(model.variables().get("first/kernel"))
          .isNotEqualTo(model.variables().get("optimizer/first/kernel/average"));
      model.fit(data, Fit.epochs(2).verbose(Verbosity.SILENT).output(nowhere()));
      for (var weight : List.of("first/kernel", "first/bias", "last/kernel", "last/bias")) {
        assertThat(model.variables().get(weight))
            .isEqualTo(model.variables().get("optimizer/" + weight + "/average"));
      }
    }
  }

  private static PrintStream nowhere() {
    return new PrintStream(OutputStream.nullOutputStream());
  }

  private static BoundProgram bind(String optimizer) {
    var compilation = Compiler.bind(request(optimizer));
    return compilation
        .bound()
        .orElseThrow(() -> new AssertionError(Renderer.plain().render(compilation.problems())));
  }

  private static CompileRequest request(String optimizer) {
    return CompileRequest.of(
        SourceFile.of(
            "options.mdl",
            """
            model Case {
              input x: f32[%s]
              let first = Dense(7, activation = tanh, name = "first"), last = Dense(1, name = "last")
              output y = x |> first |> last
            }
            train Case {
              loss MeanSquaredError()
              optimizer %s
            }
            """
                .formatted(INPUTS, optimizer)));
  }

  private static Model load(BoundProgram bound, String optimizer)
      throws ReflectiveOperationException {
    var generated = Compiler.generate(bound, request(optimizer));
    return (Model)
        InMemoryJavac.load(
                generated.className(),
                generated.source(),
                OptimizerOptionsTest.class.getClassLoader())
            .getMethod("create", long.class)
            .invoke(null, 42L);
  }

  private static HostTensor draw(int seed, int columns) {
    return draw(seed, columns, 1);
  }

  private static HostTensor draw(int seed, int columns, float size) {
    var random = new Random(seed);
    var values = new float[ROWS * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextFloat() * 2 - 1) * size;
    }
    return HostTensor.of(values, ROWS, columns);
  }

  private static Tensor64 tensor(HostTensor values, int columns) {
    return Tensor64.of(DType.F32, new int[] {ROWS, columns}, values::get);
  }

  private static Tensor64 read(Model model, VariableSpec variable) {
    var value = model.variables().get(variable.name());
    var dtype =
        switch (variable.role()) {
          case SEED -> DType.U32;
          default -> variable.dtype() == org.mdlc.runtime.data.DType.I32 ? DType.I32 : DType.F32;
        };
    return Tensor64.of(
        dtype,
        variable.shape().stream().mapToInt(n -> n).toArray(),
        i -> dtype == DType.U32 ? ((long) value.get(i)) & 0xffff_ffffL : value.get(i));
  }
}
