package org.mdlc.compiler.plan;

import java.util.Map;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.pass.DumpSink;
import org.mdlc.compiler.pass.Pipeline;

/** Programs for tests of other packages. */
public final class Programs {
  private Programs() {}

  /**
   * Optimised and planned; without sharing every buffer has memory of its own and variables are
   * copied at the end.
   */
  public static Program of(Graph graph, boolean shareMemory) {
    return MakeProgram.run(Pipeline.optimize(Map.of()).run(graph, DumpSink.NONE), 32, shareMemory);
  }
}
