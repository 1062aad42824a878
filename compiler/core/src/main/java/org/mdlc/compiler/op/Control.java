package org.mdlc.compiler.op;

import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.TensorType;

/** Holds graphs. */
public sealed interface Control extends Op permits Scan, Composite {
  /** Runs a body in float64. Values are dropped after their last use. */
  static List<Tensor64> run(Graph body, List<Tensor64> arguments) {
    var values = new HashMap<Integer, Tensor64>();
    for (int i = 0; i < arguments.size(); i++) {
      values.put(body.inputs().get(i).value().id(), arguments.get(i));
    }
    var lastUses = lastUses(body);
    for (var node : body.nodes()) {
      var results =
          Op.of(node).evaluate(node.operands().stream().map(v -> known(values, v)).toList());
      for (int i = 0; i < results.size(); i++) {
        var value = node.results().get(i);
        values.put(value.id(), results.get(i).held(value.type().dtype()));
      }
      lastUses.getOrDefault(node, List.of()).forEach(values::remove);
    }
    return body.outputs().stream().map(o -> known(values, o.value())).toList();
  }

  /** The values that no node and no output needs after a node. */
  private static Map<Node, List<Integer>> lastUses(Graph body) {
    var needed = new HashSet<Integer>();
    body.outputs().forEach(o -> needed.add(o.value().id()));
    var uses = new IdentityHashMap<Node, List<Integer>>();
    for (var node : body.nodes().reversed()) {
      var last =
          Stream.concat(node.operands().stream(), node.results().stream())
              .map(Value::id)
              .filter(needed::add)
              .toList();
      uses.put(node, last);
    }
    return uses;
  }

  private static Tensor64 known(Map<Integer, Tensor64> values, Value value) {
    var found = values.get(value.id());
    if (found == null) {
      throw new CompilerBug("interpreter", value + " has no value");
    }
    return found;
  }

  /** Sum of the costs of a body's nodes. */
  static Cost cost(Graph body) {
    return body.nodes().stream()
        .map(n -> Op.of(n).cost(n.operands().stream().map(Value::type).toList()))
        .reduce(new Cost(Dim.ZERO, Dim.ZERO), Cost::plus);
  }

  /** Checks the types of a body's inputs. */
  static void requireInputs(Op op, Graph body, List<TensorType> given) {
    if (given.size() != body.inputs().size()) {
      throw new ShapeError(
          op.name() + " body takes " + body.inputs().size() + " values, not " + given.size());
    }
    for (int i = 0; i < given.size(); i++) {
      var wanted = body.inputs().get(i).value().type();
      if (!wanted.equals(given.get(i))) {
        throw new ShapeError(
            op.name()
                + " body takes "
                + wanted
                + " as "
                + body.inputs().get(i).name()
                + ", not "
                + given.get(i),
            i);
      }
    }
  }
}
