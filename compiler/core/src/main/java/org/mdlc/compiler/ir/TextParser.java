package org.mdlc.compiler.ir;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.DimParser;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** Reads the text form of graphs by descent, one method per thing. */
final class TextParser {
  private final String text;
  private final Map<String, Class<? extends Operation>> operations;
  private int at;

  TextParser(String text, Map<String, Class<? extends Operation>> operations) {
    this.text = text;
    this.operations = operations;
  }

  Graph whole() {
    var graph = graph();
    skipSpace();
    if (at != text.length()) {
      throw error("the end");
    }
    return graph;
  }

  private Graph graph() {
    expect("graph");
    var name = word();
    expect("{");
    var inputs = new ArrayList<Graph.Input>();
    var nodes = new ArrayList<Node>();
    var outputs = new ArrayList<Graph.Output>();
    var values = new HashMap<Integer, Value>();
    while (!accept("}")) {
      if (accept("input ")) {
        inputs.add(input(values));
      } else if (accept("output ")) {
        outputs.add(output(values));
      } else {
        nodes.add(node(values));
      }
    }
    return new Graph(name, inputs, nodes, outputs);
  }

  private Graph.Input input(Map<Integer, Value> values) {
    var role = role();
    var name = quoted();
    expect(":");
    int id = id();
    var value = new Value(id, tensorType(), name);
    values.put(id, value);
    return new Graph.Input(name, role, value);
  }

  private Graph.Output output(Map<Integer, Value> values) {
    var role = role();
    var name = quoted();
    expect(":");
    return new Graph.Output(name, role, value(values));
  }

  private Node node(Map<Integer, Value> values) {
    var results = new ArrayList<Value>();
    do {
      int id = id();
      var name = peek('"') ? quoted() : "";
      results.add(new Value(id, tensorType(), name));
    } while (accept(","));
    expect("=");
    var word = word();
    var operands = new ArrayList<Value>();
    expect("(");
    while (!accept(")")) {
      operands.add(value(values));
      accept(",");
    }
    var type = operations.get(word);
    if (type == null) {
      throw error("an operation, not '" + word + "',");
    }
    var operation = record(type);
    var origin = accept("@") ? new Origin(quoted(), quoted(), quoted()) : Origin.NONE;
    results.forEach(r -> values.put(r.id(), r));
    return new Node(operation, operands, results, origin);
  }

  private <T> T record(Class<T> type) {
    var components = Attributes.components(type);
    var attributes = new ArrayList<Object>();
    if (components.length > 0) {
      expect("{");
      for (var component : components) {
        expect(TextForm.snakeCase(component.getName()));
        expect("=");
        attributes.add(attribute(component.getGenericType()));
        accept(",");
      }
      expect("}");
    }
    return Attributes.make(type, attributes);
  }

  private Object attribute(Type type) {
    if (type instanceof Class<?> c) {
      return attribute(c);
    }
    var elementType = Attributes.elementType(type);
    var list = new ArrayList<Object>();
    expect("[");
    while (!accept("]")) {
      list.add(attribute(elementType));
      accept(",");
    }
    return List.copyOf(list);
  }

  private Object attribute(Class<?> type) {
    if (type == int.class || type == Integer.class) {
      return Integer.parseInt(number());
    }
    if (type == long.class || type == Long.class) {
      return Long.parseLong(number());
    }
    if (type == double.class || type == Double.class) {
      return Double.parseDouble(number());
    }
    if (type == boolean.class) {
      return Boolean.parseBoolean(word());
    }
    if (type == String.class) {
      return quoted();
    }
    if (type == Dim.class) {
      return dim();
    }
    if (type == Shape.class) {
      return shape();
    }
    if (type == TensorType.class) {
      return tensorType();
    }
    if (type == Graph.class) {
      return graph();
    }
    if (type.isEnum()) {
      var word = word().toUpperCase(Locale.ROOT);
      for (var constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(word)) {
          return constant;
        }
      }
      throw error("one of " + List.of(type.getEnumConstants()));
    }
    return record(type);
  }

  private Value value(Map<Integer, Value> values) {
    int id = id();
    var value = values.get(id);
    if (value == null) {
      throw error("a value defined before, not %" + id + ",");
    }
    return value;
  }

  private Role role() {
    return Role.valueOf(word().toUpperCase(Locale.ROOT));
  }

  private TensorType tensorType() {
    return new TensorType(DType.parse(word()), shape());
  }

  private Shape shape() {
    var dims = new ArrayList<Dim>();
    expect("[");
    while (!accept("]")) {
      dims.add(dim());
      accept(",");
    }
    return new Shape(dims);
  }

  private Dim dim() {
    skipSpace();
    int start = at;
    int depth = 0;
    while (at < text.length() && (depth > 0 || ",]}".indexOf(text.charAt(at)) < 0)) {
      depth += text.charAt(at) == '(' ? 1 : text.charAt(at) == ')' ? -1 : 0;
      at++;
    }
    return DimParser.parse(text.substring(start, at));
  }

  private int id() {
    expect("%");
    return Integer.parseInt(number());
  }

  private String number() {
    return take("a number", c -> Character.isLetterOrDigit(c) || c == '-' || c == '+' || c == '.');
  }

  private String word() {
    return take(
        "a word",
        c -> Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-' || c == '/');
  }

  private String take(String what, IntPredicate allowed) {
    skipSpace();
    int start = at;
    while (at < text.length() && allowed.test(text.charAt(at))) {
      at++;
    }
    if (start == at) {
      throw error(what);
    }
    return text.substring(start, at);
  }

  private String quoted() {
    expect("\"");
    var content = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c == '\\') {
        c = text.charAt(at++);
        c = c == 'n' ? '\n' : c;
      }
      content.append(c);
    }
    expect("\"");
    return content.toString();
  }

  private boolean peek(char c) {
    skipSpace();
    return at < text.length() && text.charAt(at) == c;
  }

  private boolean accept(String token) {
    skipSpace();
    if (!text.startsWith(token, at)) {
      return false;
    }
    at += token.length();
    return true;
  }

  private void expect(String token) {
    if (!accept(token)) {
      throw error("'" + token + "'");
    }
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private IllegalArgumentException error(String wanted) {
    long line = text.substring(0, Math.min(at, text.length())).lines().count();
    return new IllegalArgumentException(
        "expected " + wanted + " in line " + Math.max(1, line) + " of the graph");
  }
}
