package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Puts numbers for named dimensions: in the types of all values, in attributes and in nested
 * graphs.
 */
public final class BindDims {
  private final Map<String, Long> dims;

  private BindDims(Map<String, Long> dims) {
    this.dims = dims;
  }

  /** The graph with the named dimensions replaced; value ids stay, names not in the map stay. */
  public static Graph in(Graph graph, Map<String, Long> dims) {
    return dims.isEmpty() ? graph : new BindDims(dims).graph(graph);
  }

  /** The operation with the named dimensions in its attributes replaced. */
  public static Op in(Op op, Map<String, Long> dims) {
    return new BindDims(dims).op(op);
  }

  private Graph graph(Graph graph) {
    var values = new HashMap<Integer, Value>();
    var inputs = new ArrayList<Graph.Input>();
    for (var input : graph.inputs()) {
      inputs.add(new Graph.Input(input.name(), input.role(), bound(input.value(), values)));
    }
    var nodes = new ArrayList<Node>();
    for (var node : graph.nodes()) {
      var operands = node.operands().stream().map(v -> bound(v, values)).toList();
      var results = node.results().stream().map(v -> bound(v, values)).toList();
      nodes.add(new Node(op(Op.of(node)), operands, results, node.origin()));
    }
    var outputs =
        graph.outputs().stream()
            .map(o -> new Graph.Output(o.name(), o.role(), bound(o.value(), values)))
            .toList();
    return new Graph(graph.name(), inputs, nodes, outputs);
  }

  private Value bound(Value value, Map<Integer, Value> values) {
    return values.computeIfAbsent(
        value.id(), id -> new Value(id, value.type().bind(dims), value.name()));
  }

  private Op op(Op op) {
    var attributes = Attributes.of(op);
    if (attributes.isEmpty()) {
      return op;
    }
    var replaced = attributes.stream().map(this::attribute).toList();
    return replaced.equals(attributes) ? op : Attributes.make(op.getClass(), replaced);
  }

  private Object attribute(Object value) {
    return switch (value) {
      case Dim dim -> dim.bind(dims);
      case Shape shape -> shape.bind(dims);
      case TensorType type -> type.bind(dims);
      case Graph graph -> graph(graph);
      case List<?> list -> list.stream().map(this::attribute).toList();
      default -> value;
    };
  }
}
