package org.mdlc.runtime.file;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A graph of named nodes as TensorFlow's {@code GraphDef}, which TensorBoard draws. */
public final class GraphDef {
  private static final int FLOAT = 1;
  private static final int INT32 = 3;

  private final Protobuf graph = new Protobuf();
  private final Set<String> names = new HashSet<>();

  /** Without nodes. */
  public GraphDef() {}

  /** The type of the values of a node. */
  public enum Type {
    F32(FLOAT),
    I32(INT32),
    TEXT(7);

    private final int code;

    Type(int code) {
      this.code = code;
    }
  }

  /**
   * Adds a node.
   *
   * @param name a path; TensorBoard folds what has the same beginning
   * @param operation what it does
   * @param inputs names of nodes
   * @param shape of its output; -1 for a size that is open
   * @throws IllegalArgumentException if there is a node of that name
   */
  public GraphDef node(
      String name, String operation, List<String> inputs, Type type, List<Integer> shape) {
    String allowed = allowed(name);
    if (!names.add(allowed)) {
      throw new IllegalArgumentException("two nodes of a graph are named " + allowed);
    }
    Protobuf node = new Protobuf().text(1, allowed).text(2, allowed(operation));
    inputs.forEach(input -> node.text(3, allowed(input)));
    Protobuf shapes = new Protobuf().message(7, EventFile.shape(shape));
    node.message(5, attribute("_output_shapes", new Protobuf().message(1, shapes)));
    node.message(5, attribute("dtype", new Protobuf().integer(6, type.code)));
    node.message(5, attribute("shape", new Protobuf().message(7, EventFile.shape(shape))));
    graph.message(1, node);
    return this;
  }

  byte[] toBytes() {
    return graph.toBytes();
  }

  private static Protobuf attribute(String name, Protobuf value) {
    return new Protobuf().text(1, name).message(2, value);
  }

  private static String allowed(String name) {
    String replaced = name.replaceAll("[^A-Za-z0-9_./-]", "_");
    return replaced.matches("[A-Za-z0-9.].*") ? replaced : "n" + replaced;
  }
}
