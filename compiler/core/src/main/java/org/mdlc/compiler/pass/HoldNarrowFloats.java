package org.mdlc.compiler.pass;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Abs;
import org.mdlc.compiler.op.Build;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.Gather;
import org.mdlc.compiler.op.Identity;
import org.mdlc.compiler.op.Max;
import org.mdlc.compiler.op.MaxPool;
import org.mdlc.compiler.op.Min;
import org.mdlc.compiler.op.Nearest;
import org.mdlc.compiler.op.Neg;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Pad;
import org.mdlc.compiler.op.ReduceMax;
import org.mdlc.compiler.op.ReduceMin;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.op.Select;
import org.mdlc.compiler.op.Sort;
import org.mdlc.compiler.op.StopGradient;
import org.mdlc.compiler.op.Table;
import org.mdlc.compiler.op.TopK;
import org.mdlc.compiler.op.View;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Holds bf16 and f16 in f32, rounding where an operation may give what the narrow type cannot hold:
 * neither planning nor printing need to know such types. Sums and products within an operation are
 * those of f32.
 *
 * <pre>
 * y bf16 = add(a bf16, b bf16)    -&gt;    s f32 = add(a, b)
 *                                       y f32 = nearest(s) {dtype=bf16}
 * </pre>
 */
public final class HoldNarrowFloats implements Pass {
  @Override
  public Graph run(Graph graph) {
    return isFreeOfThem(graph) ? graph : held(graph);
  }

  private static boolean isFreeOfThem(Graph graph) {
    return graph.inputs().stream().noneMatch(i -> i.value().type().dtype().isNarrow())
        && graph.nodes().stream()
            .allMatch(
                n ->
                    n.results().stream().noneMatch(v -> v.type().dtype().isNarrow())
                        && Op.of(n).regions().stream().allMatch(HoldNarrowFloats::isFreeOfThem));
  }

  private static Graph held(Graph graph) {
    var builder = new GraphBuilder(graph.name());
    var here = new HashMap<Integer, Value>();
    for (var input : graph.inputs()) {
      var value = builder.input(input.name(), input.role(), held(input.value().type()));
      here.put(input.value().id(), value);
    }
    graph.nodes().forEach(n -> hold(n, builder, here));
    graph
        .outputs()
        .forEach(o -> builder.output(o.name(), o.role(), Known.in(here, o.value().id())));
    return builder.build();
  }

  private static TensorType held(TensorType type) {
    return type.dtype().isNarrow() ? type.withDType(DType.F32) : type;
  }

  private static void hold(Node node, GraphBuilder builder, Map<Integer, Value> here) {
    builder.at(node.origin());
    var operands = node.operands().stream().map(v -> Known.in(here, v.id())).toList();
    if (node.op() instanceof Cast cast && cast.dtype().isFloat()) {
      var wide = Build.cast(builder, operands.getFirst(), DType.F32);
      here.put(
          node.result().id(),
          cast.dtype().isNarrow() ? builder.add(new Nearest(cast.dtype()), wide) : wide);
      return;
    }
    var results =
        builder.addNamed(
            held(Op.of(node), node),
            operands,
            node.results().isEmpty() ? "" : node.results().getFirst().name(),
            node.origin());
    for (int i = 0; i < results.size(); i++) {
      var dtype = node.results().get(i).type().dtype();
      boolean rounded = dtype.isNarrow() && !isExact(Op.of(node));
      here.put(
          node.results().get(i).id(),
          rounded ? builder.add(new Nearest(dtype), results.get(i)) : results.get(i));
    }
  }

  private static Op held(Op op, Node node) {
    return switch (op) {
      case Constant c -> new Constant(held(c.type()), c.type().dtype().nearest(c.value()));
      case Table t -> new Table(held(t.type()), rounded(t));
      case Pad p -> new Pad(p.low(), p.high(), node.result().type().dtype().nearest(p.value()));
      case Scan s -> new Scan(held(s.body()), s.carries(), s.sequences(), s.reverse());
      case Composite c -> new Composite(c.kind(), c.scope(), held(c.body()));
      default -> op;
    };
  }

  private static List<Double> rounded(Table table) {
    return table.values().stream().map(v -> table.type().dtype().nearest(v)).toList();
  }

  /** True when results are among the operands, or rounded already. */
  private static boolean isExact(Op op) {
    return switch (op) {
      case View _, Constant _, Table _, Scan _, Composite _ -> true;
      case Gather _, MaxPool _, ReduceMax _, ReduceMin _, Sort _, TopK _ -> true;
      case Elementwise e ->
          switch (e) {
            case Abs _, Identity _, Max _, Min _, Neg _, Select _, StopGradient _ -> true;
            default -> false;
          };
      default -> false;
    };
  }
}
