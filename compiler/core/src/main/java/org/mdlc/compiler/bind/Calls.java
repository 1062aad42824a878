package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.None;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.bind.Matching.Formal;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/**
 * Calls and pipes: of functions, and of definitions other than layers, which a first list of
 * arguments configures and a second one runs.
 */
final class Calls {
  /** What every loss takes besides its own parameters, as the last one. */
  static final List<String> REDUCTIONS =
      List.of("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none");

  private final Evaluator evaluator;
  private final Parameters parameters;

  Calls(Evaluator evaluator, Parameters parameters) {
    this.evaluator = evaluator;
    this.parameters = parameters;
  }

  Datum call(Ast.Call tree, Scope scope, Category wanted) {
    var callee = evaluator.eval(tree.callee(), scope, wanted);
    var actuals = Actual.all(tree.arguments());
    if (callee.isPoison()) {
      actuals.forEach(a -> parameters.evaluate(a, null, null, scope));
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
        actuals.forEach(a -> parameters.evaluate(a, null, null, scope));
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
    return parameters.evaluate(actual, null, null, scope);
  }

  private Datum function(Datum.Function function, List<Actual> actuals, Scope scope, Span span) {
    var tree = function.tree();
    var inner = function.scope().inner();
    parameters.arguments(
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
    if (result instanceof None && block.value() == null && !returnsNone(block)) {
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
          params.get(i).text(),
          parameters.evaluate(actuals.get(i), null, null, scope),
          params.get(i).span());
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
        parameters.arguments(
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
          .body(options.tree().body(), arguments.within(options.scope()), definition.name());
    }
    var configured = new Configured(definition, arguments, null, span);
    if (reduction == null) {
      return configured;
    }
    var word = parameters.evaluate(reduction, null, null, scope);
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
      case LOSS ->
          reduced(run(configured, actuals, scope, span), None.NONE, None.NONE, configured, span);
      case SCHEDULE, REGULARIZER, CONSTRAINT -> run(configured, actuals, scope, span);
      case INITIALIZER -> evaluator.initialValues().initializer(configured, actuals, scope, span);
      case METRIC, OPTIMIZER, LAYER ->
          throw new Misuse(Codes.NOT_CALLABLE, configured.kind() + " cannot be called here")
              .help("it is named in a train block");
    };
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
    var inner = configured.scope();
    parameters.operands(
        tree.operands(),
        actuals,
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
}
