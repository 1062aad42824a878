package org.mdlc.compiler.pass;

import java.util.Optional;
import org.mdlc.compiler.ir.Value;

/** One local improvement, tried on every node with one result while a graph is rebuilt. */
interface Rewrite {
  /** A value equal to the candidate's result and cheaper, or nothing. */
  Optional<Value> apply(Candidate node);
}
