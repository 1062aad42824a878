package org.mdlc.compiler.ir;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * The text form of graphs, printed and read back.
 *
 * <pre>
 * graph predict {
 *   input data "image": %0 f32[batch, 784]
 *   input param "dense/kernel": %1 f32[784, 10]
 *   %2 "h" f32[batch, 10] = matmul(%0, %1) {transpose_a=false, transpose_b=false}
 *   output result "digit": %2
 * }
 * </pre>
 *
 * <p>A node that comes from the user's text ends with {@code @ "scope" "location" "statement"}.
 */
public final class TextForm {
  private final Map<String, Class<? extends Operation>> operations;

  private TextForm(Map<String, Class<? extends Operation>> operations) {
    this.operations = operations;
  }

  /** The text form over all records of a sealed hierarchy of operations. */
  public static TextForm over(Class<? extends Operation> root) {
    var found = new TreeMap<String, Class<? extends Operation>>();
    collect(root, found);
    return new TextForm(found);
  }

  private static void collect(Class<?> type, Map<String, Class<? extends Operation>> into) {
    if (type.isRecord()) {
      into.put(snakeCase(type.getSimpleName()), type.asSubclass(Operation.class));
    } else {
      for (var sub : type.getPermittedSubclasses()) {
        collect(sub, into);
      }
    }
  }

  public static String print(Graph graph) {
    var text = new StringBuilder();
    new Printer(text).graph(graph, 0);
    return text.append('\n').toString();
  }

  /**
   * Reads what {@link #print} wrote.
   *
   * @throws IllegalArgumentException naming the place that is not understood
   */
  public Graph parse(String text) {
    return new TextParser(text, operations).whole();
  }

  /** {@code transposeA} to {@code transpose_a}, {@code ReduceSum} to {@code reduce_sum}. */
  static String snakeCase(String camelCase) {
    return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  private record Printer(StringBuilder text) {
    void graph(Graph graph, int depth) {
      text.append("graph ").append(graph.name()).append(" {\n");
      for (var input : graph.inputs()) {
        indent(depth + 1)
            .append("input ")
            .append(input.role().text())
            .append(' ')
            .append(quoted(input.name()));
        text.append(": ")
            .append(input.value())
            .append(' ')
            .append(input.value().type())
            .append('\n');
      }
      for (var node : graph.nodes()) {
        indent(depth + 1);
        node(node, depth + 1);
      }
      for (var output : graph.outputs()) {
        indent(depth + 1)
            .append("output ")
            .append(output.role().text())
            .append(' ')
            .append(quoted(output.name()));
        text.append(": ").append(output.value()).append('\n');
      }
      indent(depth).append('}');
    }

    private void node(Node node, int depth) {
      text.append(node.results().stream().map(Printer::result).collect(Collectors.joining(", ")));
      text.append(" = ").append(node.op().name());
      text.append(
          node.operands().stream()
              .map(Value::toString)
              .collect(Collectors.joining(", ", "(", ")")));
      attributes(node.op(), depth);
      var origin = node.origin();
      if (!origin.equals(Origin.NONE)) {
        text.append(" @ ")
            .append(quoted(origin.scope()))
            .append(' ')
            .append(quoted(origin.location()));
        text.append(' ').append(quoted(origin.text()));
      }
      text.append('\n');
    }

    private static String result(Value value) {
      return value
          + (value.name().isEmpty() ? "" : " " + quoted(value.name()))
          + " "
          + value.type();
    }

    private void attributes(Object record, int depth) {
      var components = Attributes.components(record.getClass());
      if (components.length == 0) {
        return;
      }
      text.append(" {");
      for (int i = 0; i < components.length; i++) {
        text.append(i == 0 ? "" : ", ").append(snakeCase(components[i].getName())).append('=');
        value(Attributes.read(components[i], record), depth);
      }
      text.append('}');
    }

    private void value(Object value, int depth) {
      switch (value) {
        case String s -> text.append(quoted(s));
        case Graph graph -> graph(graph, depth);
        case DType type -> text.append(type.text());
        case Enum<?> word -> text.append(word.name().toLowerCase(Locale.ROOT));
        case Dim _, Shape _, TensorType _, Number _, Boolean _ -> text.append(value);
        case List<?> list -> {
          text.append('[');
          for (int i = 0; i < list.size(); i++) {
            text.append(i == 0 ? "" : ", ");
            value(list.get(i), depth);
          }
          text.append(']');
        }
        case Record record -> attributes(record, depth);
        default -> throw new IllegalStateException("attribute of " + value.getClass());
      }
    }

    private StringBuilder indent(int depth) {
      return text.append("  ".repeat(depth));
    }

    private static String quoted(String s) {
      return '"' + s.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
  }
}
