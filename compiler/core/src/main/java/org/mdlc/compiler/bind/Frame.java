package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.Identity;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Reverse;
import org.mdlc.compiler.op.Transpose;

/**
 * A graph under construction: the step itself, or the body of a layer call or scan inside it. A
 * tensor of an outer graph that is used here becomes an input of this one, all the way in.
 */
final class Frame {
  private final @Nullable Frame parent;
  private final GraphBuilder builder;
  private final boolean loop;
  private final Map<Value, Value> imported = new LinkedHashMap<>();
  private final Map<Variable, Value> written = new LinkedHashMap<>();
  private final Map<Variable, Value> starts = new LinkedHashMap<>();
  private final Set<Variable> changed = new LinkedHashSet<>();
  private final List<Value> addedLosses = new ArrayList<>();

  private Frame(@Nullable Frame parent, GraphBuilder builder, boolean loop) {
    this.parent = parent;
    this.builder = builder;
    this.loop = loop;
  }

  static Frame root(String name) {
    return new Frame(null, new GraphBuilder(name), false);
  }

  Frame inner(String name) {
    return new Frame(this, new GraphBuilder(name), loop);
  }

  /** The body of a scan: nothing in it may write variables. */
  Frame loop(String name) {
    return new Frame(this, new GraphBuilder(name), true);
  }

  GraphBuilder builder() {
    return builder;
  }

  boolean inLoop() {
    return loop;
  }

  /** The nearest graph that is not run step by step: this one, outside of scans. */
  Frame outsideLoops() {
    var outer = parent;
    return loop && outer != null ? outer.outsideLoops() : this;
  }

  Frame root() {
    return parent == null ? this : parent.root();
  }

  Frame outer() {
    if (parent == null) {
      throw new IllegalStateException("the outermost graph has no outer one");
    }
    return parent;
  }

  /** The value that a tensor has in this graph. */
  Value use(Datum.Tensor tensor) {
    if (tensor.frame() == this) {
      return tensor.value();
    }
    if (parent == null) {
      throw new Misuse(Codes.NOT_COMPILE_TIME, "a tensor of another step is used here")
          .help("compute it where it is used, or keep it in a `state`");
    }
    return take(parent.use(tensor));
  }

  /**
   * The input of the whole step whose numbers a tensor is made of: all of them, in any order and
   * shape; null when it is anything else.
   */
  Graph.@Nullable Input source(Value value) {
    var whole = behindViews(value);
    if (parent != null) {
      for (var entry : imported.entrySet()) {
        if (entry.getValue().equals(whole)) {
          return parent.source(entry.getKey());
        }
      }
      return null;
    }
    return builder.inputs().stream().filter(i -> i.value().equals(whole)).findFirst().orElse(null);
  }

  private Value behindViews(Value value) {
    return behindViews(value, builder.nodes());
  }

  private static Value behindViews(Value value, List<Node> nodes) {
    var made = value;
    for (int i = nodes.size() - 1; i >= 0; i--) {
      var node = nodes.get(i);
      if (node.results().contains(made)) {
        var operand = shownWhole(node, node.results().indexOf(made));
        if (operand < 0) {
          return made;
        }
        made = node.operands().get(operand);
      }
    }
    return made;
  }

  /** Which operand of a node a result shows in another order or shape; -1 for none. */
  private static int shownWhole(Node node, int result) {
    return switch (node.op()) {
      case Reshape _, Transpose _, Broadcast _, Reverse _, Identity _ -> 0;
      case Composite layer -> {
        var graph = layer.body();
        var made = behindViews(graph.outputs().get(result).value(), graph.nodes());
        yield graph.inputs().stream().map(Graph.Input::value).toList().indexOf(made);
      }
      default -> -1;
    };
  }

  private Value take(Value outer) {
    return imported.computeIfAbsent(outer, v -> builder.input(v.name(), Role.DATA, v.type()));
  }

  /**
   * Values of the outer graph that this one reads, in the order of this graph's inputs for them.
   */
  List<Value> captures() {
    return List.copyOf(imported.keySet());
  }

  /**
   * The value of a variable as seen here: the last one written in this step, or the one it started
   * with.
   */
  Value read(Variable variable) {
    var own = written.get(variable);
    if (own != null) {
      return own;
    }
    if (parent != null) {
      return take(parent.read(variable));
    }
    var input = start(variable);
    written.put(variable, input);
    return input;
  }

  /** The value that a variable had before the step. */
  Value start(Variable variable) {
    var began = starts.get(variable);
    if (began == null) {
      began = builder.input(variable.path(), variable.role(), variable.type());
      starts.put(variable, began);
    }
    return began;
  }

  void write(Variable variable, Value value) {
    written.put(variable, value);
    changed.add(variable);
  }

  /** Variables that got a new value here, with it. */
  Map<Variable, Value> writes() {
    var writes = new LinkedHashMap<Variable, Value>();
    changed.forEach(v -> writes.put(v, Objects.requireNonNull(written.get(v))));
    return writes;
  }

  void addLoss(Value loss) {
    addedLosses.add(loss);
  }

  List<Value> addedLosses() {
    return List.copyOf(addedLosses);
  }
}
