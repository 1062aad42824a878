package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.pass.BuildTrainStep;
import org.mdlc.compiler.pass.MixedPrecision;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.type.DType;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/**
 * A small convnet with a recurrent end in each mixed precision: both kinds of generated Java take
 * the steps of the interpreter, which rounds in one place.
 */
final class MixedPrecisionCodeTest {
  private static final int ROWS = 6;
  private static final int INPUTS = 8 * 8 * 2;
  private static final int CLASSES = 3;

  private static Stream<Arguments> precisions() {
    return Stream.of("mixed_bfloat16", "mixed_float16")
        .flatMap(p -> Arrays.stream(KernelStyle.values()).map(s -> Arguments.of(p, s)));
  }

  private static CompileRequest request(String precision, KernelStyle style) {
    var text =
        """
        model Case {
          input x: f32[8, 8, 2]
          precision %s
          let picture = x |> Conv2D(4, 3, activation = gelu) |> BatchNormalization() |> MaxPooling2D(2)
          output y = picture |> Reshape([9, 4]) |> LSTM(5) |> Dense(3)
        }

        train Case {
          loss SparseCategoricalCrossentropy(from_logits = true)
          optimizer SGD(0.1)
        }
        """
            .formatted(precision);
    return CompileRequest.of(SourceFile.of("case.mdl", text)).withKernels(style);
  }

  /**
   * Sums of float32 and of float64 differ in the last place, so now and then a rounding falls to
   * the other side, which is one unit of roundoff u; u / 2 is allowed for the loss and u for a
   * weight, which it moves by the learning rate of 0.1 times that in each of the five steps.
   */
  @ParameterizedTest
  @MethodSource("precisions")
  void generatedCodeTakesTheStepsOfTheInterpreter(String precision, KernelStyle style)
      throws ReflectiveOperationException {
    double roundoff = precision.equals("mixed_bfloat16") ? 0x1p-8 : 0x1p-11;
    var request = request(precision, style);
    var compilation = Compiler.bind(request);
    var bound =
        compilation
            .bound()
            .orElseThrow(() -> new AssertionError(Renderer.plain().render(compilation.problems())));
    var mixed = MixedPrecision.of(bound);
    var graph = BuildTrainStep.of(mixed, mixed.stages().getFirst());
    var generated = Compiler.generate(bound, request);
    var type =
        InMemoryJavac.load(generated.className(), generated.source(), getClass().getClassLoader());
    try (var model = (Model) type.getMethod("create", long.class).invoke(null, 42L)) {
      var state = new LinkedHashMap<String, Tensor64>();
      mixed.variables().forEach(v -> state.put(v.path(), read(model, v.path(), v.type().dtype())));
      for (int step = 0; step < 5; step++) {
        var x = images(step);
        var y = classes(step);
        var arguments = new LinkedHashMap<>(state);
        arguments.put("x", Tensor64.of(DType.F32, new int[] {ROWS, 8, 8, 2}, i -> x.get(i)));
        arguments.put("y", Tensor64.of(DType.I32, new int[] {ROWS}, i -> y.get(i)));
        arguments.put("loss/total", Tensor64.scalar(DType.F32, 0));
        arguments.put("loss/count", Tensor64.scalar(DType.F32, 0));
        state.putAll(Interpreter.run(graph, arguments, ROWS));
        var logs = model.trainOnBatch(ArrayDataset.of(Map.of("x", x, "y", y)));
        assertThat(logs.values().get("loss"))
            .as("loss of step " + step)
            .isCloseTo(state.get("loss").at(0), within(roundoff / 2));
        for (var variable : bound.variables()) {
          if (variable.trainable()) {
            var found = read(model, variable.path(), DType.F32);
            var expected = state.get(variable.path());
            for (int i = 0; i < expected.count(); i++) {
              assertThat(found.at(i))
                  .as(variable.path() + "[" + i + "] after step " + step)
                  .isCloseTo(expected.at(i), within(roundoff));
            }
          }
        }
      }
      var predicted = model.predict(ArrayDataset.of(Map.of("x", images(9)))).get("y");
      var narrow = precision.equals("mixed_bfloat16") ? DType.BF16 : DType.F16;
      for (int i = 0; i < ROWS * CLASSES; i++) {
        assertThat(predicted.get(i)).isEqualTo((float) narrow.nearest(predicted.get(i)));
      }
    }
  }

  private static Tensor64 read(Model model, String path, DType dtype) {
    var value = model.variables().get(path);
    var sizes = value.shape();
    return Tensor64.of(
        dtype, sizes, i -> dtype == DType.U32 ? (long) value.get(i) & 0xffff_ffffL : value.get(i));
  }

  private static HostTensor images(int seed) {
    var random = new Random(seed);
    var values = new float[ROWS * INPUTS];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return HostTensor.of(values, ROWS, 8, 8, 2);
  }

  private static HostTensor classes(int seed) {
    return HostTensor.of(new Random(100 + seed).ints(ROWS, 0, CLASSES).toArray(), ROWS);
  }
}
