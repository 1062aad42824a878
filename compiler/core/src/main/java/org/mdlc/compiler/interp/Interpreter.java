package org.mdlc.compiler.interp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.op.BindDims;
import org.mdlc.compiler.op.Control;
import org.mdlc.compiler.op.Tensor64;

/**
 * Runs graphs in float64, one operation after the other: slow, and the judge of every other way to
 * run them.
 */
public final class Interpreter {
  private Interpreter() {}

  /**
   * Runs a graph.
   *
   * @param inputs one tensor for each input of the graph, by name; more are ignored
   * @param batch what the dimension {@code batch} is
   * @return its outputs by name, in order
   * @throws IllegalArgumentException when an input is missing or of another type
   */
  public static Map<String, Tensor64> run(Graph graph, Map<String, Tensor64> inputs, long batch) {
    return run(graph, inputs, Map.of("batch", batch));
  }

  /** As {@link #run(Graph, Map, long)}, with numbers for any named dimensions. */
  public static Map<String, Tensor64> run(
      Graph graph, Map<String, Tensor64> inputs, Map<String, Long> dims) {
    var bound = BindDims.in(graph, dims);
    var arguments = new ArrayList<Tensor64>();
    for (var input : bound.inputs()) {
      var tensor = inputs.get(input.name());
      if (tensor == null) {
        throw new IllegalArgumentException(
            graph.name() + " needs " + input.name() + ", given are " + inputs.keySet());
      }
      if (!tensor.type().equals(input.value().type())) {
        throw new IllegalArgumentException(
            graph.name()
                + " needs "
                + input.name()
                + " as "
                + input.value().type()
                + ", not "
                + tensor.type());
      }
      arguments.add(tensor);
    }
    var results = Control.run(bound, arguments);
    var byName = new LinkedHashMap<String, Tensor64>();
    for (int i = 0; i < results.size(); i++) {
      byName.put(bound.outputs().get(i).name(), results.get(i));
    }
    return byName;
  }
}
