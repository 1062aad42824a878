package org.mdlc.compiler.pass;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Build;
import org.mdlc.compiler.op.ReverseMode;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Gradients in reverse mode: adds to a graph under construction the nodes that work out the
 * gradients of one number. Composites must be decomposed before: only primitives have gradients.
 */
public final class Differentiate {
  private Differentiate() {}

  /**
   * Copies a graph's nodes into the builder, like {@link GraphBuilder#inline}, with scans in the
   * form that keeps for the gradient what each step worked out.
   */
  public static List<Value> inline(GraphBuilder builder, Graph graph, List<Value> arguments) {
    return builder.inline(keepingForGradient(graph), arguments);
  }

  /** What {@link #withGradients} calls the gradient by an input. */
  public static String gradientOf(String input) {
    return "d " + input;
  }

  /**
   * A graph with more outputs: the gradient of one of its results, an f32 scalar, by each of some
   * of its inputs, named {@link #gradientOf} the input. Composites are decomposed.
   *
   * @throws IllegalArgumentException if there is no such result or input
   */
  public static Graph withGradients(Graph graph, String result, List<String> wrt) {
    var flat = new DecomposeOps().run(graph);
    var builder = new GraphBuilder(graph.name());
    var inputs = new LinkedHashMap<String, Value>();
    flat.inputs()
        .forEach(i -> inputs.put(i.name(), builder.input(i.name(), i.role(), i.value().type())));
    var outputs = new LinkedHashMap<String, Value>();
    var values = inline(builder, flat, List.copyOf(inputs.values()));
    for (int i = 0; i < values.size(); i++) {
      var output = flat.outputs().get(i);
      builder.output(output.name(), output.role(), values.get(i));
      outputs.put(output.name(), values.get(i));
    }
    var by = wrt.stream().map(name -> named(name, inputs)).toList();
    var gradients = gradients(builder, named(result, outputs), by);
    for (int i = 0; i < wrt.size(); i++) {
      builder.output(gradientOf(wrt.get(i)), Role.RESULT, gradients.get(i));
    }
    return builder.build();
  }

  private static Value named(String name, Map<String, Value> values) {
    var value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is none of " + values.keySet());
    }
    return value;
  }

  private static Graph keepingForGradient(Graph graph) {
    int next = graph.nextId();
    var nodes = new ArrayList<Node>();
    for (var node : graph.nodes()) {
      if (node.op() instanceof Scan scan) {
        var keeping = scan.keepingForGradient();
        var types = keeping.infer(node.operands().stream().map(Value::type).toList());
        var results = new ArrayList<>(node.results());
        while (results.size() < types.size()) {
          results.add(new Value(next++, types.get(results.size()), ""));
        }
        nodes.add(new Node(keeping, node.operands(), results, node.origin()));
      } else {
        nodes.add(node);
      }
    }
    return new Graph(graph.name(), graph.inputs(), nodes, graph.outputs());
  }

  /**
   * Adds the gradients of a scalar.
   *
   * @param loss an f32 scalar of the builder
   * @param wrt f32 values of the builder
   * @return one gradient per value, of its type; zeros where the loss does not depend on it
   */
  public static List<Value> gradients(GraphBuilder builder, Value loss, List<Value> wrt) {
    if (!loss.type().equals(TensorType.scalar(DType.F32))) {
      throw new CompilerBug(
          "differentiate", "loss " + loss + " is " + loss.type() + ", not one number");
    }
    var one = Build.like(builder, loss, 1);
    var found = ReverseMode.gradients(builder, builder.nodes(), List.of(loss), List.of(one), wrt);
    var gradients = new ArrayList<Value>();
    for (int i = 0; i < wrt.size(); i++) {
      var gradient = found.get(i);
      gradients.add(gradient != null ? gradient : Build.like(builder, wrt.get(i), 0));
    }
    return gradients;
  }
}
