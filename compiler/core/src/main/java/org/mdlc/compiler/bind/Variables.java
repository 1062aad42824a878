package org.mdlc.compiler.bind;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.None;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.InitialValues.Start;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.TensorType;

/** Weights, states, keys: made once, in the order of Keras, with what they start at. */
final class Variables {
  private final Evaluator evaluator;
  private final InitialValues initialValues;
  private final Map<Variable, Start> starts = new LinkedHashMap<>();
  private @Nullable Owner owner;

  /**
   * Who makes metric and optimizer variables.
   *
   * @param prefix the part of the path before the name
   * @param made variables by name, kept from phase to phase
   * @param atStart names that stand for a weight: in an initial value they are what it starts at
   */
  record Owner(
      String prefix, Role role, Map<String, Variable> made, Map<String, Variable> atStart) {}

  Variables(Evaluator evaluator, InitialValues initialValues) {
    this.evaluator = evaluator;
    this.initialValues = initialValues;
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
        initialValues.start(
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
            start.type(),
            false,
            None.NONE,
            None.NONE);
    starts.put(variable, start.start());
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
    var start = initialValues.start(name, type, initial, scope, path, settings, instance.order());
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
            start.type(),
            trainable,
            settings.getOrDefault("regularizer", None.NONE),
            settings.getOrDefault("constraint", None.NONE));
    starts.put(variable, start.start());
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

  // ---- others

  /** A generator's key. */
  Variable seed(String path, Draw draw) {
    var variable = new Variable(path, Role.SEED, Randomness.KEY, false, None.NONE, None.NONE);
    var start = initialValues.key(path, draw);
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
        initialValues.frame(), () -> evaluator.emitter().fill(variable.type(), start.fill()));
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
}
