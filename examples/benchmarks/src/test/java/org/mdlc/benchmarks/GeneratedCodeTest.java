package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.GeneratedModel;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Phase;
import org.mdlc.runtime.Role;
import org.mdlc.runtime.Step;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** What holds for the generated code of every fixed workload, whatever it computes. */
class GeneratedCodeTest {

  private static final Duration WARM_UP = Duration.ofMinutes(1);
  private static final Path MODELS = Path.of("models");

  /** HotSpot never compiles a method of more bytes than this. */
  private static final int HUGE_METHOD = 8_000;

  /** The Vector API's module is an incubator, which javac always says. */
  private static final List<String> STRICT = List.of("-Xlint:all,-incubating", "-Werror");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp_mnist",
        "mlp_small",
        "convnet_mnist",
        "resnet20_cifar",
        "lstm_imdb",
        "transformer_text",
        "gpt_char",
        "gru_forecast"
      })
  void compilesWithoutAWarningIntoMethodsThatHotSpotCompiles(String name) throws IOException {
    for (var style : KernelStyle.values()) {
      var generated = generate(MODELS.resolve(name + ".mdl"), style);
      var classes =
          InMemoryJavac.compile(Map.of(generated.className(), generated.source()), STRICT);
      var tooLarge = new ArrayList<String>();
      classes.forEach(
          (className, bytes) -> {
            for (var method : ClassFile.of().parse(bytes).methods()) {
              int length = method.code().map(c -> ((CodeAttribute) c).codeLength()).orElse(0);
              if (length > HUGE_METHOD) {
                tooLarge.add(className + "." + method.methodName().stringValue() + ": " + length);
              }
            }
          });
      assertThat(tooLarge).as("%s, %s", name, style).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp_mnist", "resnet20_cifar", "lstm_imdb", "gpt_char"})
  void isTheSameOnEveryRunAndFromAnyFolder(String name, @TempDir Path elsewhere)
      throws IOException {
    var here = MODELS.resolve(name + ".mdl");
    var there = Files.copy(here, elsewhere.resolve(here.getFileName()));
    var first = generate(here, KernelStyle.VECTOR).source();
    assertThat(generate(here, KernelStyle.VECTOR).source()).isEqualTo(first);
    assertThat(generate(there, KernelStyle.VECTOR).source()).isEqualTo(first);
    assertThat(first).doesNotContain(elsewhere.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp_small", "convnet_mnist"})
  void aTrainingStepAllocatesNothing(String name) throws IOException, ReflectiveOperationException {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (var model = create(name, 42);
        var step = step(model, 32)) {
      long allocated = Long.MAX_VALUE;
      // vectors live in registers only once HotSpot's second compiler has done every kernel; a
      // kernel waits 5,000 calls for it, and then for its turn, which comes late on a busy machine
      var end = System.nanoTime() + WARM_UP.toNanos();
      while (allocated > 0 && System.nanoTime() < end) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
          step.run();
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(allocated).as("bytes allocated by 100 steps of %s", name).isZero();
    }
  }

  @Test
  void twoRunsFromOneSeedGiveTheSameBits() throws IOException {
    assertThat(trained("mlp_mnist", 42)).isEqualTo(trained("mlp_mnist", 42));
    assertThat(trained("mlp_mnist", 42)).isNotEqualTo(trained("mlp_mnist", 43));
  }

  /** Losses and weights after some steps with dropout, as bits. */
  static List<Integer> trained(String name, long seed) throws IOException {
    var bits = new ArrayList<Integer>();
    try (var model = create(name, seed)) {
      var data = noise(model, 70);
      for (int i = 0; i < 3; i++) {
        bits.add(Float.floatToRawIntBits((float) model.trainOnBatch(data).require("loss")));
      }
      for (var variable : model.variables().specs()) {
        if (variable.role() == Role.PARAM) {
          for (float value : model.variables().get(variable.name()).floats()) {
            bits.add(Float.floatToRawIntBits(value));
          }
        }
      }
    }
    return bits;
  }

  private static GeneratedModel generate(Path file, KernelStyle style) throws IOException {
    var request = CompileRequest.of(file).withKernels(style);
    return Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
  }

  private static Model create(String name, long seed) throws IOException {
    var generated = generate(MODELS.resolve(name + ".mdl"), KernelStyle.VECTOR);
    return (Model) InMemoryJavac.create(generated, seed, GeneratedCodeTest.class.getClassLoader());
  }

  private static Step step(Model model, int batch) throws ReflectiveOperationException {
    var newStep = model.getClass().getDeclaredMethod("newStep", Phase.class, int.class);
    newStep.setAccessible(true);
    var step = (Step) newStep.invoke(model, Phase.TRAIN, batch);
    var data = noise(model, batch);
    int port = 0;
    for (var input : model.spec().inputs()) {
      step.setInput(port++, data.get(input.name()), 0);
    }
    for (var target : model.spec().targets()) {
      step.setInput(port++, data.get(target.name()), 0);
    }
    return step;
  }

  /** Inputs between 0 and 1, or whole numbers in range, and labels 0 or 1, always the same. */
  private static ArrayDataset noise(Model model, int rows) {
    var random = new Random(1);
    var columns = new LinkedHashMap<String, HostTensor>();
    for (var input : model.spec().inputs()) {
      var shape = shape(rows, input.shape());
      int count = rows * size(input.shape());
      if (input.dtype() == org.mdlc.runtime.data.DType.I32) {
        int end = input.ranges().getFirst().high();
        columns.put(input.name(), HostTensor.of(random.ints(count, 0, end).toArray(), shape));
        continue;
      }
      var values = new float[count];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat();
      }
      columns.put(input.name(), HostTensor.of(values, shape));
    }
    for (var target : model.spec().targets()) {
      var labels = new int[rows * size(target.shape())];
      Arrays.setAll(labels, i -> random.nextInt(2));
      var tensor = HostTensor.of(labels, shape(rows, target.shape()));
      columns.put(
          target.name(),
          target.dtype() == org.mdlc.runtime.data.DType.F32 ? tensor.toFloats() : tensor);
    }
    return ArrayDataset.of(columns);
  }

  private static int size(List<Integer> shape) {
    return shape.stream().reduce(1, (a, b) -> a * b);
  }

  private static int[] shape(int rows, List<Integer> row) {
    var shape = new int[row.size() + 1];
    shape[0] = rows;
    for (int i = 0; i < row.size(); i++) {
      shape[i + 1] = row.get(i);
    }
    return shape;
  }
}
