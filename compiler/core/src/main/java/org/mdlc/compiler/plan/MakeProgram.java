package org.mdlc.compiler.plan;

import java.util.List;
import org.mdlc.compiler.ir.Graph;

/**
 * From a graph of primitives to a program: kernels are fused, steps ordered, buffers placed.
 *
 * <p>Every dimension but the batch must be a number. An output of a role that is a variable is
 * written to the variable of its name.
 */
public final class MakeProgram {
  private MakeProgram() {}

  /**
   * @param graph optimised: composites inlined, dead code gone
   * @param reportBatch the batch size that the memory report is for; the program itself fits any
   */
  public static Program run(Graph graph, long reportBatch) {
    return run(graph, reportBatch, true);
  }

  /**
   * As {@link #run(Graph, long)}; without sharing every buffer has memory of its own, for
   * comparison in tests.
   */
  static Program run(Graph graph, long reportBatch, boolean shareMemory) {
    var draft = new Draft();
    var steps = LowerGraph.top(graph, draft);
    List<Step> updated = shareMemory ? UpdateInPlace.run(steps, draft.buffers()) : steps;
    var rowLoops = RunByRows.run(FindRowLoops.run(updated), draft);
    var used = UsedBuffers.of(rowLoops.steps(), rowLoops.buffers());
    return PlanMemory.run(graph.name(), used.buffers(), used.steps(), reportBatch, shareMemory);
  }
}
