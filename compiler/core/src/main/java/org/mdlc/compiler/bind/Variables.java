package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Axis;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.None;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** Weights, states, keys: made once, in the order of Keras, with what they start at. */
final class Variables {
  /**
   * What a variable starts at: a number, or a value of the initialize graph with the draw that its
   * key comes from.
   */
  record Start(double fill, @Nullable Tensor value, @Nullable Draw draw) {}

  private final Evaluator evaluator;
  private final Frame initialize = Frame.root("initialize");
  private final Map<Variable, Start> starts = new LinkedHashMap<>();
  private final Map<String, Tensor> keys = new LinkedHashMap<>();
  private @Nullable String making;
  private final Map<String, Long> dims = new LinkedHashMap<>();
  private final Set<String> symbols = new LinkedHashSet<>();
  private @Nullable Owner owner;
  private final Map<Instance, List<Datum.Reading>> readings = new HashMap<>();
  private @Nullable Long batch;

  /**
   * Who makes metric and optimizer variables.
   *
   * @param prefix the part of the path before the name
   * @param made variables by name, kept from phase to phase
   * @param atStart names that stand for a weight: in an initial value they are what it starts at
   */
  record Owner(
      String prefix, Role role, Map<String, Variable> made, Map<String, Variable> atStart) {}

  Variables(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** Sizes given for named dimensions. */
  void dims(Map<String, Long> sizes) {
    dims.putAll(sizes);
  }

  /** Names of dimensions that the model's inputs declared. */
  Set<String> symbols() {
    return symbols;
  }

  Frame initialize() {
    return initialize;
  }

  Map<Variable, Start> starts() {
    return starts;
  }

  List<Variable> all() {
    return List.copyOf(starts.keySet());
  }

  /** Runs a metric's or optimizer's body, whose states belong to it and not to a layer. */
  <T> T owned(Owner other, Supplier<T> work) {
    var before = owner;
    owner = other;
    try {
      return work.get();
    } finally {
      owner = before;
    }
  }

  // ---- declarations

  @Nullable Variable param(Ast.ParamDecl tree, Scope scope) {
    if (owner != null || evaluator.mode() != Evaluator.Mode.MODEL) {
      throw new Misuse(Codes.MISPLACED_STATEMENT, "a param belongs to a layer")
          .help("keep a value with `state`");
    }
    return layerVariable(
        tree.name(), tree.type(), tree.initial(), tree.options(), Role.PARAM, scope);
  }

  @Nullable Variable state(Ast.StateDecl tree, Scope scope) {
    var current = owner;
    if (current == null) {
      return layerVariable(
          tree.name(), tree.type(), tree.initial(), tree.options(), Role.STATE, scope);
    }
    var known = current.made().get(tree.name().text());
    if (known != null) {
      return known;
    }
    var beginning = scope.inner();
    current
        .atStart()
        .forEach((name, weight) -> beginning.put(name, startOf(weight), tree.name().span()));
    var start =
        start(
            tree.name(),
            tree.type(),
            tree.initial(),
            beginning,
            current.prefix() + tree.name().text(),
            Map.of(),
            evaluator.instance().order());
    if (start == null) {
      return null;
    }
    var variable =
        new Variable(
            current.prefix() + tree.name().text(),
            current.role(),
            start.type,
            false,
            None.NONE,
            None.NONE);
    starts.put(variable, start.start);
    current.made().put(tree.name().text(), variable);
    return variable;
  }

  private @Nullable Variable layerVariable(
      Ast.Name name,
      Ast.@Nullable TypeExpr type,
      Ast.@Nullable Expr initial,
      List<Ast.Arg> options,
      Role role,
      Scope scope) {
    var instance = evaluator.instance();
    var site = instance.site(name.span());
    var known = instance.variable(site);
    if (known != null) {
      checkShared(known, type, scope, instance);
      return known;
    }
    var path = instance.inside(name.text());
    for (int i = 1; instance.hasVariable(path); i++) {
      path = instance.inside(name.text() + "_" + i);
    }
    var settings = options(options, scope);
    var start = start(name, type, initial, scope, path, settings, instance.order());
    if (start == null) {
      return null;
    }
    boolean trainable =
        role == Role.PARAM
            && instance.trainable()
            && !(settings.get("trainable") instanceof Truth t && !t.value());
    var variable =
        new Variable(
            path,
            role,
            start.type,
            trainable,
            settings.getOrDefault("regularizer", None.NONE),
            settings.getOrDefault("constraint", None.NONE));
    starts.put(variable, start.start);
    instance.variable(site, variable);
    return variable;
  }

  private void checkShared(
      Variable known, Ast.@Nullable TypeExpr type, Scope scope, Instance instance) {
    if (type == null) {
      return;
    }
    var wanted = evaluator.types().declared(type, scope, false);
    if (wanted.equals(known.type())) {
      return;
    }
    var here = evaluator.problems().users(type.span());
    var diagnostic =
        Diagnostic.of(
                Codes.SHARED_SHAPE_CONFLICT,
                here,
                "the layer " + instance.name() + " has weights for another input shape")
            .label("here `" + known.path() + "` would be " + wanted);
    var first = instance.firstCall();
    diagnostic =
        first == null || first.equals(here)
            ? diagnostic.note("it is " + known.type())
            : diagnostic.also(first, "the first call made it " + known.type());
    evaluator
        .problems()
        .report(
            diagnostic.help("make a second layer, or give both calls the same number of features"));
    throw new Silent();
  }

  private Map<String, Datum> options(List<Ast.Arg> options, Scope scope) {
    var settings = new LinkedHashMap<String, Datum>();
    for (var option : options) {
      var name = option.name();
      if (name == null
          || !List.of("regularizer", "constraint", "trainable", "fan_in", "fan_out")
              .contains(name.text())) {
        evaluator
            .problems()
            .report(
                new Misuse(
                    Codes.UNKNOWN_ARGUMENT,
                    "after `with` come regularizer, constraint, trainable, fan_in and fan_out"
                        + (name == null ? ", by name" : ", not `" + name + "`")),
                option.span());
        continue;
      }
      var category =
          name.text().equals("regularizer")
              ? Category.REGULARIZER
              : name.text().equals("constraint") ? Category.CONSTRAINT : Category.VALUE;
      var value = evaluator.eval(option.value(), scope, category);
      if (value.isPoison()) {
        continue;
      }
      settings.put(
          name.text(),
          category == Category.VALUE || value instanceof None
              ? value
              : evaluator.conversions().configured(value, category, "`" + name + "`"));
    }
    return settings;
  }

  // ---- weights seen through functions

  /** Runs a call of a layer some of whose weights are seen through functions. */
  Datum through(Datum.Layer layer, Supplier<Datum> call) {
    if (layer.readings().isEmpty()) {
      return call.get();
    }
    var instance = layer.instance();
    var before = readings.put(instance, layer.readings());
    try {
      var result = call.get();
      if (!result.isPoison()) {
        layer.readings().forEach(r -> requireOne(r, instance));
      }
      return result;
    } finally {
      if (before == null) {
        readings.remove(instance);
      } else {
        readings.put(instance, before);
      }
    }
  }

  private static void requireOne(Datum.Reading reading, Instance layer) {
    var names = new ArrayList<String>();
    layer.variables().forEach(v -> names.add(v.name()));
    if (names.stream().noneMatch(reading.names()::contains)) {
      throw new Misuse(
              Codes.UNKNOWN_MEMBER,
              "the layer "
                  + layer.kind()
                  + " has no weight named "
                  + String.join(" or ", reading.names()))
          .note(names.isEmpty() ? "it has no weights" : "it has " + String.join(", ", names));
    }
  }

  /** What the body of the running layer sees of a weight, where it is not the weight itself. */
  @Nullable Datum seen(Variable variable) {
    Datum seen = null;
    for (var reading : readings.getOrDefault(evaluator.instance(), List.of())) {
      if (reading.names().contains(variable.name())) {
        seen = seen(variable, seen == null ? evaluator.emitter().read(variable) : seen, reading);
      }
    }
    return seen;
  }

  private Datum seen(Variable variable, Datum weight, Datum.Reading reading) {
    var at = evaluator.instance().span();
    var value =
        evaluator.within(
            reading.owner(),
            () ->
                evaluator
                    .calls()
                    .invoke(
                        reading.function(),
                        List.of(Actual.of(weight, at)),
                        evaluator.emptyScope(),
                        at,
                        at));
    if (value.isPoison()) {
      return value;
    }
    var tensor = evaluator.arithmetic().tensor(value);
    if (!tensor.type().equals(variable.type())) {
      throw new Misuse(
          Codes.SHAPE_MISMATCH,
          "the weight `"
              + variable.name()
              + "` is "
              + variable.type()
              + ", and the function that it is seen through gives "
              + tensor.type());
    }
    if (reading.keep()) {
      evaluator.emitter().write(variable, tensor);
    }
    return tensor;
  }

  // ---- inputs of the model

  /** Notes the number of examples that an input declares. */
  void fixBatch(Ast.Input tree, Scope scope) {
    if (tree.batch() == null) {
      return;
    }
    var value = evaluator.eval(tree.batch(), scope);
    if (value.isPoison()) {
      return;
    }
    if (!(value instanceof Whole w) || !w.dim().isConstant() || w.dim().value() < 1) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.VALUE_OUT_OF_RANGE,
                  "`batch` is a positive whole number, not " + value.text()),
              tree.batch().span());
      return;
    }
    if (batch != null && batch != w.dim().value()) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.VALUE_OUT_OF_RANGE, "another input has batches of " + batch + " examples"),
              tree.batch().span());
      return;
    }
    batch = w.dim().value();
  }

  /** The number of examples of every batch, where an input declares it. */
  @Nullable Long fixedBatch() {
    return batch;
  }

  Datum input(Ast.Input tree, Scope scope) {
    evaluator.inputTypes().declare(tree);
    if (tree.type() instanceof Ast.TensorType t) {
      for (var dim : t.dims()) {
        if (dim instanceof Ast.RestDims r) {
          throw new Misuse(
              Codes.UNKNOWN_DIMENSION,
              "an input needs all its dimensions: `"
                  + r.span().text()
                  + "` stands for any number of them");
        }
      }
      open(t, "", scope);
    }
    if (Types.elementOf(tree.type()).equals("str")) {
      var shape = evaluator.types().declaredText(tree.type(), scope);
      return new Datum.Strings(tree.name().text(), shape, tree.name().span());
    }
    var type = evaluator.types().declared(tree.type(), scope, true);
    var value = evaluator.emitter().frame().builder().input(tree.name().text(), Role.DATA, type);
    var tensor = evaluator.emitter().of(value);
    return tensor.with(
        tensor.trail().then(tree.name().span(), "`" + tree.name() + "` is declared " + type));
  }

  /**
   * Names in a type that nothing has a size for are dimensions that data or a setting gives.
   *
   * @param prefix goes before the names under which they are given
   */
  void open(Ast.TypeExpr type, String prefix, Scope scope) {
    var pattern = type instanceof Ast.TensorType t ? t.dims() : List.<Ast.DimExpr>of();
    for (int i = 0; i < pattern.size(); i++) {
      if (pattern.get(i) instanceof Ast.OneDim d
          && d.size() instanceof Ast.NameExpr n
          && scope.find(n.name()) == null
          && !isConstant(n.name(), scope)) {
        var name = prefix + n.name();
        var size = dims.get(name);
        symbols.add(name);
        scope.put(
            n.name(),
            new Whole(size == null ? Dim.symbol(name) : Dim.of(size), new Axis(n.name(), i)),
            d.span());
      }
    }
  }

  private static boolean isConstant(String name, Scope scope) {
    var known = scope.library().find(Category.VALUE, name);
    return known != null && !known.value().callable();
  }

  // ---- beginnings

  private record Made(TensorType type, Start start) {}

  /** Evaluates an initial value in the initialize graph. */
  private @Nullable Made start(
      Ast.Name name,
      Ast.@Nullable TypeExpr type,
      Ast.@Nullable Expr initial,
      Scope scope,
      String path,
      Map<String, Datum> settings,
      int order) {
    if (initial == null) {
      evaluator
          .problems()
          .report(
              new Misuse(Codes.MISSING_INITIAL, "`" + name + "` needs a value to start from")
                  .help("write `= zeros` or another initializer after its type"),
              name.span());
      return null;
    }
    var wanted = type == null ? null : sized(evaluator.types().declared(type, scope, false), name);
    return evaluator.within(
        initialize,
        () -> {
          var before = making;
          making = path;
          Datum value;
          try {
            value = evaluator.eval(initial, scope, Category.INITIALIZER);
          } finally {
            making = before;
          }
          if (value.isPoison()) {
            return null;
          }
          return made(value, wanted, path, settings, order, name);
        });
  }

  /** A weight's size is a number, and one that memory can hold. */
  private static TensorType sized(TensorType type, Ast.Name name) {
    var elements = type.shape().elements();
    if (!elements.isConstant()) {
      throw new Misuse(
              Codes.UNKNOWN_DIMENSION,
              "the size of `"
                  + name
                  + "` depends on "
                  + String.join(", ", elements.symbols())
                  + ", which is not known")
          .note("it would be " + type)
          .help(
              "declare the input with a number, give it with --set "
                  + elements.symbols().first()
                  + "=.., or take a mean, maximum or last step over the dimension first");
    }
    if (elements.value() > Integer.MAX_VALUE) {
      throw new Misuse(
          Codes.MODEL_TOO_LARGE,
          "`"
              + name
              + "` would be "
              + type
              + ": "
              + elements
              + " elements, and a weight has at most "
              + Integer.MAX_VALUE);
    }
    return type;
  }

  private @Nullable Made made(
      Datum value,
      @Nullable TensorType wanted,
      String path,
      Map<String, Datum> settings,
      int order,
      Ast.Name name) {
    if (value instanceof Tensor
        || value.number().isPresent()
        || value instanceof Truth
        || value instanceof Whole) {
      var tensor = evaluator.arithmetic().tensor(value);
      if (wanted == null) {
        var dtype = value instanceof Whole ? DType.F32 : tensor.dtype();
        return finished(evaluator.emitter().cast(tensor, dtype), null);
      }
      var joined = Broadcasting.join(tensor.shape(), wanted.shape());
      if (!joined.equals(wanted.shape())) {
        throw new Misuse(
            Codes.SHAPE_MISMATCH,
            "`" + name + "` is declared " + wanted + " and starts from " + tensor.type());
      }
      return finished(
          evaluator
              .emitter()
              .stretch(evaluator.emitter().cast(tensor, wanted.dtype()), wanted.shape()),
          null);
    }
    if (wanted == null) {
      throw new Misuse(
              Codes.MISSING_ARGUMENT,
              "`" + name + "` needs a type: an initializer does not say its shape")
          .help("write " + name + ": f32[..] = ..");
    }
    var initializer =
        evaluator
            .conversions()
            .configured(value, Category.INITIALIZER, "the initial value of `" + name + "`");
    if (!(initializer instanceof Configured c)) {
      return null;
    }
    var draws = new ArrayList<Draw>();
    var before = making;
    making = path;
    try {
      var tensor =
          evaluator
              .arithmetic()
              .tensor(drawn(c, wanted.shape(), settings, order, name.span(), draws));
      if (!tensor.shape().equals(wanted.shape())) {
        throw new Misuse(
            Codes.SHAPE_MISMATCH,
            "the initializer "
                + c.name()
                + " gives "
                + tensor.type()
                + " where "
                + wanted
                + " is needed");
      }
      return finished(
          evaluator.emitter().cast(tensor, wanted.dtype()), draws.isEmpty() ? null : draws.get(0));
    } finally {
      making = before;
    }
  }

  /** Runs an initializer in the initialize graph with a key of its own. */
  private Datum drawn(
      Configured c,
      Shape shape,
      Map<String, Datum> settings,
      int order,
      Span at,
      List<Draw> draws) {
    var draw = c.draw();
    var seed = c.arguments().values().get("seed");
    if (draw == null && seed != null) {
      draw = evaluator.randomness().forInitializer(order, seed);
    }
    if (draw != null) {
      draws.add(draw);
    }
    var before =
        evaluator
            .randomness()
            .initializerKey(draw == null ? null : key(making + BoundProgram.SEED, draw));
    try {
      var fans = Fans.of(shape);
      var actuals = new ArrayList<Actual>();
      for (var operand : c.definition().tree().operands()) {
        actuals.add(
            switch (operand.name().text()) {
              case "shape" -> Actual.of(Datum.dims(shape.dims()), at);
              case "fan_in" -> Actual.of(settings.getOrDefault("fan_in", new Whole(fans.in())), at);
              case "fan_out" ->
                  Actual.of(settings.getOrDefault("fan_out", new Whole(fans.out())), at);
              default ->
                  throw new Misuse(
                      Codes.UNKNOWN_ARGUMENT,
                      "an initializer is given shape, fan_in and fan_out, not `"
                          + operand.name()
                          + "`");
            });
      }
      var result =
          evaluator.within(
              Evaluator.Mode.PLAIN,
              () -> evaluator.calls().run(c, actuals, c.definition().scope(), at));
      if (result.isPoison()) {
        throw new Silent();
      }
      return result;
    } finally {
      evaluator.randomness().initializerKey(before);
    }
  }

  /** An initializer called with a shape, inside the initial value of a weight. */
  Datum initializer(Configured c, List<Actual> actuals, Scope scope, Span span) {
    if (making == null) {
      throw new Misuse(
          Codes.NOT_CALLABLE,
          c.kind() + " can be called only in the initial value of a param or state");
    }
    if (actuals.size() != 1) {
      throw new Misuse(Codes.TOO_MANY_ARGUMENTS, "an initializer is called with a shape");
    }
    var shape = evaluator.calls().evaluate(actuals.get(0), null, null, scope);
    if (!(shape instanceof Datum.Listing l)
        || l.items().stream().anyMatch(i -> !(i instanceof Whole))) {
      throw new Misuse(
          Codes.TYPE_MISMATCH, "a shape is a list of whole numbers, not " + shape.kind(), 0);
    }
    var dims = l.items().stream().map(i -> ((Whole) i).dim()).toList();
    return drawn(
        c, new Shape(dims), Map.of(), evaluator.instance().order(), span, new ArrayList<>());
  }

  private Tensor key(String path, Draw draw) {
    var fixed = draw.fixed();
    if (fixed != null) {
      return evaluator.randomness().constantKey(fixed);
    }
    return keys.computeIfAbsent(
        path,
        p -> evaluator.emitter().of(initialize.builder().input(p, Role.SEED, Randomness.KEY)));
  }

  private Made finished(Tensor tensor, @Nullable Draw draw) {
    var value = initialize.use(tensor);
    for (var node : initialize.builder().nodes().reversed()) {
      if (node.results().contains(value)) {
        if (node.op() instanceof Constant c) {
          return new Made(value.type(), new Start(c.value(), tensor, null));
        }
        if (node.op() instanceof Broadcast || node.op() instanceof Cast) {
          var constant = constantOf(node.operands().get(0));
          if (constant != null) {
            return new Made(value.type(), new Start(constant, tensor, null));
          }
        }
        break;
      }
    }
    return new Made(value.type(), new Start(Double.NaN, tensor, draw));
  }

  private @Nullable Double constantOf(Value value) {
    for (var node : initialize.builder().nodes().reversed()) {
      if (node.results().contains(value)) {
        if (node.op() instanceof Constant c) {
          return c.value();
        }
        return node.op() instanceof Cast ? constantOf(node.operands().get(0)) : null;
      }
    }
    return null;
  }

  // ---- others

  /** A generator's key. */
  Variable seed(String path, Draw draw) {
    var variable = new Variable(path, Role.SEED, Randomness.KEY, false, None.NONE, None.NONE);
    var start = evaluator.within(initialize, () -> key(path, draw));
    starts.put(variable, new Start(Double.NaN, start, draw));
    return variable;
  }

  /** A variable that starts at a number. */
  Variable plain(String path, Role role, TensorType type, double fill) {
    var variable = new Variable(path, role, type, false, None.NONE, None.NONE);
    starts.put(variable, new Start(fill, null, null));
    return variable;
  }

  /** What a variable starts at, as a tensor of the initialize graph. */
  Tensor startOf(Variable variable) {
    var start = Objects.requireNonNull(starts.get(variable));
    if (start.value() != null) {
      return start.value();
    }
    return evaluator.within(
        initialize, () -> evaluator.emitter().fill(variable.type(), start.fill()));
  }

  void write(Variable variable, Datum value, Ast.Update tree) {
    if (variable.role() == Role.PARAM) {
      throw new Misuse(
              Codes.UPDATE_OUTSIDE_STATE,
              "`" + tree.target() + "` is a param: the optimizer moves it")
          .help("keep what you set yourself with `state`");
    }
    if (evaluator.emitter().frame().inLoop()) {
      throw new Misuse(Codes.UPDATE_OUTSIDE_STATE, "a state cannot be updated inside a scan")
          .help("carry the value and update the state after the scan");
    }
    var tensor =
        evaluator.emitter().cast(evaluator.arithmetic().tensor(value), variable.type().dtype());
    var shape = Broadcasting.join(tensor.shape(), variable.type().shape());
    if (!shape.equals(variable.type().shape())) {
      throw new Misuse(
          Codes.SHAPE_MISMATCH,
          "`" + tree.target() + "` is " + variable.type() + " and would become " + tensor.type());
    }
    evaluator.emitter().write(variable, evaluator.emitter().stretch(tensor, shape));
  }

  /**
   * Inputs and outputs of one unit, as Keras counts them: the dimensions before the last two are a
   * receptive field.
   */
  record Fans(Dim in, Dim out) {
    static Fans of(Shape shape) {
      if (shape.rank() == 0) {
        return new Fans(Dim.ONE, Dim.ONE);
      }
      if (shape.rank() == 1) {
        return new Fans(shape.dim(0), shape.dim(0));
      }
      var field = new Shape(shape.dims().subList(0, shape.rank() - 2)).elements();
      return new Fans(field.times(shape.dim(-2)), field.times(shape.dim(-1)));
    }
  }
}
