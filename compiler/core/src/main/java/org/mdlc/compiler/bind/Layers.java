package org.mdlc.compiler.bind;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** Makes layers and runs them: each call becomes one composite node. */
final class Layers {
  /** What every layer takes besides its own parameters. */
  static final Set<String> ARGUMENTS = Set.of("name", "trainable", "weights");

  private final Evaluator evaluator;
  private final Composites composites;
  private final Deque<Scope> bodies = new ArrayDeque<>();
  private final Map<String, Instance> byName = new LinkedHashMap<>();
  private final List<Instance> made = new ArrayList<>();
  private final Map<Instance, Datum.WeightsFile> pretrained = new LinkedHashMap<>();
  private final IdentityHashMap<Ast.Model, Datum.WeightsFile> starts = new IdentityHashMap<>();
  private int order;
  private int recent;

  Layers(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.composites = new Composites(evaluator);
  }

  /** Before a phase runs the model, none of its layers has been constructed. */
  void startPhase() {
    recent = 0;
  }

  int nextOrder() {
    return ++order;
  }

  /** The construction number after which a generator of this owner stands. */
  int lastOrder(Instance owner) {
    return owner.path().isEmpty() ? recent : owner.order();
  }

  List<Instance> made() {
    return List.copyOf(made);
  }

  /** Layers by the names that {@code let} gave them in the model. */
  Map<String, Instance> named() {
    return byName;
  }

  Map<Instance, Datum.WeightsFile> pretrained() {
    return pretrained;
  }

  /** Lets models start from weights wherever they are used, unless the use says otherwise. */
  void startFrom(Map<Ast.Model, Datum.WeightsFile> files) {
    files.forEach(starts::put);
  }

  /** Notes what a model starts from. */
  void start(Instance instance) {
    if (instance.source() instanceof Datum.ModelDefinition m && starts.containsKey(m.tree())) {
      pretrained.put(instance, Objects.requireNonNull(starts.get(m.tree())));
    }
  }

  /** Notes a name for a layer in the model, or in the layer, that made it. */
  void name(Datum value, String name) {
    if (!(value instanceof Datum.Layer l)) {
      return;
    }
    if (evaluator.instance().path().isEmpty()) {
      byName.putIfAbsent(name, l.instance());
    }
    if (l.instance().maker() == evaluator.instance()) {
      l.instance().variableName(name);
    }
  }

  // ---- bodies

  /** Runs a body; weights declared in it, also inside its ifs, are names of this scope. */
  <T> T inBody(Scope scope, Supplier<T> work) {
    bodies.push(scope);
    try {
      return work.get();
    } finally {
      bodies.pop();
    }
  }

  Scope bodyScope(Scope fallback) {
    var body = bodies.peek();
    return body == null ? fallback : body;
  }

  // ---- making

  Datum construct(Datum source, List<Actual> actuals, Scope scope, Span span) {
    var owner = evaluator.instance();
    var site = owner.site(span);
    var known = owner.child(site);
    var config = config(source);
    if (known != null
        && known.arguments().values().values().stream().noneMatch(Layers::holdsTensor)) {
      recent = known.order();
      return new Datum.Layer(known);
    }
    var own = new ArrayList<Actual>();
    var universal = new LinkedHashMap<String, Actual>();
    for (var actual : actuals) {
      var name = actual.name() == null ? "" : actual.name().text();
      boolean declared = config.stream().anyMatch(p -> p.name().text().equals(name));
      if (ARGUMENTS.contains(name) && !declared) {
        universal.put(name, actual);
      } else {
        own.add(actual);
      }
    }
    var inner = outer(source).inner();
    var arguments =
        evaluator
            .parameters()
            .arguments(
                config, own, scope, inner, kind(source), span, known == null ? -1 : known.order());
    if (arguments.values().values().stream().anyMatch(Datum::isPoison)) {
      return Poison.POISON;
    }
    if (known != null) {
      known.reconfigure(source, keepInitializers(known.arguments(), arguments));
      recent = known.order();
      return new Datum.Layer(known);
    }
    var instance =
        new Instance(
            owner,
            nameOf(owner, source, universal.get("name"), scope),
            kind(source),
            order,
            span,
            source,
            arguments);
    recent = order;
    owner.child(site, instance);
    made.add(instance);
    settings(instance, universal, scope);
    return new Datum.Layer(instance);
  }

  /** Another layer like one that serves as a pattern. */
  Datum copy(List<Actual> actuals, Scope scope, Span span) {
    var formals =
        List.of(
            new Matching.Formal("layer", false, false), new Matching.Formal("name", true, false));
    var plain =
        actuals.stream()
            .filter(
                a ->
                    a.name() == null
                        || a.name().text().equals("name")
                        || a.name().text().equals("layer"))
            .toList();
    var matched = Matching.match(evaluator.problems(), "copy_layer", formals, plain, span);
    var value =
        evaluator
            .parameters()
            .evaluate(Objects.requireNonNull(matched.get("layer")).get(0), null, null, scope);
    if (value.isPoison()) {
      return Poison.POISON;
    }
    if (!(value instanceof Datum.Layer pattern)) {
      throw new Misuse(Codes.TYPE_MISMATCH, "copy_layer takes a layer, not " + value.kind(), 0);
    }
    var owner = evaluator.instance();
    var site = owner.site(span);
    var known = owner.child(site);
    if (known != null) {
      recent = known.order();
      return new Datum.Layer(known);
    }
    var original = pattern.instance();
    var values = new LinkedHashMap<>(original.arguments().values());
    for (var actual : actuals) {
      if (!plain.contains(actual)
          && values.containsKey(Objects.requireNonNull(actual.name()).text())) {
        values.put(
            actual.name().text(), evaluator.parameters().evaluate(actual, null, null, scope));
      }
    }
    var name = matched.getOrDefault("name", List.of());
    var copy =
        copyOf(
            original,
            values,
            owner,
            name.isEmpty()
                ? owner.nextName(original.name())
                : nameOf(owner, original.source(), name.get(0), scope));
    recent = copy.order();
    owner.child(site, copy);
    return new Datum.Layer(copy);
  }

  /** With initializers that draw anew, and with copies of the layers among its arguments. */
  private Instance copyOf(
      Instance original, Map<String, Datum> values, Instance owner, String name) {
    int number = nextOrder();
    values.replaceAll((_, v) -> copied(v, owner, number));
    var arguments =
        new Arguments(
            new LinkedHashMap<>(values), original.arguments().spans(), original.arguments().dims());
    var copy =
        new Instance(
            owner, name, original.kind(), number, original.span(), original.source(), arguments);
    copy.patternedOn(original);
    made.add(copy);
    return copy;
  }

  private Datum copied(Datum argument, Instance owner, int number) {
    return switch (argument) {
      case Datum.Configured c when c.draw() != null ->
          evaluator.conversions().initializer(c, "an initializer", number);
      case Datum.Layer l -> {
        var inner = l.instance();
        var values = new LinkedHashMap<>(inner.arguments().values());
        yield new Datum.Layer(copyOf(inner, values, owner, inner.name()), l.readings());
      }
      case Listing l ->
          new Listing(l.items().stream().map(i -> copied(i, owner, number)).toList(), l.tuple());
      default -> argument;
    };
  }

  private static boolean holdsTensor(Datum value) {
    return value instanceof Tensor
        || value instanceof Listing l && l.items().stream().anyMatch(Layers::holdsTensor)
        || value instanceof Datum.Layer r && !r.readings().isEmpty()
        || value instanceof Datum.Closure;
  }

  private static Arguments keepInitializers(Arguments before, Arguments now) {
    var values = new LinkedHashMap<>(now.values());
    before
        .values()
        .forEach(
            (name, value) -> {
              if (value instanceof Datum.Configured c && c.draw() != null) {
                values.put(name, value);
              }
            });
    return new Arguments(values, now.spans(), now.dims());
  }

  private static List<Ast.Param> config(Datum source) {
    return switch (source) {
      case Datum.Definition d -> d.tree().config();
      case Datum.ModelDefinition m -> m.tree().config();
      default -> throw new IllegalStateException(source.kind());
    };
  }

  private static Scope outer(Datum source) {
    return switch (source) {
      case Datum.Definition d -> d.scope();
      case Datum.ModelDefinition m -> m.scope();
      default -> throw new IllegalStateException(source.kind());
    };
  }

  private static String kind(Datum source) {
    return switch (source) {
      case Datum.Definition d -> d.name();
      case Datum.ModelDefinition m -> m.tree().name().text();
      default -> throw new IllegalStateException(source.kind());
    };
  }

  private String nameOf(Instance owner, Datum source, @Nullable Actual given, Scope scope) {
    if (given == null) {
      return owner.nextName(snakeCase(kind(source)));
    }
    var value = evaluator.parameters().evaluate(given, null, null, scope);
    if (value instanceof Datum.Text t && t.value().matches("[A-Za-z0-9_.-]+")) {
      if (!owner.takeName(t.value())) {
        evaluator
            .problems()
            .report(
                Diagnostic.of(
                        Codes.DUPLICATE_NAME,
                        evaluator.problems().users(given.span()),
                        "there is another layer named \"" + t.value() + "\"")
                    .help(
                        "names of layers side by side must differ: their weights are saved under them"));
      }
      return t.value();
    }
    if (!value.isPoison()) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.VALUE_OUT_OF_RANGE,
                  "a layer's name is a string of letters, digits and _, not "
                      + (value instanceof Datum.Text ? "\"" + value.text() + "\"" : value.kind())),
              given.span());
    }
    return owner.nextName(snakeCase(kind(source)));
  }

  private void settings(Instance instance, Map<String, Actual> universal, Scope scope) {
    var trainable = universal.get("trainable");
    if (trainable != null) {
      var value = evaluator.parameters().evaluate(trainable, null, null, scope);
      if (value instanceof Truth t) {
        instance.declareTrainable(t.value() && instance.declaredTrainable());
      } else if (!value.isPoison()) {
        evaluator
            .problems()
            .report(
                new Misuse(
                    Codes.TYPE_MISMATCH, "`trainable` must be true or false, not " + value.kind()),
                trainable.span());
      }
    }
    start(instance);
    var weights = universal.get("weights");
    if (weights != null) {
      var value = evaluator.parameters().evaluate(weights, null, null, scope);
      if (value instanceof Datum.WeightsFile w) {
        pretrained.put(instance, w);
      } else if (!value.isPoison() && !(value instanceof Datum.None)) {
        evaluator
            .problems()
            .report(
                new Misuse(
                        Codes.TYPE_MISMATCH,
                        "`weights` must be imported weights, not " + value.kind())
                    .help("import weights \"file.safetensors\" as name"),
                weights.span());
      }
    }
  }

  /** The name that Keras gives: {@code MaxPooling2D} to {@code max_pooling2d}. */
  static String snakeCase(String name) {
    return name.replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  // ---- running

  Datum apply(Datum.Layer layer, List<Actual> actuals, Scope scope, Span span) {
    return evaluator
        .weightReadings()
        .through(layer, () -> apply(layer.instance(), actuals, scope, span));
  }

  private Datum apply(Instance instance, List<Actual> actuals, Scope scope, Span span) {
    return switch (instance.source()) {
      case Datum.Definition d -> layer(d, instance, actuals, scope, span);
      case Datum.ModelDefinition m -> model(m, instance, actuals, scope, span);
      default -> throw new IllegalStateException(instance.kind());
    };
  }

  private Datum layer(
      Datum.Definition definition,
      Instance instance,
      List<Actual> actuals,
      Scope scope,
      Span span) {
    var tree = definition.tree();
    var inner = instance.arguments().within(definition.scope());
    int taken = evaluator.masks().taken();
    var operands =
        evaluator
            .parameters()
            .operands(
                tree.operands(), actuals, scope, inner, definition.name(), span, instance.order());
    if (operands.values().values().stream().anyMatch(Datum::isPoison)) {
      return Poison.POISON;
    }
    settle(instance, span);
    ChannelOrder.check(instance, operands, evaluator.inputTypes())
        .ifPresent(evaluator.lints()::report);
    var given = given(tree.operands(), operands);
    var result =
        composites.make(
            instance,
            given,
            () -> {
              var value =
                  inBody(
                      inner,
                      () -> evaluator.statements().body(tree.body(), inner, definition.name()));
              if (value instanceof Datum.None) {
                throw new Misuse(Codes.MISSING_RESULT, definition.name() + " returns nothing")
                    .help("end the body with `return ..`");
              }
              return evaluator.calls().result(tree.result(), value, inner, definition.name());
            });
    evaluator.sketch().layer(instance, given, result, span);
    evaluator.observation().layer(instance);
    evaluator.masks().check(instance, operands, result, taken, span);
    return described(result, operands, instance, span);
  }

  /** The operands that the call names: neither defaults nor masks that come along. */
  private static Map<String, Datum> given(List<Ast.Param> params, Arguments operands) {
    var given = new LinkedHashMap<String, Datum>();
    for (var param : params) {
      var name = param.name().text();
      if (!param.span().equals(operands.spans().get(name))) {
        given.put(name, Objects.requireNonNull(operands.values().get(name)));
      }
    }
    return given;
  }

  /** Shapes, without the batch, that a layer declares for its operands beside the first. */
  Datum operandShapes(Instance layer, Tensor first) {
    var tree = layer.source() instanceof Datum.Definition d ? d.tree() : null;
    if (tree == null || tree.operands().isEmpty()) {
      throw new Misuse(Codes.TYPE_MISMATCH, layer.kind() + " declares no operands", 0);
    }
    var scope = layer.arguments().within(outer(layer.source()));
    var what = "`" + tree.operands().get(0).name() + "` of " + layer.kind();
    evaluator.types().fit(tree.operands().get(0).type(), first, what, scope, layer.order());
    var shapes = new ArrayList<Datum>();
    for (var operand : tree.operands().subList(1, tree.operands().size())) {
      if (!(operand.type() instanceof Ast.TensorType type)) {
        throw new Misuse(
                Codes.MISSING_ARGUMENT,
                "`"
                    + operand.name()
                    + "` of "
                    + layer.kind()
                    + " needs a type with all its sizes: it says what to start from",
                0)
            .help("declare it as " + operand.name() + ": f32[..]");
      }
      shapes.add(Datum.dims(evaluator.types().declared(type, scope, false).shape().dims()));
    }
    return Datum.list(shapes);
  }

  private void settle(Instance instance, Span span) {
    if (!instance.called()) {
      var caller = evaluator.instance();
      if (instance.maker() != caller && instance != caller) {
        instance.settle(caller.inside(caller.nextName(instance.name())));
      }
      instance.call(evaluator.problems().users(span));
    }
  }

  /** A shape's history grows by the layers of the user's own text. */
  private static Datum described(Datum result, Arguments operands, Instance instance, Span span) {
    if (!(result instanceof Tensor t) || Problems.isLibrary(span.file())) {
      return result;
    }
    var before =
        operands.values().values().stream()
            .filter(v -> v instanceof Tensor)
            .map(v -> ((Tensor) v).trail())
            .findFirst()
            .orElse(Datum.Trail.NONE);
    return t.with(
        before.then(
            instance.span(),
            Problems.firstLine(instance.span()) + " gives " + t.type(),
            new Datum.Maker(instance, t.value())));
  }

  private Datum model(
      Datum.ModelDefinition definition,
      Instance instance,
      List<Actual> actuals,
      Scope scope,
      Span span) {
    var tree = definition.tree();
    var inputs =
        tree.body().statements().stream()
            .filter(s -> s instanceof Ast.Input)
            .map(s -> ((Ast.Input) s).name().text())
            .toList();
    var formals = inputs.stream().map(n -> new Matching.Formal(n, false, false)).toList();
    var matched = Matching.match(evaluator.problems(), tree.name().text(), formals, actuals, span);
    var values = new LinkedHashMap<String, Datum>();
    matched.forEach(
        (name, given) ->
            values.put(name, evaluator.parameters().evaluate(given.get(0), null, null, scope)));
    if (values.values().stream().anyMatch(Datum::isPoison)) {
      return Poison.POISON;
    }
    settle(instance, span);
    int taken = evaluator.masks().taken();
    var inner = instance.arguments().within(definition.scope());
    var run = new Models.Run(values, new LinkedHashMap<>(), new LinkedHashMap<>(), false);
    var result =
        composites.make(
            instance,
            values,
            () -> {
              evaluator.models().run(tree, run, inner);
              var outputs = List.copyOf(run.outputs().values());
              return outputs.isEmpty()
                  ? Poison.POISON
                  : outputs.size() == 1 ? outputs.get(0) : Datum.tuple(outputs);
            });
    evaluator.sketch().layer(instance, values, result, span);
    evaluator.observation().layer(instance);
    var operands = new Arguments(values, new LinkedHashMap<>(), new LinkedHashMap<>());
    evaluator.masks().check(instance, operands, result, taken, span);
    return described(result, operands, instance, span);
  }
}
