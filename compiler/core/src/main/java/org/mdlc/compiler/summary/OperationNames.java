package org.mdlc.compiler.summary;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Identity;
import org.mdlc.compiler.op.Le;
import org.mdlc.compiler.op.Max;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Select;
import org.mdlc.compiler.op.Source;
import org.mdlc.compiler.op.StopGradient;
import org.mdlc.compiler.op.View;

/** Short words for an expression of operations, as Keras has for those between its layers. */
final class OperationNames {
  private static final int MOST = 3;
  private static final Set<String> SOFTMAX = Set.of("ReduceMax", "Sub", "Exp", "ReduceSum", "Div");

  private final Map<Integer, Node> made = new HashMap<>();

  OperationNames(Graph graph) {
    graph.nodes().forEach(n -> n.results().forEach(r -> made.put(r.id(), n)));
  }

  /** {@code Add, Relu}: what it computes, in order and without repeats. */
  String kind(List<Node> nodes) {
    var kinds = kinds(nodes);
    return String.join(", ", kinds.subList(0, Math.min(MOST, kinds.size())))
        + (kinds.size() > MOST ? ", ..." : "");
  }

  /** {@code add_relu}: a name for a line of the table. */
  String name(List<Node> nodes) {
    var kinds = kinds(nodes);
    var words = kinds.subList(0, Math.min(2, kinds.size())).stream();
    return String.join("_", words.map(OperationNames::snakeCase).toList());
  }

  private static String snakeCase(String kind) {
    return kind.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  private List<String> kinds(List<Node> nodes) {
    var kinds = new LinkedHashSet<String>();
    var comparisons = comparisonsOfRelus(nodes);
    for (var node : nodes) {
      if (node.results().stream().anyMatch(r -> comparisons.contains(r.id()))
          || isPlumbing(Op.of(node))) {
        continue;
      }
      kinds.add(isRelu(node) ? "Relu" : node.op().getClass().getSimpleName());
    }
    if (kinds.equals(SOFTMAX)) {
      return List.of("Softmax");
    }
    if (kinds.isEmpty()) {
      nodes.forEach(n -> kinds.add(n.op().getClass().getSimpleName()));
    }
    return List.copyOf(kinds);
  }

  /** What changes no numbers, and is worth a word only where there is nothing else. */
  private static boolean isPlumbing(Op op) {
    return switch (op) {
      case View _, Source _, StopGradient _, Identity _, Cast _ -> true;
      default -> false;
    };
  }

  private Set<Integer> comparisonsOfRelus(List<Node> nodes) {
    var comparisons = new HashSet<Integer>();
    for (var node : nodes) {
      if (node.op() instanceof Select && isRelu(node)) {
        comparisons.add(node.operands().getFirst().id());
      }
    }
    return comparisons;
  }

  /** The larger of x and 0; also as the library has it: 0 where x <= 0, else x. */
  private boolean isRelu(Node node) {
    return switch (node.op()) {
      case Max _ -> node.operands().stream().anyMatch(this::isZero);
      case Select _ -> {
        var comparison = made.get(node.operands().getFirst().id());
        yield comparison != null
            && comparison.op() instanceof Le
            && isZero(comparison.operands().get(1))
            && isZero(node.operands().get(1))
            && comparison.operands().getFirst().equals(node.operands().get(2));
      }
      default -> false;
    };
  }

  private boolean isZero(Value value) {
    var maker = made.get(value.id());
    return maker != null
        && switch (maker.op()) {
          case Constant constant -> constant.value() == 0;
          case Broadcast _, Cast _ -> isZero(maker.operands().getFirst());
          default -> false;
        };
  }
}
