package org.mdlc.compiler.pass;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Build;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.Gather;
import org.mdlc.compiler.op.Ge;
import org.mdlc.compiler.op.ScatterAdd;
import org.mdlc.compiler.op.SumRows;
import org.mdlc.compiler.op.Transpose;

/**
 * Does without a large table that is zero almost everywhere, as the gradient of an embedding: only
 * the rows that occur are summed, and what works on the table element by element, as an optimizer's
 * update does, reads them, or zeros.
 *
 * <pre>
 * table = scatter_add(indices, updates)             places, sums = sum_rows(indices, updates)
 * y = mul(table, table)                     -&gt;      rows = gather(sums, places)
 *                                                   table = select(places &gt;= 0, rows, 0)
 *                                                   y = mul(table, table)
 * </pre>
 *
 * <p>Updates whose rows are transposed are taken as they are, and the indices transposed.
 */
public final class AvoidTablesOfZeros implements Pass {
  /** A table of so many elements does not stay in a processor's caches. */
  private static final long LARGE = 1 << 16;

  /** With fewer rows for each index of one example, a batch may well fill the table. */
  private static final long ROWS_PER_INDEX = 32;

  @Override
  public Graph run(Graph graph) {
    return new Round(graph).rebuild();
  }

  private static final class Round {
    private final Graph graph;
    private final GraphBuilder builder;
    private final Map<Integer, Node> definitions = new HashMap<>();
    private final Map<Integer, Value> here = new HashMap<>();

    /** Values that someone reads otherwise than element by element. */
    private final Set<Integer> neededWhole = new HashSet<>();

    Round(Graph graph) {
      this.graph = graph;
      this.builder = new GraphBuilder(graph.name());
    }

    Graph rebuild() {
      for (var node : graph.nodes()) {
        node.results().forEach(r -> definitions.put(r.id(), node));
        if (!(node.op() instanceof Elementwise)) {
          node.operands().forEach(v -> neededWhole.add(v.id()));
        }
      }
      graph.outputs().forEach(o -> neededWhole.add(o.value().id()));
      for (var input : graph.inputs()) {
        here.put(
            input.value().id(), builder.input(input.name(), input.role(), input.value().type()));
      }
      for (var node : graph.nodes()) {
        if (node.op() instanceof ScatterAdd scatter && isMostlyZeros(scatter, node)) {
          replace(scatter, node);
        } else {
          builder.copy(node, here);
        }
      }
      graph
          .outputs()
          .forEach(o -> builder.output(o.name(), o.role(), Known.in(here, o.value().id())));
      return builder.build();
    }

    private boolean isMostlyZeros(ScatterAdd scatter, Node node) {
      var shape = scatter.shape();
      var indices = node.operands().get(0).type().shape().elements();
      return scatter.axis() == 0
          && shape.elements().isConstant()
          && shape.elements().value() >= LARGE
          && shape.dim(0).value() >= ROWS_PER_INDEX * indices.at(1)
          && !neededWhole.contains(node.result().id());
    }

    private void replace(ScatterAdd scatter, Node node) {
      builder.at(node.origin());
      var indices = Known.in(here, node.operands().get(0).id());
      var updates = Known.in(here, node.operands().get(1).id());
      var made = definitions.get(node.operands().get(1).id());
      int axes = indices.type().rank();
      if (made != null && made.op() instanceof Transpose t && movesRows(t.order(), axes)) {
        var back = t.inverse().order().subList(0, axes);
        indices = Build.transpose(builder, indices, back);
        updates = Known.in(here, made.operands().get(0).id());
      }
      var shape = scatter.shape();
      var found = builder.addAll(new SumRows(shape.dim(0)), List.of(indices, updates));
      var places = found.get(0);
      var sums =
          Build.reshape(builder, found.get(1), SumRows.list(found.get(1).type().shape(), axes));
      var rows = builder.add(new Gather(0), sums, places);
      var occurs = builder.add(new Ge(), places, Build.like(builder, places, 0));
      var everywhere = Build.broadcast(builder, occurs, shape, List.of(0));
      var table = Build.select(builder, everywhere, rows, Build.like(builder, rows, 0));
      here.put(node.result().id(), table);
    }

    /** True when an order leaves all axes in place but the first ones. */
    private static boolean movesRows(List<Integer> order, int axes) {
      return IntStream.range(axes, order.size()).allMatch(i -> order.get(i) == i);
    }
  }
}
