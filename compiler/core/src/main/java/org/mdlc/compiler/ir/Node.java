package org.mdlc.compiler.ir;

import java.util.List;

/** One operation applied: {@code results = op(operands)}. */
public record Node(Operation op, List<Value> operands, List<Value> results, Origin origin) {
  public Node {
    operands = List.copyOf(operands);
    results = List.copyOf(results);
  }

  /** The only result. */
  public Value result() {
    if (results.size() != 1) {
      throw new IllegalStateException(op.name() + " has " + results.size() + " results");
    }
    return results.get(0);
  }
}
