package org.mdlc.compiler.pass;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Scan;

/**
 * Applies the {@link Rewrites} until none fires. Float results change by rounding at most. What is
 * replaced stays behind for {@link RemoveDeadCode}.
 */
public final class Simplify implements Pass {
  /**
   * Every rewrite makes a graph smaller or cheaper, so that a real model settles in three or four
   * rounds.
   */
  private static final int MOST_ROUNDS = 50;

  private final List<Rewrite> rewrites;

  public Simplify() {
    this(Rewrites.ALL);
  }

  Simplify(List<Rewrite> rewrites) {
    this.rewrites = List.copyOf(rewrites);
  }

  @Override
  public Graph run(Graph graph) {
    var current = new Round(graph).rebuild();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      var next = new Round(new RemoveDeadCode().run(current)).rebuild();
      if (next.equals(current)) {
        return current;
      }
      current = next;
    }
    throw new CompilerBug("Simplify", "the rewrites of " + graph.name() + " do not settle");
  }

  /** One rebuild of a graph from its first node to its last. */
  private final class Round {
    private final Graph graph;
    private final GraphBuilder builder;
    private final Map<Integer, Value> here = new HashMap<>();
    private final Map<Integer, Node> definitions = new HashMap<>();

    Round(Graph graph) {
      this.graph = graph;
      this.builder = new GraphBuilder(graph.name());
    }

    Graph rebuild() {
      for (var input : graph.inputs()) {
        here.put(
            input.value().id(), builder.input(input.name(), input.role(), input.value().type()));
      }
      graph.nodes().forEach(this::node);
      graph
          .outputs()
          .forEach(o -> builder.output(o.name(), o.role(), Known.in(here, o.value().id())));
      return builder.build();
    }

    private void node(Node node) {
      if (node.op() instanceof Scan scan) {
        copy(
            new Node(
                new Scan(run(scan.body()), scan.carries(), scan.sequences(), scan.reverse()),
                node.operands(),
                node.results(),
                node.origin()));
      } else if (node.results().size() != 1) {
        copy(node);
      } else {
        rewriteOrCopy(node);
      }
    }

    private void rewriteOrCopy(Node node) {
      var operands = node.operands().stream().map(v -> Known.in(here, v.id())).toList();
      builder.at(node.origin());
      var candidate =
          new Candidate(Op.of(node), operands, node.result().type(), builder, definitions);
      for (var rewrite : rewrites) {
        var better = rewrite.apply(candidate);
        if (better.isPresent()) {
          if (!better.get().type().equals(node.result().type())) {
            throw new CompilerBug(
                "Simplify", rewrite.getClass() + " makes " + better.get().type() + " of " + node);
          }
          here.put(node.result().id(), better.get());
          return;
        }
      }
      copy(node);
    }

    private void copy(Node node) {
      builder.copy(node, here);
      var copied = builder.lastNode();
      copied.results().forEach(r -> definitions.put(r.id(), copied));
    }
  }
}
