package org.mdlc.compiler.bind;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Architecture.Plain;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/**
 * Notes, while a model runs for prediction, what is called with what: the {@link Architecture}.
 * What happens inside the library is not noted.
 */
final class Sketch {
  private record Step(
      @Nullable Instance layer,
      String function,
      Map<String, Datum> operands,
      Datum result,
      Span span) {}

  private record Entry(String name, Datum value, Span span) {}

  /** A body under way. */
  private static final class Body {
    private final Frame frame;
    private final List<Entry> inputs = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Datum> outputs = new LinkedHashMap<>();

    Body(Frame frame) {
      this.frame = frame;
    }
  }

  /** A tensor of one graph. */
  private record Key(Frame frame, int id) {}

  private final Evaluator evaluator;
  private final Deque<Body> open = new ArrayDeque<>();
  private final IdentityHashMap<Instance, Body> bodies = new IdentityHashMap<>();
  private final Map<Key, Integer> ids = new HashMap<>();
  private final List<Architecture.Loss> losses = new ArrayList<>();
  private final List<Architecture.Metric> metrics = new ArrayList<>();
  private Architecture.@Nullable Configured optimizer;
  private boolean compiling;
  private boolean on;
  private int inLibrary;

  Sketch(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  // ---- bodies

  /** Begins with the model itself, whose body runs in this graph. */
  void begin(Frame frame) {
    on = true;
    open.push(new Body(frame));
  }

  /** Ends with the model itself. */
  void end(Instance root, Map<String, Tensor> outputs) {
    var body = open.pop();
    body.outputs.putAll(outputs);
    bodies.put(root, body);
    on = false;
  }

  /** Notes what enters the model itself. */
  void input(String name, Datum value, Span span) {
    var body = open.peek();
    if (on && open.size() == 1 && body != null) {
      body.inputs.add(new Entry(name, value, span));
    }
  }

  /**
   * Runs the body of a layer in a graph of its own.
   *
   * @param inputs what enters it
   */
  Datum inside(
      Instance layer, Frame frame, Map<String, Datum> inputs, Span span, Supplier<Datum> work) {
    if (!on || !isUsers(layer)) {
      return work.get();
    }
    var body = new Body(frame);
    inputs.forEach((name, value) -> body.inputs.add(new Entry(name, value, span)));
    int before = inLibrary;
    inLibrary = 0;
    open.push(body);
    try {
      var result = work.get();
      if (result instanceof Datum.Listing l) {
        for (int i = 0; i < l.items().size(); i++) {
          body.outputs.put("output_" + i, l.items().get(i));
        }
      } else {
        body.outputs.put("output", result);
      }
      bodies.putIfAbsent(layer, body);
      return result;
    } finally {
      open.pop();
      inLibrary = before;
    }
  }

  static boolean isUsers(Instance layer) {
    return layer.source() instanceof Datum.ModelDefinition
        || layer.source() instanceof Datum.Definition d
            && !Problems.isLibrary(d.tree().span().file());
  }

  /** Runs a function of the library, which counts as one step. */
  <T> T inLibrary(Supplier<T> work) {
    inLibrary++;
    try {
      return work.get();
    } finally {
      inLibrary--;
    }
  }

  // ---- steps

  private boolean follows() {
    var body = open.peek();
    return on && inLibrary == 0 && body != null && body.frame == evaluator.emitter().frame();
  }

  /** Notes the call of a layer. */
  void layer(Instance layer, Map<String, Datum> operands, Datum result, Span span) {
    if (follows()) {
      note(new Step(layer, "", operands, result, span));
    }
  }

  /** Notes the call of a function that gives a tensor. */
  void function(String name, Map<String, Datum> operands, Datum result, Span span) {
    if (follows() && holdsTensor(result)) {
      note(new Step(null, name, new LinkedHashMap<>(operands), result, span));
    }
  }

  /** What the operand of an index is called: its kind, and its number. */
  static String index(Ast.IndexItem item, int number) {
    var kind =
        switch (item) {
          case Ast.RestIndex _ -> "rest";
          case Ast.OneIndex _ -> "one";
          case Ast.Slice _ -> "slice";
        };
    return kind + " " + number;
  }

  private void note(Step step) {
    var body = open.peek();
    if (body != null) {
      body.steps.add(step);
    }
  }

  private boolean holdsTensor(Datum value) {
    return value instanceof Tensor
        || value instanceof Datum.Listing l && l.items().stream().anyMatch(this::holdsTensor);
  }

  // ---- training

  /** What follows is the first stage of the train block, or not. */
  void compiling(boolean first) {
    compiling = first;
  }

  void loss(String output, Datum loss, double weight, Span span) {
    if (compiling) {
      losses.add(new Architecture.Loss(output, plain(loss), weight, span));
    }
  }

  void metric(String output, Datum metric, String name, boolean weighted, Span span) {
    if (compiling) {
      metrics.add(new Architecture.Metric(output, plain(metric), name, weighted, span));
    }
  }

  void optimizer(Datum.Configured used) {
    if (compiling && plain(used) instanceof Architecture.Configured c) {
      optimizer = c;
    }
  }

  /** What is trained, when it is one loss for each output with one optimizer. */
  Architecture.Compile compile(boolean simple) {
    return new Architecture.Compile(losses, metrics, Optional.ofNullable(optimizer), simple);
  }

  // ---- results

  /** The model, after it has run. */
  Architecture of(Instance root) {
    var body = bodies.get(root);
    return body == null ? Architecture.NONE : architecture(body);
  }

  private Architecture architecture(Body body) {
    var calls = new ArrayList<Architecture.Call>();
    for (var step : body.steps) {
      var callee =
          step.layer == null ? new Architecture.Function(step.function) : layer(step.layer);
      calls.add(new Architecture.Call(callee, plain(step.operands), plain(step.result), step.span));
    }
    return new Architecture(
        body.inputs.stream()
            .map(i -> new Architecture.Input(i.name, plain(i.value), i.span))
            .toList(),
        calls,
        plain(body.outputs));
  }

  private Architecture.Layer layer(Instance layer) {
    var body = bodies.get(layer);
    int weights = 0;
    for (var variable : layer.variables()) {
      weights += variable.role().isVariable() ? 1 : 0;
    }
    return new Architecture.Layer(
        layer.kind(),
        layer.name(),
        layer.path(),
        isUsers(layer),
        layer.declaredTrainable(),
        weights,
        plain(layer.arguments().values()),
        Optional.ofNullable(body).map(this::architecture),
        layer.span());
  }

  private Map<String, Plain> plain(Map<String, ? extends Datum> values) {
    var plain = new LinkedHashMap<String, Plain>();
    values.forEach((name, value) -> plain.put(name, plain(value)));
    return plain;
  }

  private Plain plain(Datum value) {
    return switch (value) {
      case Datum.None _ -> new Architecture.Nothing();
      case Datum.Whole w when w.axis() != null -> new Architecture.Axis(w.axis().index());
      case Datum.Whole w when w.dim().isConstant() -> new Architecture.Whole(w.dim().value());
      case Datum.Whole w -> new Architecture.Open(w.dim().toString());
      case Datum.Real r -> new Architecture.Real(r.value());
      case Datum.Truth t -> new Architecture.Truth(t.value());
      case Datum.Text t -> new Architecture.Text(t.value());
      case Datum.Listing l -> new Architecture.Items(l.items().stream().map(this::plain).toList());
      case Tensor t -> new Architecture.Tensor(id(t), t.type(), t.mask() != null);
      case Datum.Native n -> new Architecture.Named(n.builtin().name(), false);
      case Datum.Function f ->
          new Architecture.Named(
              f.tree().name().text(), !Problems.isLibrary(f.tree().span().file()));
      case Datum.Configured c -> configured(c);
      case Datum.Definition d when d.tree().kind() != Ast.Kind.LAYER ->
          new Architecture.Configured(
              d.tree().kind().word(),
              d.name(),
              !Problems.isLibrary(d.tree().span().file()),
              Map.of(),
              Datum.Configured.MEAN);
      case Datum.Layer l -> layer(l.instance());
      default -> new Architecture.Other(value.kind());
    };
  }

  private Architecture.Configured configured(Datum.Configured value) {
    return new Architecture.Configured(
        value.definition().tree().kind().word(),
        value.name(),
        !Problems.isLibrary(value.definition().tree().span().file()),
        plain(value.arguments().values()),
        value.reduction());
  }

  private int id(Tensor tensor) {
    return ids.computeIfAbsent(new Key(tensor.frame(), tensor.value().id()), _ -> ids.size());
  }
}
