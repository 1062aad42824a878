package org.mdlc.compiler.emit.java;

import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.type.Dim;

/**
 * Which kernels have a twin of plain loops for the first run of a step. Vectors are quick only in
 * the code of HotSpot's second compiler, which comes after many rounds; until then each operation
 * on one is some calls and an object, and a plain loop is ten times quicker. The twin of an
 * element-wise kernel gives the same bits; sums of plain loops have another order, so a kernel with
 * a reduction has none.
 */
final class FirstRun {
  /** Fewer points take less time than the twin's code takes to load. */
  private static final long FEWEST_POINTS = 16_384;

  private static final long LARGE_BATCH = 64;

  private FirstRun() {}

  static boolean isWorthATwin(Kernel kernel) {
    return kernel.stages().stream().allMatch(stage -> stage.reduces().isEmpty())
        && Vectorizable.test(kernel, new Registers(kernel, true))
        && kernel.axes().stream().reduce(Dim.ONE, Dim::times).at(LARGE_BATCH) >= FEWEST_POINTS;
  }
}
