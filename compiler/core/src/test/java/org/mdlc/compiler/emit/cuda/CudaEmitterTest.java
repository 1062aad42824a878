package org.mdlc.compiler.emit.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.compiler.ir.Origin;
import org.mdlc.compiler.op.Exp;
import org.mdlc.compiler.plan.Buffer;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Operand;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.cuda.DeviceHeaders;

/** The text printed for kernels: golden files, and whether NVIDIA's compiler takes them. */
final class CudaEmitterTest {
  @TestFactory
  Stream<DynamicTest> printsAsBefore() {
    return KernelFiles.all().stream()
        .map(
            kernel ->
                DynamicTest.dynamicTest(
                    kernel.name(),
                    () ->
                        KernelFiles.assertGolden(
                            kernel.name() + ".cu",
                            CudaEmitter.ofKernels(kernel.name(), List.of(kernel)).text())));
  }

  @Test
  void printsAModel() throws Exception {
    var softmax = KernelFiles.named("softmax");
    var program =
        new Program(
            "predict",
            List.of(
                new Buffer(0, "x", DType.F32, Dim.BATCH.times(37), new Buffer.Input("x")),
                new Buffer(1, "y", DType.F32, Dim.BATCH.times(37), new Buffer.Result("y"))),
            List.of(
                new Step.KernelCall(
                    "probabilities",
                    softmax,
                    List.of(Operand.of(0), Operand.of(1)),
                    List.of(
                        new Step.Part(
                            new Exp(),
                            new Origin("", "digits.mdl:12:3", "output y = softmax(x)"))))),
            Map.of(),
            List.of(),
            Program.MemoryReport.NONE);
    var source = CudaEmitter.emit("Digits", List.of(program));
    KernelFiles.assertGolden("model.cu", source.text());
    assertThat(source.launches())
        .containsExactly(new Launch("predict_probabilities", Dim.BATCH, 64));
  }

  @Test
  void refusesTwoKernelsOfOneName() {
    var softmax = KernelFiles.named("softmax");
    assertThatThrownBy(() -> CudaEmitter.ofKernels("twice", List.of(softmax, softmax)))
        .hasMessageContaining("two kernels are called softmax");
  }

  @Test
  void keepsItsOwnNamesApartFromTheModels() {
    var kernel = KernelFiles.named("column_sum");
    var params =
        List.of(renamed(kernel.params().get(0), "batch"), renamed(kernel.params().get(1), "float"));
    var clashing =
        new Kernel(
            "clashing", params, kernel.axes(), kernel.outer(), kernel.lanes(), kernel.stages());
    assertThat(KernelPrinter.print(clashing))
        .contains("(const float* batch_, float* float_, int batch)");
  }

  private static Kernel.Param renamed(Kernel.Param param, String name) {
    return new Kernel.Param(name, param.type(), param.access(), param.elements());
  }

  @Test
  void nvccCompilesEveryText(@TempDir Path folder) throws Exception {
    assumeTrue(
        Commands.isOnPath("nvcc"), "nvcc is not on the PATH: texts were not compiled for a GPU");
    DeviceHeaders.writeTo(folder);
    Files.writeString(
        folder.resolve("all.cu"), CudaEmitter.ofKernels("all", KernelFiles.all()).text());
    Commands.run(
        folder,
        List.of(
            "nvcc",
            "-std=c++17",
            "--fmad=false",
            "-arch=sm_90",
            "-Werror",
            "all-warnings",
            "-cubin",
            "all.cu"));
    assertThat(folder.resolve("all.cubin")).isNotEmptyFile();
  }
}
