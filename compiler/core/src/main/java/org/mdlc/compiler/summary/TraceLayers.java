package org.mdlc.compiler.summary;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.summary.ModelSummary.Connection;
import org.mdlc.compiler.summary.ModelSummary.Layer;
import org.mdlc.compiler.summary.ModelSummary.Output;
import org.mdlc.compiler.type.Dim;

/**
 * Follows data through the prediction graph. Arithmetic between layers, which the graph has
 * operation by operation, is shown by expressions: all operations whose values only one other
 * operation reads belong to it, so that {@code relu(x + y)} is one line.
 */
final class TraceLayers {
  private static final String INPUT_KIND = "InputLayer";

  private final BoundProgram bound;
  private final Graph graph;
  private final OperationNames names;
  private final Map<String, Layer> layers = new LinkedHashMap<>();
  private final Map<String, Integer> calls = new HashMap<>();
  private final Map<Integer, List<Connection>> madeBy = new HashMap<>();
  private final Set<String> layerNames = new HashSet<>();

  /** Of the operations between layers: the last of each expression, with all that belong to it. */
  private final Map<Node, List<Node>> expressions;

  TraceLayers(BoundProgram bound) {
    this.bound = bound;
    this.graph = bound.predict();
    this.names = new OperationNames(graph);
    this.expressions = Expressions.of(graph);
  }

  List<Layer> layers() {
    graph.nodes().stream()
        .flatMap(n -> composite(n).stream())
        .forEach(c -> layerNames.add(name(c)));
    graph.inputs().stream().filter(i -> i.role() == Role.DATA).forEach(this::input);
    graph.nodes().forEach(this::node);
    return List.copyOf(layers.values());
  }

  private void input(Graph.Input input) {
    var sources =
        bound.hostSteps().stream()
            .filter(step -> step.port().name().equals(input.name()))
            .findFirst()
            .map(BoundProgram.HostStep::sources);
    if (sources.isEmpty()) {
      put(input.name(), Output.of(input.value().type()));
    } else {
      bound.texts().stream()
          .filter(text -> sources.get().contains(text.name()))
          .forEach(text -> put(text.name(), new Output(Output.TEXT, text.shape())));
    }
    madeBy.put(
        input.value().id(),
        sources.orElse(List.of(input.name())).stream()
            .map(name -> new Connection(name, 0, 0))
            .toList());
  }

  private void put(String input, Output type) {
    layers.put(
        input, new Layer(input, INPUT_KIND, List.of(type), 0, List.of(), Dim.ZERO, List.of()));
    layerNames.add(input);
  }

  private void node(Node node) {
    var composite = composite(node);
    var expression = expressions.get(node);
    if (composite.isPresent()) {
      call(composite.get(), node);
    } else if (expression != null) {
      expression(node, expression);
    }
  }

  private static Optional<Composite> composite(Node node) {
    return node.op() instanceof Composite composite ? Optional.of(composite) : Optional.empty();
  }

  private static String name(Composite composite) {
    return composite.scope().isEmpty() ? composite.kind() : composite.scope();
  }

  private void call(Composite composite, Node node) {
    String name = name(composite);
    int call = calls.merge(name, 1, Integer::sum) - 1;
    made(node, name, call);
    var connections = new ArrayList<Connection>();
    var flops = cost(node);
    var earlier = layers.get(name);
    if (earlier != null) {
      connections.addAll(earlier.connections());
      flops = flops.plus(earlier.flops());
    }
    connections.addAll(sources(List.of(node)));
    layers.put(
        name,
        new Layer(
            name,
            composite.kind(),
            types(node),
            parameters(name),
            connections,
            flops,
            composite.scope().isEmpty() ? places(List.of(node)) : List.of()));
  }

  private void expression(Node last, List<Node> all) {
    var sources = sources(all);
    if (sources.isEmpty()) {
      return; // made of constants and weights: no data comes here
    }
    var name = unused(names.name(all));
    made(last, name, 0);
    var flops = all.stream().map(TraceLayers::cost).reduce(Dim.ZERO, Dim::plus);
    layers.put(
        name,
        new Layer(
            name,
            names.kind(all),
            types(last),
            weightsRead(all),
            List.copyOf(sources),
            flops,
            places(all)));
  }

  private static List<String> places(List<Node> nodes) {
    return nodes.stream().map(node -> node.origin().place()).distinct().toList();
  }

  /** Keras's rule: add, add_1, add_2. */
  private String unused(String name) {
    var free = name;
    for (int i = 1; !layerNames.add(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }

  private void made(Node node, String name, int call) {
    var outputs = outputs(node);
    for (var result : node.results()) {
      // a mask comes with the first output
      int output = Math.max(0, outputs.indexOf(result));
      madeBy.put(result.id(), List.of(new Connection(name, call, output)));
    }
  }

  private Set<Connection> sources(List<Node> nodes) {
    var found = new LinkedHashSet<Connection>();
    for (var node : nodes) {
      for (var operand : node.operands()) {
        found.addAll(madeBy.getOrDefault(operand.id(), List.of()));
      }
    }
    return found;
  }

  private static Dim cost(Node node) {
    return Op.of(node).cost(node.operands().stream().map(Value::type).toList()).flops();
  }

  private static List<Output> types(Node node) {
    return outputs(node).stream().map(r -> Output.of(r.type())).toList();
  }

  /** What a layer returns: not its mask, the logits behind it, losses and states. */
  private static List<Value> outputs(Node node) {
    if (!(node.op() instanceof Composite composite)) {
      return node.results();
    }
    var named = composite.body().outputs();
    return IntStream.range(0, named.size())
        .filter(i -> named.get(i).role() == Role.RESULT && named.get(i).name().matches("y\\d*"))
        .mapToObj(node.results()::get)
        .toList();
  }

  private long parameters(String layer) {
    return bound.variables().stream()
        .filter(v -> ModelSummary.isWeight(v) && v.path().startsWith(layer + "/"))
        .mapToLong(ModelSummary::elements)
        .sum();
  }

  /** Elements of the model's own weights that these operations read. */
  private long weightsRead(List<Node> nodes) {
    var read = new HashSet<Integer>();
    nodes.forEach(n -> n.operands().forEach(o -> read.add(o.id())));
    return graph.inputs().stream()
        .filter(i -> i.role() == Role.PARAM || i.role() == Role.STATE)
        .filter(i -> read.contains(i.value().id()))
        .mapToLong(i -> i.value().type().shape().elements().constant().orElse(0))
        .sum();
  }
}
