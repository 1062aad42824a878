package org.mdlc.compiler.bind;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.None;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.bind.Datum.Real;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.bind.Matching.Formal;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/**
 * Gives the parameters of a definition their values: matches arguments to them, evaluates those as
 * the parameter wants (words of an enum are no names), and fits each value to the declared type or,
 * without one, to the default's.
 */
final class Parameters {
  private final Evaluator evaluator;

  Parameters(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

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

  /**
   * The second list, where masks come along with their tensors, and several tensors are one list.
   */
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
        gathered(params, actuals),
        scope,
        inner,
        callee,
        span,
        order,
        name -> evaluator.masks().implied(name, params, inner));
  }

  /** Several tensors for one list parameter: {@code Add()(a, b)}. */
  private static List<Actual> gathered(List<Ast.Param> operands, List<Actual> actuals) {
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
      var words = words(type);
      boolean takesWords =
          !words.isEmpty() || (type == null && likeDefault instanceof Ast.StringLit);
      if (words.contains(n.name()) || (takesWords && !isName(n, scope))) {
        return new Datum.Text(n.name());
      }
    }
    return evaluator.eval(tree, scope, category(type));
  }

  private static boolean isName(Ast.NameExpr expr, Scope scope) {
    return scope.find(expr.name()) != null
        || scope.library().findAny(Category.VALUE, expr.name()) != null;
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
}
