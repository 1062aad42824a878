package org.mdlc.compiler.bind;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** Warnings of what is allowed and rarely meant. */
final class Lints {
  private static final String RATE = "learning_rate";

  /** Those that divide a gradient by its usual size. */
  private static final Set<String> ADAPTIVE =
      Set.of("Adam", "AdamW", "Adamax", "Nadam", "RMSprop", "Lion");

  private final Problems problems;
  private final Set<Span> warned = new HashSet<>();

  Lints(Problems problems) {
    this.problems = problems;
  }

  /** Two tensors that both stretch: {@code [4, 1] + [1, 5]}. */
  void broadcast(Ast.Binary tree, Datum left, Datum right, Datum result) {
    if (left instanceof Tensor a
        && right instanceof Tensor b
        && result instanceof Tensor r
        && !Problems.isLibrary(tree.span().file())
        && a.rank() == b.rank()
        && !a.shape().equals(r.shape())
        && !b.shape().equals(r.shape())) {
      report(
          Diagnostic.of(
                  Codes.BROADCAST,
                  tree.operator(),
                  "both sides are stretched: "
                      + a.shape()
                      + " and "
                      + b.shape()
                      + " make "
                      + r.shape())
              .help(
                  "say so with broadcast_to, or transpose one side if it should match the other"));
    }
  }

  /** Softmax along a dimension of size 1. */
  void softmax(Datum.Function function, Scope arguments, Span call) {
    if (function.tree().name().text().equals("softmax")
        && Problems.isLibrary(function.tree().span().file())
        && arguments.value("x") instanceof Tensor x
        && arguments.value("axis") instanceof Datum.Whole axis
        && axis.dim().isConstant()
        && axis.dim().value() >= -x.rank()
        && axis.dim().value() < x.rank()
        && x.shape().dim((int) axis.dim().value()).is(1)) {
      var at = problems.users(call);
      if (!Problems.isLibrary(at.file())) {
        var diagnostic =
            Diagnostic.of(Codes.SOFTMAX_OVER_ONE, at, "softmax over one value is always 1")
                .note("it is applied to " + x.type());
        var help = "one probability comes from sigmoid; several classes need as many units";
        report(
            CallText.of(at, List.of())
                .flatMap(Lints::sigmoid)
                .map(edit -> edit.advisedBy(diagnostic, help))
                .orElseGet(() -> diagnostic.help(help)));
      }
    }
  }

  private static Optional<Edit> sigmoid(CallText call) {
    return call.name().equals("softmax")
        ? Optional.of(call.rename("sigmoid"))
        : call.argument("activation").map(_ -> call.with("activation", "sigmoid"));
  }

  /** A learning rate that would suit no adaptive optimizer. */
  void rate(Configured optimizer) {
    var at = optimizer.arguments().spans().get(RATE);
    if (ADAPTIVE.contains(optimizer.name())
        && Problems.isLibrary(optimizer.definition().tree().span().file())
        && optimizer.arguments().values().get(RATE) instanceof Datum.Real rate
        && rate.value() >= 1
        && at != null
        && !Problems.isLibrary(at.file())) {
      report(
          Diagnostic.of(
                  Codes.HIGH_RATE,
                  at,
                  optimizer.name()
                      + " would move each weight by about "
                      + at.text()
                      + " at every step")
              .help("begin with a thousandth", at, "1e-3"));
    }
  }

  /** A name that hides a function or layer of the library. */
  void hidden(String name, Span span, Scope scope) {
    if (Problems.isLibrary(span.file())) {
      return;
    }
    var entry = scope.library().find(Category.VALUE, name);
    if (entry != null && entry.isOffered() && entry.value().callable()) {
      report(
          Diagnostic.of(
                  Codes.SHADOWED_NAME,
                  span,
                  "`"
                      + name
                      + "` hides "
                      + entry.value().kind()
                      + (Problems.isLibrary(entry.span().file()) ? " of the library" : ""))
              .help("choose another name"));
    }
  }

  /** Once for each place, though a body runs once per phase. */
  void report(Diagnostic diagnostic) {
    if (warned.add(diagnostic.span())) {
      problems.report(diagnostic);
    }
  }
}
