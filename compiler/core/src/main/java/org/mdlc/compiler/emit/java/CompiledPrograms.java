package org.mdlc.compiler.emit.java;

import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.summary.ModelSummary;

/**
 * A model ready to print: its bound form and one planned program per phase.
 *
 * @param train one per stage
 * @param summary what {@code summary} prints
 */
public record CompiledPrograms(
    BoundProgram bound,
    Program initialize,
    Program predict,
    Optional<Program> evaluate,
    Optional<Program> adapt,
    List<Program> train,
    ModelSummary summary) {
  /**
   * What a generated step has beside the memory of its program: {@code Lanes.SCRATCH_BYTES} of the
   * runtime.
   */
  public static final long SCRATCH_BYTES = 24_832;

  public CompiledPrograms {
    train = List.copyOf(train);
  }
}
