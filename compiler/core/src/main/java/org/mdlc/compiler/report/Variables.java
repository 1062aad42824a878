package org.mdlc.compiler.report;

import java.util.List;
import org.mdlc.compiler.plan.Buffer;
import org.mdlc.compiler.plan.Operands;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.Step;

/** The variables of a model that steps change. */
final class Variables {
  private Variables() {}

  /** Paths of the variables that a step itself writes. */
  static List<String> written(Step step, Program program) {
    return Operands.writes(step).stream()
        .map(program::buffer)
        .filter(b -> b.storage() instanceof Buffer.Variable)
        .map(b -> ((Buffer.Variable) b.storage()).path())
        .distinct()
        .toList();
  }
}
