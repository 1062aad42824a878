package org.mdlc.compiler.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.type.Shape;

/**
 * What a model is made of, as Keras's {@code summary} counts it.
 *
 * @param layers inputs and layers in the order in which data reaches them; a layer that is called
 *     several times stands once
 * @param trainable number of elements of the trained weights
 * @param nonTrainable number of elements of states and frozen weights
 */
public record ModelSummary(String model, List<Layer> layers, long trainable, long nonTrainable) {
  private static final String INPUT_KIND = "InputLayer";

  /**
   * One line of the table.
   *
   * @param name its path in the model
   * @param kind what is called, such as {@code Conv2D}
   * @param outputs what the last call gives; the first dimension is the batch
   * @param parameters number of elements of all weights and states inside
   * @param connections what it reads, call after call
   */
  public record Layer(
      String name,
      String kind,
      List<Shape> outputs,
      long parameters,
      List<Connection> connections) {
    public Layer {
      outputs = List.copyOf(outputs);
      connections = List.copyOf(connections);
    }
  }

  /**
   * A tensor that a layer reads.
   *
   * @param layer the name of the layer that made it
   * @param call which call of that layer, from 0
   * @param output which of its outputs, from 0
   */
  public record Connection(String layer, int call, int output) {}

  public ModelSummary {
    layers = List.copyOf(layers);
  }

  public static ModelSummary of(BoundProgram bound) {
    long trainable = 0;
    long all = 0;
    for (var variable : bound.variables()) {
      if (isWeight(variable)) {
        all += elements(variable);
        trainable += variable.trainable() ? elements(variable) : 0;
      }
    }
    return new ModelSummary(bound.model(), new Tracer(bound).layers(), trainable, all - trainable);
  }

  /** Whether each layer reads just the layer above it, so that connections need not be shown. */
  public boolean isChain() {
    for (int i = 0; i < layers.size(); i++) {
      var reads = layers.get(i).connections();
      var followsPrevious =
          i == 0
              ? reads.isEmpty()
              : reads.size() == 1 && reads.get(0).layer().equals(layers.get(i - 1).name());
      if (!followsPrevious) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWeight(BoundProgram.Variable variable) {
    return variable.role() == Role.PARAM || variable.role() == Role.STATE;
  }

  private static long elements(BoundProgram.Variable variable) {
    return variable.type().shape().elements().constant().orElse(0);
  }

  /** Follows data through the prediction graph. */
  private static final class Tracer {
    private final BoundProgram bound;
    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final Map<String, Integer> calls = new HashMap<>();
    private final Map<Integer, List<Connection>> madeBy = new HashMap<>();
    private final Map<Integer, Node> nodeOf = new HashMap<>();

    Tracer(BoundProgram bound) {
      this.bound = bound;
    }

    List<Layer> layers() {
      Graph graph = bound.predict();
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
        put(input.name(), input.value().type().shape());
      } else {
        bound.texts().stream()
            .filter(text -> sources.get().contains(text.name()))
            .forEach(text -> put(text.name(), text.shape()));
      }
      madeBy.put(
          input.value().id(),
          sources.orElse(List.of(input.name())).stream()
              .map(name -> new Connection(name, 0, 0))
              .toList());
    }

    private void put(String input, Shape shape) {
      layers.put(input, new Layer(input, INPUT_KIND, List.of(shape), 0, List.of()));
    }

    private void node(Node node) {
      node.results().forEach(result -> nodeOf.put(result.id(), node));
      if (node.op() instanceof Composite layer) {
        call(layer, node);
      }
    }

    private void call(Composite composite, Node node) {
      String name = composite.scope().isEmpty() ? composite.kind() : composite.scope();
      int call = calls.merge(name, 1, Integer::sum) - 1;
      for (int i = 0; i < node.results().size(); i++) {
        madeBy.put(node.results().get(i).id(), List.of(new Connection(name, call, i)));
      }
      var connections = new ArrayList<Connection>();
      var earlier = layers.get(name);
      if (earlier != null) {
        connections.addAll(earlier.connections());
      }
      connections.addAll(sources(node.operands()));
      var outputs = node.results().stream().map(result -> result.type().shape()).toList();
      layers.put(name, new Layer(name, composite.kind(), outputs, parameters(name), connections));
    }

    /** The layers and inputs that values come from, through any arithmetic in between. */
    private Set<Connection> sources(List<Value> values) {
      var found = new LinkedHashSet<Connection>();
      var seen = new HashSet<Integer>();
      for (var value : values) {
        trace(value, found, seen);
      }
      return found;
    }

    private void trace(Value value, Set<Connection> found, Set<Integer> seen) {
      var open = new ArrayList<>(List.of(value));
      while (!open.isEmpty()) {
        var next = open.removeLast();
        var maker = nodeOf.get(next.id());
        if (madeBy.containsKey(next.id())) {
          found.addAll(madeBy.getOrDefault(next.id(), List.of()));
        } else if (maker != null && seen.add(next.id())) {
          open.addAll(maker.operands().reversed());
        }
      }
    }

    private long parameters(String layer) {
      return bound.variables().stream()
          .filter(v -> isWeight(v) && v.path().startsWith(layer + "/"))
          .mapToLong(ModelSummary::elements)
          .sum();
    }
  }
}
