package org.mdlc.compiler.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.type.TensorType;

/** Makes a {@link Graph} node by node. Types are inferred as nodes are added. */
public final class GraphBuilder {
  private final String name;
  private final List<Graph.Input> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Graph.Output> outputs = new ArrayList<>();
  private Origin origin = Origin.NONE;
  private int nextId;

  public GraphBuilder(String name) {
    this.name = name;
  }

  /** A builder that goes on where a graph ends: same inputs and nodes, no outputs yet. */
  public static GraphBuilder continuing(Graph graph) {
    var builder = new GraphBuilder(graph.name());
    builder.inputs.addAll(graph.inputs());
    builder.nodes.addAll(graph.nodes());
    builder.nextId = graph.nextId();
    return builder;
  }

  /** Nodes added from now on carry this origin. */
  public GraphBuilder at(Origin origin) {
    this.origin = origin;
    return this;
  }

  public Origin origin() {
    return origin;
  }

  public Value input(String name, Role role, TensorType type) {
    var value = new Value(nextId++, type, name);
    inputs.add(new Graph.Input(name, role, value));
    return value;
  }

  public void output(String name, Role role, Value value) {
    outputs.add(new Graph.Output(name, role, value));
  }

  /** Adds a node with one result. */
  public Value add(Operation op, Value... operands) {
    return add(op, List.of(operands));
  }

  /** Adds a node with one result. */
  public Value add(Operation op, List<Value> operands) {
    var results = addAll(op, operands);
    if (results.size() != 1) {
      throw new IllegalStateException(op.name() + " has " + results.size() + " results");
    }
    return results.get(0);
  }

  /**
   * Adds a node.
   *
   * @throws ShapeError when the operands do not fit
   */
  public List<Value> addAll(Operation op, List<Value> operands) {
    return addNamed(op, operands, "", origin);
  }

  /** Adds a node whose first result carries a name of the user's. */
  public List<Value> addNamed(Operation op, List<Value> operands, String valueName, Origin at) {
    var types = op.infer(operands.stream().map(Value::type).toList());
    var results = new ArrayList<Value>();
    for (int i = 0; i < types.size(); i++) {
      results.add(new Value(nextId++, types.get(i), i == 0 ? valueName : ""));
    }
    nodes.add(new Node(op, operands, results, at));
    return List.copyOf(results);
  }

  /**
   * Copies the nodes of another graph into this one.
   *
   * @param arguments a value of this graph for each input of the other one
   * @return the values of the other graph's outputs here
   */
  public List<Value> inline(Graph graph, List<Value> arguments) {
    if (arguments.size() != graph.inputs().size()) {
      throw new IllegalArgumentException(
          graph.name() + " takes " + graph.inputs().size() + " arguments, not " + arguments.size());
    }
    var here = new java.util.HashMap<Integer, Value>();
    for (int i = 0; i < arguments.size(); i++) {
      here.put(graph.inputs().get(i).value().id(), arguments.get(i));
    }
    for (var node : graph.nodes()) {
      copy(node, here);
    }
    return graph.outputs().stream().map(o -> lookUp(here, o.value())).toList();
  }

  /** Copies one node, its operands looked up in {@code here}, which then knows its results. */
  public void copy(Node node, Map<Integer, Value> here) {
    var operands = node.operands().stream().map(v -> lookUp(here, v)).toList();
    var valueName = node.results().isEmpty() ? "" : node.results().get(0).name();
    var results = addNamed(node.op(), operands, valueName, node.origin());
    for (int i = 0; i < results.size(); i++) {
      here.put(node.results().get(i).id(), results.get(i));
    }
  }

  private static Value lookUp(Map<Integer, Value> here, Value value) {
    var found = here.get(value.id());
    if (found == null) {
      throw new IllegalStateException(value + " has no counterpart");
    }
    return found;
  }

  /** The node added last. */
  public Node lastNode() {
    return nodes.getLast();
  }

  /** The node that made a value; null for an input, or a value of another graph. */
  public @Nullable Node maker(Value value) {
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (nodes.get(i).results().contains(value)) {
        return nodes.get(i);
      }
    }
    return null;
  }

  /** The nodes so far. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** The inputs so far. */
  public List<Graph.Input> inputs() {
    return List.copyOf(inputs);
  }

  public Graph build() {
    return new Graph(name, inputs, nodes, outputs);
  }
}
