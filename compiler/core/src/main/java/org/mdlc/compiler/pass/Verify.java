package org.mdlc.compiler.pass;

import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;

/**
 * Holds every value of a graph against the type its operation infers. That values are defined once
 * and before use, {@link Graph} holds itself.
 */
public final class Verify {
  private Verify() {}

  /**
   * Checks a graph and the graphs within.
   *
   * @param pass what made the graph
   * @throws CompilerBug naming the first value that is wrong
   */
  public static void check(Graph graph, String pass) {
    for (var node : graph.nodes()) {
      var operands = node.operands().stream().map(Value::type).toList();
      var results = node.results().stream().map(Value::type).toList();
      try {
        var inferred = node.op().infer(operands);
        if (!inferred.equals(results)) {
          throw new CompilerBug(
              pass, node.op() + " of " + operands + " makes " + inferred + ", not " + results);
        }
      } catch (ShapeError e) {
        throw new CompilerBug(pass, node.op() + " of " + operands + ": " + e.getMessage(), e);
      }
      node.op().regions().forEach(region -> check(region, pass));
    }
  }
}
