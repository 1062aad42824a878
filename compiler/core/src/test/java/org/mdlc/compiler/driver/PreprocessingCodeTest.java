package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.type.DType;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/**
 * The generated Java of the layers that change images while training, by both printers, against
 * their float64 meaning: the same draws, and the same pictures.
 */
final class PreprocessingCodeTest {
  private static final int BATCH = 5;
  private static final int[] IMAGE = {9, 7, 3};

  private static final List<String> LAYERS =
      List.of(
          "Resizing(5, 11)",
          "Resizing(5, 4, interpolation = bicubic, antialias = true)",
          "Resizing(4, 13, interpolation = nearest)",
          "RandomCrop(4, 5, seed = 1)",
          "RandomFlip(seed = 2)",
          "RandomTranslation(0.3, 0.4, fill_mode = wrap, seed = 3)",
          "RandomRotation(0.2, seed = 4)",
          "RandomRotation(0.2, fill_mode = constant, fill_value = 7.0, seed = 4)",
          "RandomZoom(0.4, fill_mode = nearest, seed = 5)",
          "RandomShear(0.3, 0.4, data_format = channels_first, seed = 6)",
          "RandomPerspective(scale = 0.5, seed = 7)",
          "RandomBrightness(0.4, seed = 8)",
          "RandomContrast(0.4, seed = 9)",
          "RandomHue(0.5, seed = 10)",
          "RandomGrayscale(seed = 11)",
          "RandomGaussianBlur(sigma = [0.5, 0.9], kernel_size = [3, 5], seed = 12)",
          "RandomErasing(seed = 13)",
          "RandomPosterization([2, 6], seed = 14)",
          "Solarization(0.3, 0.6, seed = 15)",
          "Equalization()",
          "MixUp(seed = 16)",
          "CutMix(seed = 17)");

  @ParameterizedTest
  @EnumSource(KernelStyle.class)
  void givesWhatItMeans(KernelStyle style) throws ReflectiveOperationException {
    var request = CompileRequest.of(SourceFile.of("case.mdl", source())).withKernels(style);
    var compilation = Compiler.bind(request);
    var bound =
        compilation
            .bound()
            .orElseThrow(() -> new AssertionError(Renderer.plain().render(compilation.problems())));
    var data = data(bound);
    try (var model = load(bound, request)) {
      var expected = meaning(bound, model, data);
      var wrong = new ArrayList<String>();
      var logs = model.trainOnBatch(dataSet(data)).values();
      for (int i = 0; i < LAYERS.size(); i++) {
        var figure = "o" + i + "_loss";
        double wanted = Objects.requireNonNull(expected.get(figure)).at(0);
        // a mean of some hundred pixels up to 255, which a place between them moves by 1e-6
        double found = Objects.requireNonNull(logs.get(figure));
        if (!(Math.abs(found - wanted) <= 2e-3)) {
          wrong.add(LAYERS.get(i) + " gives " + found + ", its meaning is " + wanted);
        }
      }
      assertThat(wrong).isEmpty();
    }
  }

  /** One output per layer; the loss of an output is its mean product with random numbers. */
  private static String source() {
    var text =
        new StringBuilder(
            """
            loss Against()(y_true: f32[...S], y_pred: f32[...S]) = mean(y_true * y_pred)

            layer Weighted()(x: f32[...S]) {
              param weight: f32[] = ones
              return weight * x
            }

            model Case {
              input image: f32[9, 7, 3]
            """);
    for (int i = 0; i < LAYERS.size(); i++) {
      text.append("  output o%s = image |> %s |> Weighted()\n".formatted(i, LAYERS.get(i)));
    }
    text.append("}\n\ntrain Case {\n  loss ");
    for (int i = 0; i < LAYERS.size(); i++) {
      text.append(i == 0 ? "" : ", ").append("o%s: Against()".formatted(i));
    }
    return text.append("\n  optimizer SGD()\n}\n").toString();
  }

  private static Map<String, Tensor64> data(BoundProgram bound) {
    var random = new Random(3);
    var data = new LinkedHashMap<String, Tensor64>();
    for (var port : bound.inputs()) {
      var sizes = IntStream.concat(IntStream.of(BATCH), IntStream.of(IMAGE)).toArray();
      data.put(port.name(), Tensor64.of(DType.F32, sizes, _ -> random.nextInt(256)));
    }
    for (var port : bound.targets()) {
      var rows = port.type().shape().dims().stream().skip(1).mapToInt(d -> (int) d.value());
      var sizes = IntStream.concat(IntStream.of(BATCH), rows).toArray();
      data.put(port.name(), Tensor64.of(DType.F32, sizes, _ -> (float) random.nextDouble()));
    }
    return data;
  }

  /** What one training batch gives in float64, from the variables that the model has now. */
  private static Map<String, Tensor64> meaning(
      BoundProgram bound, Model model, Map<String, Tensor64> data) {
    var arguments = new LinkedHashMap<>(data);
    for (var variable : bound.variables()) {
      var type = variable.type();
      var value = model.variables().get(variable.path());
      arguments.put(
          variable.path(),
          Tensor64.of(
              type.dtype(),
              Tensor64.sizes(type.shape()),
              i -> type.dtype() == DType.U32 ? (int) value.get(i) & 0xFFFF_FFFFL : value.get(i)));
    }
    var forward = bound.stages().get(0).objectives().get(0).forward();
    return Interpreter.run(forward, arguments, BATCH);
  }

  private static ArrayDataset dataSet(Map<String, Tensor64> data) {
    var columns = new LinkedHashMap<String, HostTensor>();
    data.forEach(
        (name, tensor) -> {
          var floats = new float[tensor.count()];
          IntStream.range(0, floats.length).forEach(i -> floats[i] = (float) tensor.at(i));
          columns.put(name, HostTensor.of(floats, tensor.sizes()));
        });
    return ArrayDataset.of(columns);
  }

  private static Model load(BoundProgram bound, CompileRequest request)
      throws ReflectiveOperationException {
    var generated = Compiler.generate(bound, request);
    return (Model)
        InMemoryJavac.load(
                generated.className(),
                generated.source(),
                PreprocessingCodeTest.class.getClassLoader())
            .getMethod("create", long.class)
            .invoke(null, 42L);
  }
}
