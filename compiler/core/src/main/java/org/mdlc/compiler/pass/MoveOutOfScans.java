package org.mdlc.compiler.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Build;
import org.mdlc.compiler.op.Contraction;
import org.mdlc.compiler.op.Convolution;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.op.Source;
import org.mdlc.compiler.op.View;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/**
 * Does for all steps of a scan at once what needs no carried value: products of a step's input with
 * a weight, and what they are made from and only adds to them; and once what is the same in every
 * step.
 *
 * <pre>
 * h, ys = scan(start, xs, w, u) { a = matmul(x, w)           as = matmul(xs, w)
 *                                 b = matmul(h, u)       -&gt;  h, ys = scan(start, as, u) { b = matmul(h, u)
 *                                 c = add(a, b); -&gt; c, c }                             c = add(a, b); -&gt; c, c }
 * </pre>
 *
 * <p>Before differentiation, so that the gradient of such a product is one product too.
 */
public final class MoveOutOfScans implements Pass {
  @Override
  public Graph run(Graph graph) {
    var builder = new GraphBuilder(graph.name());
    var here = new HashMap<Integer, Value>();
    for (var input : graph.inputs()) {
      here.put(input.value().id(), builder.input(input.name(), input.role(), input.value().type()));
    }
    for (var node : graph.nodes()) {
      if (node.op() instanceof Scan scan) {
        var inner = new Scan(run(scan.body()), scan.carries(), scan.sequences(), scan.reverse());
        new Move(inner, node, builder, here).rebuild();
      } else {
        builder.copy(node, here);
      }
    }
    graph
        .outputs()
        .forEach(o -> builder.output(o.name(), o.role(), Known.in(here, o.value().id())));
    return builder.build();
  }

  /** What a value of the body depends on. */
  private enum From {
    /** Nothing: cheap enough to be made inside and outside. */
    NOWHERE,
    OUTSIDE,
    /** The step's inputs, in a way that can be done for all steps at once. */
    SEQUENCES,
    CARRIES
  }

  /** One scan on its way into the new graph. */
  private static final class Move {
    private final Scan scan;
    private final Node node;
    private final Graph body;
    private final GraphBuilder builder;
    private final Map<Integer, Value> here;
    private final Dim length;
    private final Map<Integer, From> from = new HashMap<>();
    private final Set<Node> moved = new HashSet<>();

    /** Values of the body that exist outside: with a first axis of steps, or as they are. */
    private final Map<Integer, Value> outside = new HashMap<>();

    Move(Scan scan, Node node, GraphBuilder builder, Map<Integer, Value> here) {
      this.scan = scan;
      this.node = node;
      this.body = scan.body();
      this.builder = builder;
      this.here = here;
      this.length = scan.length(node.operands().stream().map(Value::type).toList());
    }

    void rebuild() {
      classify();
      choose();
      builder.at(node.origin());
      if (moved.isEmpty()) {
        builder.copy(new Node(scan, node.operands(), node.results(), node.origin()), here);
        return;
      }
      for (var inner : body.nodes()) {
        if (moved.contains(inner)) {
          move(inner);
        }
      }
      remainder();
    }

    private void classify() {
      for (int i = 0; i < body.inputs().size(); i++) {
        int id = body.inputs().get(i).value().id();
        boolean carried = i < scan.carries();
        boolean sequence = !carried && i < scan.carries() + scan.sequences();
        from.put(id, carried ? From.CARRIES : sequence ? From.SEQUENCES : From.OUTSIDE);
        if (!carried) {
          outside.put(id, Known.in(here, node.operands().get(i).id()));
        }
      }
      for (var inner : body.nodes()) {
        var origin = from(inner);
        inner.results().forEach(r -> from.put(r.id(), origin));
      }
    }

    private From from(Node inner) {
      var deepest =
          inner.operands().stream()
              .map(v -> Known.in(from, v.id()))
              .max(Enum::compareTo)
              .orElse(From.NOWHERE);
      return deepest == From.SEQUENCES && !worksOnAllSteps(inner) ? From.CARRIES : deepest;
    }

    private boolean worksOnAllSteps(Node inner) {
      return switch (inner.op()) {
        case Elementwise _, Broadcast _ -> true;
        case MatMul m ->
            !m.transposeA()
                && isSequence(inner.operands().get(0))
                && !isSequence(inner.operands().get(1))
                && inner.operands().get(1).type().rank() == 2;
        case Convolution _ ->
            isSequence(inner.operands().get(0)) && !isSequence(inner.operands().get(1));
        default -> false;
      };
    }

    private boolean isSequence(Value value) {
      return Known.in(from, value.id()) == From.SEQUENCES;
    }

    /** Products, what they need, what only adds to them; and arithmetic on what stays the same. */
    private void choose() {
      var chosen = new HashSet<Integer>();
      for (var inner : body.nodes()) {
        var origin =
            inner.results().isEmpty() ? From.CARRIES : Known.in(from, inner.results().get(0).id());
        boolean goes =
            switch (origin) {
              case OUTSIDE -> !(inner.op() instanceof View) && !(inner.op() instanceof Source);
              case SEQUENCES ->
                  inner.op() instanceof Contraction
                      || inner.operands().stream()
                          .anyMatch(v -> isSequence(v) && chosen.contains(v.id()));
              case NOWHERE, CARRIES -> false;
            };
        if (goes) {
          moved.add(inner);
          inner.results().forEach(r -> chosen.add(r.id()));
        }
      }
      for (var inner : body.nodes().reversed()) {
        if (inner.results().stream().anyMatch(r -> chosen.contains(r.id()))) {
          moved.add(inner);
          inner.operands().forEach(v -> chosen.add(v.id()));
        }
      }
    }

    // ---- outside

    private void move(Node inner) {
      builder.at(inner.origin());
      var operands = inner.operands().stream().map(v -> Known.in(outside, v.id())).toList();
      if (inner.results().stream().noneMatch(this::isSequence)) {
        var results = builder.addAll(inner.op(), operands);
        for (int i = 0; i < results.size(); i++) {
          outside.put(inner.results().get(i).id(), results.get(i));
        }
        return;
      }
      outside.put(
          inner.result().id(),
          switch (Op.of(inner)) {
            case Broadcast b -> broadcast(b, operands.get(0));
            case Convolution c -> convolution(c, inner, operands);
            case MatMul m -> builder.add(m, operands);
            case Op op ->
                builder.add(
                    op,
                    IntStream.range(0, operands.size())
                        .mapToObj(i -> onAllSteps(inner.operands().get(i), operands.get(i)))
                        .toList());
          });
    }

    private Value broadcast(Broadcast op, Value all) {
      var axes = new ArrayList<Integer>();
      axes.add(0);
      op.axes().forEach(a -> axes.add(a + 1));
      return Build.broadcast(builder, all, stacked(op.shape()), axes);
    }

    /** The steps join the examples: a convolution knows no other axes. */
    private Value convolution(Convolution op, Node inner, List<Value> operands) {
      var x = inner.operands().get(0).type().shape();
      var y = inner.result().type().shape();
      var rows = Build.reshape(builder, operands.get(0), x.with(0, x.dim(0).times(length)));
      return Build.reshape(builder, builder.add(op, rows, operands.get(1)), stacked(y));
    }

    private Value onAllSteps(Value inner, Value value) {
      return isSequence(inner)
          ? value
          : Build.broadcastTo(builder, value, stacked(inner.type().shape()));
    }

    private Shape stacked(Shape step) {
      var dims = new ArrayList<Dim>();
      dims.add(length);
      dims.addAll(step.dims());
      return new Shape(dims);
    }

    // ---- what stays a loop

    private void remainder() {
      var step = new GraphBuilder(body.name());
      var inside = new HashMap<Integer, Value>();
      var operands = new ArrayList<Value>();
      for (int i = 0; i < scan.carries(); i++) {
        input(step, inside, body.inputs().get(i).value(), body.inputs().get(i).name());
        operands.add(Known.in(here, node.operands().get(i).id()));
      }
      var read = readInside();
      var sequences = entering(read, true);
      if (sequences.isEmpty()) { // it says how many steps there are
        sequences.add(body.inputs().get(scan.carries()).value());
      }
      var invariants = entering(read, false);
      for (var values : List.of(sequences, invariants)) {
        for (var value : values) {
          input(step, inside, value, value.name());
          operands.add(Known.in(outside, value.id()));
        }
      }
      for (var inner : body.nodes()) {
        if (!moved.contains(inner) || isSource(inner)) {
          step.copy(inner, inside);
        }
      }
      finish(step, inside, sequences.size(), operands);
    }

    private static void input(
        GraphBuilder step, Map<Integer, Value> inside, Value value, String name) {
      inside.put(value.id(), step.input(name, Role.DATA, value.type()));
    }

    private static boolean isSource(Node inner) {
      return inner.op() instanceof Source;
    }

    /** Values that the remaining steps and outputs read. */
    private Map<Integer, Value> readInside() {
      var read = new LinkedHashMap<Integer, Value>();
      for (var inner : body.nodes()) {
        if (!moved.contains(inner)) {
          inner.operands().forEach(v -> read.put(v.id(), v));
        }
      }
      for (int i = 0; i < body.outputs().size(); i++) {
        var value = body.outputs().get(i).value();
        if (i < scan.carries() || stackedOutside(value) == null) {
          read.put(value.id(), value);
        }
      }
      return read;
    }

    /** Those of them that come from outside the body. */
    private List<Value> entering(Map<Integer, Value> read, boolean sequence) {
      var made = new HashSet<Integer>();
      for (var inner : body.nodes()) {
        if (!moved.contains(inner) || isSource(inner)) {
          inner.results().forEach(r -> made.add(r.id()));
        }
      }
      return new ArrayList<>(
          read.values().stream()
              .filter(v -> outside.containsKey(v.id()) && !made.contains(v.id()))
              .filter(v -> isSequence(v) == sequence)
              .toList());
    }

    /** A stacked output that exists already. */
    private @Nullable Value stackedOutside(Value value) {
      return isSequence(value) ? outside.get(value.id()) : null;
    }

    private void finish(
        GraphBuilder step, Map<Integer, Value> inside, int sequences, List<Value> operands) {
      var results = new ArrayList<Value>();
      for (int i = 0; i < body.outputs().size(); i++) {
        var output = body.outputs().get(i);
        var ready = i < scan.carries() ? null : stackedOutside(output.value());
        if (ready != null) {
          here.put(node.results().get(i).id(), ready);
        } else {
          step.output(output.name(), output.role(), Known.in(inside, output.value().id()));
          results.add(node.results().get(i));
        }
      }
      if (results.isEmpty()) {
        return;
      }
      builder.at(node.origin());
      var smaller = new Scan(step.build(), scan.carries(), sequences, scan.reverse());
      var found = builder.addAll(smaller, operands);
      for (int i = 0; i < found.size(); i++) {
        here.put(results.get(i).id(), found.get(i));
      }
    }
  }
}
