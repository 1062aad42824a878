package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.None;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.bind.Datum.Real;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.bind.Matching.Formal;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** Calls and pipes. */
final class Calls {
  /** What every layer takes besides its own parameters. */
  static final Set<String> LAYER_ARGUMENTS = Set.of("name", "trainable", "weights");

  /** What every loss takes besides its own parameters, as the last one. */
  static final List<String> REDUCTIONS =
      List.of("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none");

  private final Evaluator evaluator;

  Calls(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Datum call(Ast.Call tree, Scope scope, Category wanted) {
    var callee = evaluator.eval(tree.callee(), scope, wanted);
    var actuals = Actual.all(tree.arguments());
    if (callee.isPoison()) {
      actuals.forEach(a -> evaluate(a, null, null, scope));
      return Poison.POISON;
    }
    return invoke(callee, actuals, scope, tree.span(), tree.callee().span());
  }

  Datum pipe(Ast.Pipe tree, Scope scope, Category wanted) {
    var value = evaluator.eval(tree.value(), scope, Category.VALUE);
    var given = operands(value, tree.value().span());
    if (tree.target() instanceof Ast.Call call) {
      var callee = evaluator.eval(call.callee(), scope, wanted);
      var actuals = Actual.all(call.arguments());
      if (callee.isPoison()) {
        actuals.forEach(a -> evaluate(a, null, null, scope));
        return Poison.POISON;
      }
      if (callee instanceof Datum.Definition || callee instanceof Datum.ModelDefinition) {
        var configured = invoke(callee, actuals, scope, call.span(), call.callee().span());
        return configured.isPoison() || value.isPoison()
            ? Poison.POISON
            : invoke(configured, given, scope, call.span(), call.span());
      }
      if (callee instanceof Datum.Closure c && c.tree().params().size() == actuals.size()) {
        var made = invoke(callee, actuals, scope, call.span(), call.callee().span());
        return made.isPoison() || value.isPoison()
            ? Poison.POISON
            : invoke(made, given, scope, call.span(), call.span());
      }
      var all =
          new ArrayList<>(
              callee instanceof Datum.Layer
                  ? given
                  : List.of(Actual.of(value, tree.value().span())));
      all.addAll(actuals);
      return invoke(callee, all, scope, call.span(), call.callee().span());
    }
    var target = evaluator.eval(tree.target(), scope, wanted);
    if (target.isPoison() || value.isPoison()) {
      return Poison.POISON;
    }
    if (target instanceof Datum.Definition || target instanceof Datum.ModelDefinition) {
      target = invoke(target, List.of(), scope, tree.target().span(), tree.target().span());
      return target.isPoison()
          ? target
          : invoke(target, given, scope, tree.target().span(), tree.target().span());
    }
    return invoke(
        target,
        target instanceof Datum.Layer || target instanceof Configured
            ? given
            : List.of(Actual.of(value, tree.value().span())),
        scope,
        tree.target().span(),
        tree.target().span());
  }

  /** A tuple on the left of a pipe gives several tensors to a layer. */
  private static List<Actual> operands(Datum value, Span span) {
    return value instanceof Datum.Listing l && l.tuple()
        ? l.items().stream().map(i -> Actual.of(i, span)).toList()
        : List.of(Actual.of(value, span));
  }

  /** Applies whatever can be applied. */
  Datum invoke(Datum callee, List<Actual> actuals, Scope scope, Span span, Span name) {
    return guarded(
        span,
        () ->
            switch (callee) {
              case Datum.Native n when n.builtin().name().equals("copy_layer") ->
                  evaluator.layers().copy(actuals, scope, span);
              case Datum.Native n -> builtin(n.builtin(), actuals, scope, span);
              case Datum.Function f -> function(f, actuals, scope, span);
              case Datum.Closure c -> closure(c, actuals, scope);
              case Datum.Definition d when d.tree().kind() == Ast.Kind.LAYER ->
                  evaluator.layers().construct(d, actuals, scope, span);
              case Datum.Definition d -> configure(d, actuals, scope, span);
              case Datum.ModelDefinition m -> evaluator.layers().construct(m, actuals, scope, span);
              case Configured c -> apply(c, actuals, scope, span);
              case Datum.Layer l -> evaluator.layers().apply(l, actuals, scope, span);
              default -> throw notCallable(callee, name);
            });
  }

  private Silent notCallable(Datum callee, Span name) {
    var diagnostic =
        Diagnostic.of(
            Codes.NOT_CALLABLE,
            evaluator.problems().users(name),
            callee.kind() + " cannot be called");
    if (callee instanceof Tensor) {
      diagnostic =
          diagnostic.help("a tensor is given to a layer with `|>`, and indexed with `[..]`");
    }
    evaluator.problems().report(diagnostic);
    return new Silent();
  }

  /** Runs a call with its place on the stack; too deep is an endless recursion. */
  private Datum guarded(Span span, Supplier<Datum> work) {
    var problems = evaluator.problems();
    if (problems.depth() >= Limits.DEPTH) {
      problems.report(
          Diagnostic.of(
                  Codes.RECURSIVE_DEFINITION,
                  problems.users(span),
                  "definitions call one another more than " + Limits.DEPTH + " deep")
              .help("a definition that calls itself needs an `if` that ends it"));
      throw new Statements.Failed();
    }
    problems.enter(span);
    try {
      return work.get();
    } catch (Statements.Failed e) {
      if (problems.depth() > 1 && problems.depth() >= Limits.DEPTH) {
        throw e;
      }
      return Poison.POISON;
    } finally {
      problems.leave();
    }
  }

  // ---- functions

  private Datum builtin(Builtin builtin, List<Actual> actuals, Scope scope, Span span) {
    var matched =
        Matching.match(
            evaluator.problems(),
            builtin.name(),
            builtin.parameters().stream().map(Formal::of).toList(),
            actuals,
            span);
    var values = new LinkedHashMap<String, Datum>();
    boolean poison = false;
    for (var parameter : builtin.parameters()) {
      var given = matched.getOrDefault(parameter.name(), List.of());
      var data = new ArrayList<Datum>();
      for (var actual : given) {
        data.add(evaluateWord(actual, parameter, scope));
      }
      poison |= data.stream().anyMatch(Datum::isPoison);
      if (parameter.rest()) {
        values.put(parameter.name(), Datum.list(data));
      } else {
        values.put(
            parameter.name(),
            data.isEmpty() ? Objects.requireNonNull(parameter.defaultValue()) : data.get(0));
      }
    }
    if (poison) {
      return Poison.POISON;
    }
    try {
      var given = new Given(builtin, values, evaluator, span);
      var result = evaluator.sketch().inLibrary(() -> builtin.body().apply(given));
      evaluator.sketch().function(builtin.name(), values, result, span);
      return result;
    } catch (Misuse m) {
      throw located(m, builtin, matched, values, span);
    }
  }

  private Silent located(
      Misuse misuse,
      Builtin builtin,
      Map<String, List<Actual>> matched,
      Map<String, Datum> values,
      Span span) {
    Span at = span;
    var trail = Datum.Trail.NONE;
    if (misuse.argument() >= 0) {
      boolean rest = !builtin.parameters().isEmpty() && builtin.parameters().get(0).rest();
      var parameter =
          builtin
              .parameters()
              .get(rest ? 0 : Math.min(misuse.argument(), builtin.parameters().size() - 1));
      var given = matched.getOrDefault(parameter.name(), List.of());
      int index = rest ? misuse.argument() : 0;
      at = index < given.size() ? given.get(index).span() : span;
    }
    var tensors = new ArrayList<Tensor>();
    values.values().forEach(value -> SideAdvice.collect(value, tensors));
    boolean ofShapes =
        misuse.code() != Codes.TEXT_AS_TENSOR && misuse.code() != Codes.LAYER_USED_AS_TENSOR;
    if (ofShapes && !tensors.isEmpty()) {
      trail = tensors.getFirst().trail();
    }
    evaluator.problems().report(SideAdvice.origins(misuse, tensors), at, trail);
    return new Silent();
  }

  private Datum evaluateWord(Actual actual, Builtin.Parameter parameter, Scope scope) {
    boolean takesWords =
        parameter.defaultValue() instanceof Datum.Text || parameter.name().equals("dtype");
    if (takesWords
        && actual.tree() instanceof Ast.NameExpr n
        && scope.find(n.name()) == null
        && (scope.library().findAny(Category.VALUE, n.name()) == null
            || parameter.name().equals("dtype"))) {
      return new Datum.Text(n.name());
    }
    return evaluate(actual, null, null, scope);
  }

  private Datum function(Datum.Function function, List<Actual> actuals, Scope scope, Span span) {
    var tree = function.tree();
    var inner = function.scope().inner();
    arguments(
        tree.params(),
        actuals,
        scope,
        inner,
        tree.name().text(),
        span,
        evaluator.instance().order());
    if (inner.own().stream().anyMatch(b -> b.value().isPoison())) {
      return Poison.POISON;
    }
    evaluator.lints().softmax(function, inner, span);
    if (!Problems.isLibrary(tree.span().file())) {
      return result(
          tree.result(), body(tree.body(), inner, tree.name().text()), inner, tree.name().text());
    }
    var operands = new LinkedHashMap<String, Datum>();
    inner.own().forEach(b -> operands.put(b.name(), b.value()));
    operands.keySet().retainAll(tree.params().stream().map(p -> p.name().text()).toList());
    var result = evaluator.sketch().inLibrary(() -> body(tree.body(), inner, tree.name().text()));
    var checked = result(tree.result(), result, inner, tree.name().text());
    evaluator.sketch().function(tree.name().text(), operands, checked, span);
    return checked;
  }

  private Datum body(Ast.Block block, Scope scope, String name) {
    var before = evaluator.statement();
    var result =
        evaluator.layers().inBody(scope, () -> evaluator.statements().body(block, scope, name));
    evaluator.statement(before);
    if (result instanceof Datum.None && block.value() == null && !returnsNone(block)) {
      var at =
          block.statements().isEmpty()
              ? block.span()
              : block.statements().get(block.statements().size() - 1).span();
      if (!Problems.isLibrary(block.span().file())) {
        evaluator
            .problems()
            .report(
                Diagnostic.of(Codes.MISSING_RESULT, at, name + " returns nothing")
                    .help("end the body with `return ..`"));
        return Poison.POISON;
      }
    }
    return result;
  }

  private static boolean returnsNone(Ast.Block block) {
    return block.statements().stream()
        .anyMatch(
            s ->
                s instanceof Ast.Return
                    || s instanceof Ast.If
                    || s instanceof Ast.For
                    || s instanceof Ast.Repeat);
  }

  /** Checks a declared result. */
  Datum result(Ast.@Nullable TypeExpr type, Datum value, Scope scope, String name) {
    if (type == null || value.isPoison()) {
      return value;
    }
    try {
      return evaluator
          .types()
          .fit(type, value, "the result of " + name, scope, evaluator.instance().order());
    } catch (Misuse m) {
      var misuse =
          new Misuse(
              m.code() == Codes.TYPE_MISMATCH ? Codes.TYPE_MISMATCH : Codes.RESULT_MISMATCH,
              m.text());
      m.notes().forEach(misuse::note);
      m.helps().forEach(misuse::help);
      evaluator.problems().report(misuse, type.span());
      return Poison.POISON;
    }
  }

  private Datum closure(Datum.Closure closure, List<Actual> actuals, Scope scope) {
    var params = closure.tree().params();
    if (actuals.size() != params.size()) {
      throw new Misuse(
          actuals.size() > params.size() ? Codes.TOO_MANY_ARGUMENTS : Codes.MISSING_ARGUMENT,
          "the function takes " + params.size() + " arguments and is given " + actuals.size());
    }
    var inner = closure.scope().inner();
    for (int i = 0; i < params.size(); i++) {
      inner.put(
          params.get(i).text(), evaluate(actuals.get(i), null, null, scope), params.get(i).span());
    }
    return evaluator.eval(closure.tree().body(), inner, Category.VALUE);
  }

  // ---- definitions

  /** With defaults only. */
  Configured configure(Datum.Definition definition, List<Actual> actuals, Span span, String what) {
    var scope = definition.scope();
    if (configure(definition, actuals, scope, span) instanceof Configured c) {
      return c;
    }
    throw new Silent();
  }

  /** An optimizer in the library's that scales the loss. */
  Configured scaling(Configured optimizer) {
    var definition = evaluator.library().standardOptimizer(Optimizers.SCALING);
    var given = List.of(Actual.of(optimizer, optimizer.span()));
    return configure(definition, given, optimizer.span(), "the optimizer");
  }

  private Datum configure(
      Datum.Definition definition, List<Actual> actuals, Scope scope, Span span) {
    var reduction = reduction(definition, actuals);
    var options = Optimizers.options(definition, evaluator.library());
    var arguments =
        arguments(
            Optimizers.parameters(definition, options),
            reduction == null
                ? actuals
                : actuals.stream().filter(a -> !a.equals(reduction)).toList(),
            scope,
            definition.scope().inner(),
            definition.name(),
            span,
            evaluator.instance().order());
    if (arguments.values().values().stream().anyMatch(Datum::isPoison)) {
      return Poison.POISON;
    }
    if (options != null) {
      evaluator
          .statements()
          .body(options.tree().body(), scope(options.scope(), arguments), definition.name());
    }
    var configured = new Configured(definition, arguments, null, span);
    if (reduction == null) {
      return configured;
    }
    var word = evaluate(reduction, null, null, scope);
    if (word.isPoison()) {
      return word;
    }
    try {
      return configured.reduced(reductionWord(definition, word));
    } catch (Misuse m) {
      evaluator.problems().report(m, reduction.span());
      return Poison.POISON;
    }
  }

  /** The argument {@code reduction} of a loss that does not declare one: by name, or the last. */
  private static @Nullable Actual reduction(Datum.Definition definition, List<Actual> actuals) {
    var config = definition.tree().config();
    if (definition.tree().kind() != Ast.Kind.LOSS
        || config.stream().anyMatch(p -> p.name().text().equals("reduction"))) {
      return null;
    }
    for (int i = 0; i < actuals.size(); i++) {
      var name = actuals.get(i).name();
      if (name == null ? i == config.size() : name.text().equals("reduction")) {
        return actuals.get(i);
      }
    }
    return null;
  }

  private static String reductionWord(Datum.Definition definition, Datum value) {
    var word = value.text();
    if (!REDUCTIONS.contains(word)) {
      throw new Misuse(
          Codes.UNKNOWN_WORD,
          "`reduction` of "
              + definition.name()
              + " is one of "
              + String.join(", ", REDUCTIONS)
              + ", not "
              + (value instanceof Datum.Text ? "`" + word + "`" : value.kind()));
    }
    return word;
  }

  /** Runs the body of a block, loss, schedule, regularizer or constraint on its second list. */
  Datum apply(Configured configured, List<Actual> actuals, Scope scope, Span span) {
    var tree = configured.definition().tree();
    return switch (tree.kind()) {
      case BLOCK -> run(configured, actuals, scope, span);
      case LOSS -> reduced(run(configured, actuals, scope, span), none(), none(), configured, span);
      case SCHEDULE, REGULARIZER, CONSTRAINT -> run(configured, actuals, scope, span);
      case INITIALIZER -> evaluator.variables().initializer(configured, actuals, scope, span);
      case METRIC, OPTIMIZER, LAYER ->
          throw new Misuse(Codes.NOT_CALLABLE, configured.kind() + " cannot be called here")
              .help("it is named in a train block");
    };
  }

  private static Datum none() {
    return Datum.None.NONE;
  }

  /** What a loss, metric or function makes of its operands, not reduced. */
  Datum values(Datum callee, List<Actual> actuals, Span at) {
    var scope = evaluator.emptyScope();
    return callee instanceof Configured c
        ? guarded(at, () -> run(c, actuals, scope, at))
        : invoke(callee, actuals, scope, at, at);
  }

  /** What the values of a loss come to, by the library's own definition of that. */
  Datum reduced(Datum values, Datum weight, Datum mask, Datum loss, Span at) {
    if (values.isPoison()) {
      return values;
    }
    var reduction = loss instanceof Configured c ? c.reduction() : Configured.MEAN;
    var given =
        Stream.of(values, weight, mask, new Datum.Text(reduction))
            .map(v -> Actual.of(v, at))
            .toList();
    return invoke(
        evaluator.library().standard("reduce_weighted_values"),
        given,
        evaluator.emptyScope(),
        at,
        at);
  }

  Datum run(Configured configured, List<Actual> actuals, Scope scope, Span span) {
    var tree = configured.definition().tree();
    var inner = configuredScope(configured);
    operands(
        tree.operands(),
        gathered(tree.operands(), actuals),
        scope,
        inner,
        tree.name().text(),
        span,
        evaluator.instance().order());
    if (inner.own().stream().anyMatch(b -> b.value().isPoison())) {
      return Poison.POISON;
    }
    return result(
        tree.result(), body(tree.body(), inner, tree.name().text()), inner, tree.name().text());
  }

  /** The scope of a body with its configuration bound. */
  static Scope configuredScope(Configured configured) {
    return scope(configured.definition().scope(), configured.arguments());
  }

  static Scope scope(Scope outer, Arguments arguments) {
    var inner = outer.inner();
    arguments
        .values()
        .forEach(
            (name, value) ->
                inner.put(name, value, Objects.requireNonNull(arguments.spans().get(name))));
    arguments
        .dims()
        .forEach(
            (name, value) -> {
              if (inner.here(name) == null) {
                inner.put(name, value, arguments.spans().values().iterator().next());
              }
            });
    return inner;
  }

  /** Several tensors for one list parameter: {@code Add()(a, b)}. */
  static List<Actual> gathered(List<Ast.Param> operands, List<Actual> actuals) {
    boolean oneList = operands.size() == 1 && operands.get(0).type() instanceof Ast.ListType;
    if (!oneList || actuals.isEmpty() || actuals.stream().anyMatch(a -> a.name() != null)) {
      return actuals;
    }
    var span = actuals.get(0).span();
    if (actuals.size() == 1) {
      var only = actuals.get(0);
      return only.value() instanceof Datum.Shaped
          ? List.of(Actual.of(Datum.list(only.value()), span))
          : actuals;
    }
    if (actuals.stream().allMatch(a -> a.value() != null)) {
      return List.of(
          Actual.of(
              Datum.list(actuals.stream().map(a -> Objects.requireNonNull(a.value())).toList()),
              span));
    }
    var elements = actuals.stream().map(a -> Objects.requireNonNull(a.tree())).toList();
    return List.of(
        new Actual(
            null,
            new Ast.ListExpr(elements, span.to(actuals.get(actuals.size() - 1).span())),
            null,
            span));
  }

  // ---- parameters

  /** Matches, evaluates and fits; the results are bound in {@code inner}. */
  Arguments arguments(
      List<Ast.Param> params,
      List<Actual> actuals,
      Scope scope,
      Scope inner,
      String callee,
      Span span,
      int order) {
    return arguments(params, actuals, scope, inner, callee, span, order, _ -> None.NONE);
  }

  /** The second list, where masks come along with their tensors. */
  Arguments operands(
      List<Ast.Param> params,
      List<Actual> actuals,
      Scope scope,
      Scope inner,
      String callee,
      Span span,
      int order) {
    if (params.stream().anyMatch(Masks::isMask)) {
      evaluator.masks().take();
    }
    return arguments(
        params,
        actuals,
        scope,
        inner,
        callee,
        span,
        order,
        name -> evaluator.masks().implied(name, params, inner));
  }

  private Arguments arguments(
      List<Ast.Param> params,
      List<Actual> actuals,
      Scope scope,
      Scope inner,
      String callee,
      Span span,
      int order,
      Function<String, Datum> implied) {
    var matched =
        Matching.match(
            evaluator.problems(), callee, params.stream().map(Formal::of).toList(), actuals, span);
    var evaluated = new LinkedHashMap<String, Datum>();
    for (var param : params) {
      registerWords(param.type());
      var given = matched.getOrDefault(param.name().text(), List.of());
      if (!given.isEmpty()) {
        evaluated.put(
            param.name().text(), evaluate(given.get(0), param.type(), param.defaultValue(), scope));
      }
    }
    var values = new LinkedHashMap<String, Datum>();
    var spans = new LinkedHashMap<String, Span>();
    int number = order < 0 ? evaluator.layers().nextOrder() : order;
    for (var param : params) {
      var name = param.name().text();
      var given = matched.getOrDefault(name, List.of());
      var at = given.isEmpty() ? param.span() : written(given.get(0), scope);
      var value = evaluated.containsKey(name) ? evaluated.get(name) : implied.apply(name);
      if (value instanceof None && given.isEmpty()) {
        value = defaultOf(param, inner);
      }
      var fitted = fit(param, value, callee, inner, at, number);
      values.put(name, fitted);
      spans.put(name, at);
      evaluator.observation().value(param.name().span(), fitted);
      inner.put(new Scope.Binding(name, fitted, at, false, null));
    }
    var dims = new LinkedHashMap<String, Datum>();
    inner.own().stream()
        .filter(b -> !values.containsKey(b.name()))
        .forEach(b -> dims.put(b.name(), b.value()));
    return new Arguments(values, spans, dims);
  }

  /** Where an argument was written: what the library hands on, in the user's call. */
  private static Span written(Actual actual, Scope scope) {
    if (Problems.isLibrary(actual.span().file()) && actual.tree() instanceof Ast.NameExpr n) {
      var binding = scope.find(n.name());
      return binding == null ? actual.span() : binding.span();
    }
    return actual.span();
  }

  private Datum defaultOf(Ast.Param param, Scope inner) {
    var tree = param.defaultValue();
    if (tree == null) {
      throw new IllegalStateException(param.name() + " has no default");
    }
    return evaluate(new Actual(null, tree, null, tree.span()), param.type(), null, inner);
  }

  private Datum fit(Ast.Param param, Datum value, String callee, Scope inner, Span at, int order) {
    if (value.isPoison()) {
      return Poison.POISON;
    }
    var what = "`" + param.name() + "` of " + callee;
    try {
      return param.type() != null
          ? evaluator.types().fit(param.type(), value, what, inner, order)
          : likeDefault(param, value, what);
    } catch (Misuse m) {
      if (m.code() == Codes.UNKNOWN_TYPE && param.type() != null) {
        evaluator.problems().report(m, param.type().span());
      } else {
        evaluator
            .problems()
            .report(m, at, value instanceof Tensor t ? t.trail() : Datum.Trail.NONE);
      }
      return Poison.POISON;
    } catch (Silent e) {
      return Poison.POISON;
    }
  }

  /** A parameter without a type takes it from its default. */
  private static Datum likeDefault(Ast.Param param, Datum value, String what) {
    var wanted =
        switch (param.defaultValue()) {
          case Ast.BoolLit _ when !(value instanceof Truth) -> "true or false";
          case Ast.StringLit _ when !(value instanceof Datum.Text) -> "a string";
          case Ast.FloatLit _ when value.number().isEmpty() && !(value instanceof Tensor) ->
              "a number";
          case Ast.IntLit _
              when !(value instanceof Whole || value instanceof Real || value instanceof Tensor) ->
              "a number";
          case null, default -> null;
        };
    if (wanted != null && !(value instanceof Datum.None)) {
      throw new Misuse(Codes.TYPE_MISMATCH, what + " must be " + wanted + ", not " + value.kind());
    }
    return param.defaultValue() instanceof Ast.FloatLit
            && value instanceof Whole w
            && w.dim().isConstant()
        ? new Real(w.dim().value())
        : value;
  }

  private void registerWords(Ast.@Nullable TypeExpr type) {
    switch (type) {
      case Ast.EnumType e -> e.words().forEach(w -> evaluator.usage().word(w.text()));
      case Ast.OptionalType o -> registerWords(o.type());
      case Ast.UnionType u -> u.alternatives().forEach(this::registerWords);
      case null, default -> {}
    }
  }

  /** Evaluates an argument for a parameter: words of an enum are no names. */
  Datum evaluate(
      Actual actual, Ast.@Nullable TypeExpr type, Ast.@Nullable Expr likeDefault, Scope scope) {
    if (actual.value() != null) {
      return actual.value();
    }
    var tree = Objects.requireNonNull(actual.tree());
    if (tree instanceof Ast.NameExpr n) {
      if (words(type).contains(n.name())) {
        return new Datum.Text(n.name());
      }
      if (!words(type).isEmpty()
          && scope.find(n.name()) == null
          && scope.library().findAny(Category.VALUE, n.name()) == null) {
        return new Datum.Text(n.name());
      }
      if (type == null
          && likeDefault instanceof Ast.StringLit
          && scope.find(n.name()) == null
          && scope.library().findAny(Category.VALUE, n.name()) == null) {
        return new Datum.Text(n.name());
      }
    }
    return evaluator.eval(tree, scope, category(type));
  }

  private static List<String> words(Ast.@Nullable TypeExpr type) {
    return switch (type) {
      case Ast.EnumType e -> e.words().stream().map(Ast.Name::text).toList();
      case Ast.OptionalType o -> words(o.type());
      case Ast.UnionType u -> u.alternatives().stream().flatMap(a -> words(a).stream()).toList();
      case null, default -> List.of();
    };
  }

  private static Category category(Ast.@Nullable TypeExpr type) {
    return switch (type) {
      case Ast.OptionalType o -> category(o.type());
      case Ast.NamedType n ->
          switch (n.name()) {
            case "initializer" -> Category.INITIALIZER;
            case "regularizer" -> Category.REGULARIZER;
            case "constraint" -> Category.CONSTRAINT;
            case "schedule" -> Category.SCHEDULE;
            case "optimizer" -> Category.OPTIMIZER;
            case "loss" -> Category.LOSS;
            case "metric" -> Category.METRIC;
            default -> Category.VALUE;
          };
      case null, default -> Category.VALUE;
    };
  }

  // ---- members

  Datum member(Ast.Member tree, Datum target) {
    if (target.isPoison()) {
      return Poison.POISON;
    }
    if (target instanceof Datum.Layer l) {
      var instance = l.instance();
      if (tree.member().text().equals("name")) {
        return new Datum.Text(instance.name());
      }
      var argument = instance.arguments().values().get(tree.member().text());
      if (argument != null) {
        return argument;
      }
      for (var variable : instance.variables()) {
        if (variable.path().equals(instance.inside(tree.member().text()))) {
          return evaluator.emitter().read(variable);
        }
      }
      for (var child : instance.children()) {
        if (child.name().equals(tree.member().text())) {
          return new Datum.Layer(child);
        }
      }
    }
    var misuse =
        new Misuse(Codes.UNKNOWN_MEMBER, target.kind() + " has no `" + tree.member() + "`");
    if (target instanceof Datum.Layer l) {
      var names = new ArrayList<String>();
      l.instance()
          .variables()
          .forEach(v -> names.add(v.path().substring(v.path().lastIndexOf('/') + 1)));
      l.instance().children().forEach(c -> names.add(c.name()));
      DidYouMean.nearest(tree.member().text(), names)
          .ifPresent(n -> misuse.help("did you mean `" + n + "`?"));
      if (!l.instance().called()) {
        misuse.note("a layer has its weights from its first call on");
      }
    }
    throw misuse;
  }
}
