package org.mdlc.compiler.bind;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** Runs the bodies of models: what is given to their inputs, and what they put out. */
final class Models {
  /** A model whose body runs: where its inputs come from and what it puts out. */
  record Run(
      Map<String, Datum> inputs,
      Map<String, Tensor> outputs,
      Map<String, Span> spans,
      boolean outermost) {}

  private final Evaluator evaluator;
  private final Deque<Run> running = new ArrayDeque<>();

  Models(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** Runs a model's body. */
  void run(Ast.Model tree, Run run, Scope scope) {
    running.push(run);
    try {
      evaluator
          .layers()
          .inBody(scope, () -> evaluator.statements().run(tree.body().statements(), scope));
    } catch (Statements.Failed e) {
      return; // reported where it failed; the rest of the body would only echo it
    } finally {
      running.pop();
    }
  }

  private Run current(String what) {
    var run = running.peek();
    if (run == null) {
      throw new Misuse(Codes.MISPLACED_STATEMENT, "`" + what + "` stands in a model only");
    }
    return run;
  }

  void input(Ast.Input tree, Scope scope) {
    var run = current("input");
    var name = tree.name().text();
    var known = scope.here(name);
    if (known != null) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.DUPLICATE_NAME, tree.name().span(), "`" + name + "` is defined twice")
                  .also(known.span(), "first here"));
      return;
    }
    Datum value;
    try {
      evaluator.inputs().fixBatch(tree, scope);
      value =
          run.outermost()
              ? evaluator.inputs().input(tree, scope)
              : evaluator
                  .types()
                  .fit(
                      tree.type(),
                      Objects.requireNonNull(run.inputs().get(name)),
                      "`" + name + "`",
                      scope,
                      0);
    } catch (Misuse m) {
      evaluator.problems().report(m, run.outermost() ? tree.type().span() : tree.span());
      value = Poison.POISON;
    } catch (Silent e) {
      value = Poison.POISON;
    }
    if (run.outermost()) {
      run.inputs().put(name, value);
      run.spans().put(name, tree.name().span());
      evaluator.sketch().input(name, value, tree.name().span());
    }
    scope.put(name, value, tree.name().span());
    evaluator.observation().value(tree.name().span(), value);
  }

  void output(Ast.Output tree, Scope scope) {
    var run = current("output");
    var name = tree.name().text();
    var value = evaluator.eval(tree.value(), scope);
    evaluator.observation().value(tree.name().span(), value);
    if (run.spans().containsKey("output " + name)) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.DUPLICATE_NAME,
                      tree.name().span(),
                      "the output `" + name + "` is defined twice")
                  .also(Objects.requireNonNull(run.spans().get("output " + name)), "first here"));
      return;
    }
    run.spans().put("output " + name, tree.name().span());
    switch (value) {
      case Tensor t ->
          run.outputs()
              .put(
                  name,
                  t.with(
                      t.trail()
                          .then(tree.name().span(), "the output `" + name + "` is " + t.type())));
      case Poison _ -> {}
      default -> {
        boolean layer = value instanceof Datum.Layer || value instanceof Datum.Definition;
        var misuse =
            new Misuse(
                layer ? Codes.LAYER_USED_AS_TENSOR : Codes.TYPE_MISMATCH,
                "the output `" + name + "` must be a tensor, not " + value.kind());
        evaluator
            .problems()
            .report(
                layer
                    ? misuse.help("give the layer a tensor: x |> " + value.text() + "(..)")
                    : misuse,
                tree.value().span());
      }
    }
    if (scope.find(name) == null) {
      scope.put(name, value, tree.name().span());
    }
  }
}
