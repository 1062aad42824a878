package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.op.Tensor64;

/** The graphs of the library's layers, for tests of what comes after binding. */
public final class LayerGraphs {
  private LayerGraphs() {}

  /**
   * A layer with its gradients.
   *
   * @param graph its inputs are named in {@code inputs}
   */
  public record Example(String name, Graph graph, Map<String, Tensor64> inputs, int batch) {}

  /** Every case that is compared with Keras, in evaluation and where it differs in training. */
  public static List<Example> all() {
    var examples = new ArrayList<Example>();
    Parity.tests(
            "layer", (name, expression) -> LayerParityTest.layer(name, expression, examples::add))
        .forEach(
            t -> {
              try {
                t.getExecutable().execute();
              } catch (Throwable e) {
                throw new AssertionError(t.getDisplayName(), e);
              }
            });
    return examples;
  }
}
