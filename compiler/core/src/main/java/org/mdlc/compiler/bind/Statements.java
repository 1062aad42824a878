package org.mdlc.compiler.bind;

import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Trail;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** Runs statements. */
final class Statements {
  private final Evaluator evaluator;

  Statements(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** Runs a body to its end or to a return. */
  Datum body(Ast.Block block, Scope scope, String what) {
    var returned = run(block.statements(), scope);
    if (returned != null) {
      return returned;
    }
    return block.value() == null ? Datum.None.NONE : evaluator.eval(block.value(), scope);
  }

  /** What was returned, or null when the end was reached. */
  @Nullable Datum run(List<? extends Ast.Statement> statements, Scope scope) {
    for (var statement : statements) {
      if (statement instanceof Ast.Let l) {
        l.names().forEach(n -> scope.announce(n.text(), n.span()));
      }
    }
    for (int i = 0; i < statements.size(); i++) {
      var statement = statements.get(i);
      evaluator.enter(statement);
      var returned = run(statement, scope);
      if (returned != null) {
        if (statement instanceof Ast.Return && i + 1 < statements.size()) {
          report(
              statements.get(i + 1).span(),
              new Misuse(Codes.UNREACHABLE, "this is never reached: the line above returns"));
        }
        return returned;
      }
    }
    return null;
  }

  private @Nullable Datum run(Ast.Statement statement, Scope scope) {
    try {
      return step(statement, scope);
    } catch (Silent e) {
      declareBroken(statement, scope);
      return null;
    } catch (Misuse m) {
      evaluator.problems().report(m, statement.span());
      declareBroken(statement, scope);
      return null;
    }
  }

  /** A name whose declaration has an error is known from then on, so that its uses are silent. */
  private static void declareBroken(Ast.Statement statement, Scope scope) {
    if (statement instanceof Ast.Let l) {
      l.names().forEach(name -> declareBroken(name, scope));
    }
  }

  private static void declareBroken(Ast.Name name, Scope scope) {
    if (scope.here(name.text()) == null) {
      scope.put(new Scope.Binding(name.text(), Poison.POISON, name.span(), true, null));
    }
  }

  private @Nullable Datum step(Ast.Statement statement, Scope scope) {
    switch (statement) {
      case Ast.Input i -> evaluator.models().input(i, scope);
      case Ast.Output o -> evaluator.models().output(o, scope);
      case Ast.Precision _ -> {} // Precision has read it
      case Ast.Let l -> let(l, scope);
      case Ast.ParamDecl p -> declare(p.name(), scope, () -> evaluator.variables().param(p, scope));
      case Ast.StateDecl s -> declare(s.name(), scope, () -> evaluator.variables().state(s, scope));
      case Ast.Assign a -> assign(a, scope);
      case Ast.Update u -> update(u, scope);
      case Ast.Return r -> {
        return r.value() == null ? Datum.None.NONE : evaluator.eval(r.value(), scope);
      }
      case Ast.Require r -> require(r, scope);
      case Ast.If i -> {
        return branch(i, scope);
      }
      case Ast.Repeat r -> {
        return repeat(r, scope);
      }
      case Ast.For f -> {
        return each(f, scope);
      }
    }
    return null;
  }

  // ---- names

  private void let(Ast.Let tree, Scope scope) {
    var value = evaluator.eval(tree.value(), scope, Category.VALUE);
    if (tree.type() != null && !value.isPoison()) {
      value =
          evaluator
              .types()
              .fit(
                  tree.type(),
                  value,
                  "`" + tree.names().get(0) + "`",
                  scope,
                  evaluator.instance().order());
    }
    var values = takeApart(tree.names(), value, tree.span());
    for (int i = 0; i < tree.names().size(); i++) {
      var name = tree.names().get(i);
      var known = scope.here(name.text());
      if (known != null && !known.span().equals(name.span())) {
        evaluator.problems().report(duplicate(name, known.span()));
        continue;
      }
      evaluator.warnShadow(name.text(), name.span(), scope);
      evaluator.lints().hidden(name.text(), name.span(), scope);
      if (!(values.get(i) instanceof Datum.Layer)) {
        evaluator
            .usage()
            .declare(name.span(), name.text()); // of an unused layer another warning tells
      }
      var named = describe(values.get(i), name);
      evaluator.layers().name(named, name.text());
      evaluator.observation().value(name.span(), named);
      scope.put(new Scope.Binding(name.text(), named, name.span(), tree.variable(), null));
    }
  }

  private static Diagnostic duplicate(Ast.Name name, Span first) {
    return Diagnostic.of(Codes.DUPLICATE_NAME, name.span(), "`" + name + "` is defined twice")
        .label("again here")
        .also(first, "first here")
        .help(
            "rename one; a value that changes is made with `var` and assigned with `"
                + name
                + " = ..`");
  }

  /** A tensor remembers where its name was given. */
  private static Datum describe(Datum value, Ast.Name name) {
    if (value instanceof Tensor t && !Problems.isLibrary(name.span().file())) {
      return t.with(t.trail().then(name.span(), "`" + name + "` is " + t.type()));
    }
    return value;
  }

  private List<Datum> takeApart(List<Ast.Name> names, Datum value, Span span) {
    if (names.size() == 1) {
      return List.of(value);
    }
    if (value instanceof Listing l && l.items().size() == names.size()) {
      return l.items();
    }
    if (!value.isPoison() || value instanceof Listing) {
      var has = value instanceof Listing l ? l.items().size() + " values" : value.kind();
      report(
          span,
          new Misuse(
              Codes.TUPLE_MISMATCH,
              names.size() + " names on the left and " + has + " on the right"));
    }
    return Collections.nCopies(names.size(), Poison.POISON);
  }

  private void declare(Ast.Name name, Scope scope, Supplier<@Nullable Variable> making) {
    var body = evaluator.layers().bodyScope(scope);
    var known = body.here(name.text());
    if (known != null && !known.span().equals(name.span())) {
      evaluator.problems().report(duplicate(name, known.span()));
      return;
    }
    // Poison until it is made: an error in the making is the only one to tell of.
    body.put(new Scope.Binding(name.text(), Poison.POISON, name.span(), false, null));
    var variable = making.get();
    if (variable != null) {
      evaluator.observation().variable(name.span(), variable.type());
      var seen = evaluator.weightReadings().seen(variable);
      body.put(
          seen == null
              ? new Scope.Binding(name.text(), Poison.POISON, name.span(), false, variable)
              : new Scope.Binding(name.text(), seen, name.span(), false, null));
    }
  }

  private void assign(Ast.Assign tree, Scope scope) {
    var input = PythonHabits.input(tree);
    if (input.isPresent() && scope.find(tree.targets().getFirst().text()) == null) {
      evaluator.problems().report(input.get());
      declareBroken(tree.targets().getFirst(), scope);
      return;
    }
    var value = evaluator.eval(tree.value(), scope, Category.VALUE);
    var values = takeApart(tree.targets(), value, tree.span());
    for (int i = 0; i < values.size(); i++) {
      var name = tree.targets().get(i);
      var binding = scope.find(name.text());
      if (binding == null) {
        evaluator.problems().report(unknownTarget(name, scope), name.span());
        scope.put(new Scope.Binding(name.text(), values.get(i), name.span(), true, null));
      } else if (!binding.changeable()) {
        evaluator.problems().report(notChangeable(name, binding));
      } else {
        binding.set(describe(values.get(i), name));
        evaluator.observation().value(name.span(), values.get(i));
      }
    }
  }

  private static Misuse unknownTarget(Ast.Name name, Scope scope) {
    var misuse = new Misuse(Codes.UNKNOWN_NAME, "there is no `" + name + "` to assign to");
    var near = DidYouMean.nearest(name.text(), scope.visible());
    near.ifPresent(n -> misuse.replace("did you mean `" + n + "`?", n));
    var word = PythonHabits.isResult(name) ? "output" : "var";
    return misuse.replace("make it with `" + word + " " + name + " = ..`", word + " " + name);
  }

  private Diagnostic notChangeable(Ast.Name name, Scope.Binding binding) {
    var diagnostic =
        Diagnostic.of(
                Codes.NOT_A_VARIABLE,
                evaluator.problems().users(name.span()),
                "`" + name + "` cannot be assigned again")
            .also(binding.span(), "it is defined here");
    return binding.variable() != null
        ? diagnostic.help("a state is updated with `" + name + " <- ..`")
        : diagnostic.help("define it with `var` instead of `let`");
  }

  private void update(Ast.Update tree, Scope scope) {
    var value = evaluator.eval(tree.value(), scope, Category.VALUE);
    var binding = scope.find(tree.target().text());
    if (binding == null) {
      throw new Misuse(Codes.UNKNOWN_NAME, "there is no `" + tree.target() + "` to update");
    }
    binding.use();
    if (value.isPoison()) {
      return;
    }
    var updater = binding.updater();
    if (updater != null) {
      updater.accept(value);
      return;
    }
    var variable = binding.variable();
    if (variable == null) {
      if (binding.value().isPoison()) {
        return;
      }
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.UPDATE_OUTSIDE_STATE,
                      tree.target().span(),
                      "`" + tree.target() + "` is no state")
                  .also(binding.span(), "it is defined here")
                  .help(
                      "keep it with `state "
                          + tree.target()
                          + " = ..`, or assign with `=` within one step"));
      return;
    }
    evaluator.variables().write(variable, value, tree);
  }

  // ---- conditions and loops

  private void require(Ast.Require tree, Scope scope) {
    var condition = evaluator.condition(tree.condition(), scope);
    if (!(condition instanceof Truth t) || t.value()) {
      return;
    }
    var message =
        tree.message() == null
            ? "required: " + tree.condition().span().text()
            : fill(tree.message(), scope);
    var at = cause(tree.condition(), scope);
    var problems = evaluator.problems();
    boolean library = Problems.isLibrary(tree.span().file());
    var code = at != null && library ? Codes.VALUE_OUT_OF_RANGE : Codes.REQUIREMENT_FAILED;
    var place = problems.users(at == null ? tree.span() : at);
    var diagnostic = Diagnostic.of(code, place, message);
    var advised = library ? RequireAdvice.advised(diagnostic, tree, scope) : diagnostic;
    problems.report(library ? advised : problems.withUse(diagnostic, tree.span()));
    throw new Failed();
  }

  /** Where the value was written that the condition speaks of, when that is in the user's file. */
  private @Nullable Span cause(Ast.Expr condition, Scope scope) {
    return switch (condition) {
      case Ast.NameExpr n -> {
        var binding = scope.find(n.name());
        if (binding == null || Problems.isLibrary(binding.span().file())) {
          yield null;
        }
        yield Problems.isLibrary(n.span().file()) ? binding.span() : null;
      }
      case Ast.Binary b -> {
        var left = cause(b.left(), scope);
        yield left != null ? left : cause(b.right(), scope);
      }
      case Ast.Unary u -> cause(u.operand(), scope);
      case Ast.Call c -> {
        for (var argument : c.arguments()) {
          var found = cause(argument.value(), scope);
          if (found != null) {
            yield found;
          }
        }
        yield null;
      }
      default -> null;
    };
  }

  String fill(Ast.Template template, Scope scope) {
    var text = new StringBuilder();
    for (var piece : template.pieces()) {
      switch (piece) {
        case Ast.TextPiece t -> text.append(t.text());
        case Ast.ExprPiece e ->
            text.append(evaluator.eval(e.value(), scope, Category.VALUE).text());
      }
    }
    return text.toString();
  }

  private @Nullable Datum branch(Ast.If tree, Scope scope) {
    if (!(evaluator.condition(tree.condition(), scope) instanceof Truth t)) {
      return null;
    }
    var block = t.value() ? tree.then() : tree.otherwise();
    return block == null ? null : inner(block, scope.inner());
  }

  private @Nullable Datum inner(Ast.Block block, Scope scope) {
    var returned = run(block.statements(), scope);
    if (returned == null && block.value() != null) {
      evaluator.eval(block.value(), scope);
    }
    return returned;
  }

  private @Nullable Datum repeat(Ast.Repeat tree, Scope scope) {
    var count = evaluator.eval(tree.count(), scope, Category.VALUE);
    if (count.isPoison()) {
      return null;
    }
    if (!(count instanceof Whole w)) {
      report(
          tree.count().span(),
          new Misuse(Codes.TYPE_MISMATCH, "`repeat` needs a whole number, not " + count.kind()));
      return null;
    }
    if (!w.dim().isConstant()) {
      throw Arithmetic.unknown(w.dim());
    }
    if (w.dim().value() < 0) {
      report(
          tree.count().span(),
          new Misuse(Codes.VALUE_OUT_OF_RANGE, "cannot repeat " + w.dim() + " times"));
      return null;
    }
    for (long i = 0; i < w.dim().value(); i++) {
      evaluator.count(tree.span());
      var inner = scope.inner();
      if (tree.index() != null) {
        inner.put(tree.index().text(), Datum.whole(i), tree.index().span());
        evaluator.observation().value(tree.index().span(), Datum.whole(i));
      }
      var returned = inner(tree.body(), inner);
      if (returned != null) {
        return returned;
      }
    }
    return null;
  }

  private @Nullable Datum each(Ast.For tree, Scope scope) {
    var list = evaluator.eval(tree.list(), scope, Category.VALUE);
    if (list instanceof Poison) {
      return null;
    }
    if (!(list instanceof Listing l)) {
      var misuse = new Misuse(Codes.TYPE_MISMATCH, "`for` walks a list, not " + list.kind());
      report(
          tree.list().span(),
          list instanceof Whole
              ? misuse.help("count with `repeat n as i`, or walk range(n)")
              : list instanceof Tensor
                  ? misuse.help("`scan` walks a dimension of a tensor")
                  : misuse);
      return null;
    }
    for (var item : l.items()) {
      evaluator.count(tree.span());
      var inner = scope.inner();
      inner.put(tree.variable().text(), item, tree.variable().span());
      evaluator.observation().value(tree.variable().span(), item);
      var returned = inner(tree.body(), inner);
      if (returned != null) {
        return returned;
      }
    }
    return null;
  }

  private void report(Span span, Misuse misuse) {
    evaluator.problems().report(misuse, span, Trail.NONE);
  }

  /** A {@code require} that does not hold ends the body it stands in. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed() {
      super("a requirement is not met", null, false, false);
    }
  }
}
