package org.mdlc.compiler.pass;

import java.util.Map;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.op.BindDims;

/** Puts numbers for the named dimensions that are known: from data, or from {@code --set T=80}. */
public record BindNamedDims(Map<String, Long> dims) implements Pass {
  public BindNamedDims {
    dims = Map.copyOf(dims);
  }

  @Override
  public Graph run(Graph graph) {
    return BindDims.in(graph, dims);
  }
}
