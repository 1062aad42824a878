package org.mdlc.compiler.pass;

import org.mdlc.compiler.ir.Graph;

/** Makes a better graph of the same meaning. Never changes its argument. */
public interface Pass {
  Graph run(Graph graph);

  /** The name of dumps and of {@code --dump-after}: the class name. */
  default String name() {
    return getClass().getSimpleName();
  }
}
