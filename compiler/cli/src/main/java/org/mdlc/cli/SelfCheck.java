package org.mdlc.cli;

import java.util.Locale;
import java.util.Optional;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.driver.InMemoryJavac.GeneratedCodeException;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.kernel.KernelException;

/**
 * Compiles a tiny model, trains it for a step, and compares with the numbers that must come out.
 */
final class SelfCheck {
  private static final String MODEL =
      """
      model Check { input x: f32[8, 8, 1]  output y = x |> Conv2D(8, 3, activation = relu) |> Flatten() |> Dense(3) }
      train Check { loss SparseCategoricalCrossentropy(from_logits = true)  optimizer Adam(0.01) }
      """;
  private static final int ROWS = 16;
  private static final int SEED = 42;

  /** The loss before and after the step; the same on every machine but for the order of sums. */
  static final double[] LOSSES = {1.094625, 1.077907};

  private static final double TOLERANCE = 1e-4;

  private SelfCheck() {}

  static Finding run(KernelStyle kernels) {
    long start = System.nanoTime();
    try {
      var losses = losses(kernels);
      long millis = (System.nanoTime() - start) / 1_000_000;
      return wrong(losses)
          .map(
              text ->
                  Finding.problem(
                      "self-check", text, "please report this, with all lines of mdlc doctor"))
          .orElseGet(
              () ->
                  Finding.ok(
                      "self-check",
                      "a small model compiled and trained right in " + millis + " ms"));
    } catch (KernelException | GeneratedCodeException e) {
      return Finding.problem("self-check", Failures.text(e), "see the lines above");
    }
  }

  private static Optional<String> wrong(double[] losses) {
    for (int i = 0; i < losses.length; i++) {
      // the negation is true of NaN
      if (!(Math.abs(losses[i] - LOSSES[i]) <= TOLERANCE)) {
        return Optional.of(
            String.format(Locale.ROOT, "the loss is %.6f, not %.6f", losses[i], LOSSES[i]));
      }
    }
    return Optional.empty();
  }

  /** Before and after a step. */
  static double[] losses(KernelStyle kernels) {
    var request = CompileRequest.of(SourceFile.of("check.mdl", MODEL)).withKernels(kernels);
    var bound = Compiler.bind(request).bound().orElseThrow();
    try (var model =
        (Model)
            InMemoryJavac.create(
                Compiler.generate(bound, request), SEED, SelfCheck.class.getClassLoader())) {
      var rows = rows();
      return new double[] {
        model.trainOnBatch(rows).require("loss"), model.testOnBatch(rows).require("loss")
      };
    }
  }

  private static ArrayDataset rows() {
    var x = new float[ROWS * 64];
    var y = new int[ROWS];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 7 / 7f;
    }
    for (int i = 0; i < ROWS; i++) {
      y[i] = i % 3;
    }
    return ArrayDataset.of("x", HostTensor.of(x, ROWS, 8, 8, 1), "y", HostTensor.of(y, ROWS));
  }
}
