package org.mdlc.compiler.syntax;

import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;

/**
 * Finds statements that belong to another kind of definition, such as an {@code input} in a layer.
 */
final class CheckPlacement {
  private final SyntaxErrors errors;

  CheckPlacement(SyntaxErrors errors) {
    this.errors = errors;
  }

  /** What is allowed in a body. */
  private record Place(
      String description, boolean ports, boolean weights, boolean updates, boolean returns) {
    static Place of(Ast.Kind kind) {
      return switch (kind) {
        case LAYER -> new Place("a layer", false, true, true, true);
        case BLOCK -> new Place("a block", false, true, true, true);
        case METRIC, OPTIMIZER -> new Place(article(kind.word()), false, false, true, true);
        case LOSS, SCHEDULE, INITIALIZER, REGULARIZER, CONSTRAINT ->
            new Place(article(kind.word()), false, false, false, true);
      };
    }

    private static String article(String word) {
      return (word.startsWith("o") || word.startsWith("i") ? "an " : "a ") + word;
    }
  }

  void check(Ast.File file) {
    for (var item : file.items()) {
      switch (item) {
        case Ast.Model m -> block(m.body(), new Place("a model", true, false, false, false), true);
        case Ast.Function f ->
            block(f.body(), new Place("a function", false, false, false, true), true);
        case Ast.Definition d -> block(d.body(), Place.of(d.kind()), true);
        case Ast.Import _, Ast.WeightsImport _, Ast.Constant _, Ast.Train _ -> {}
      }
    }
  }

  private void block(Ast.@Nullable Block block, Place place, boolean isTop) {
    if (block == null) {
      return;
    }
    for (var statement : block.statements()) {
      statement(statement, place, isTop);
    }
    if (isTop
        && place.ports
        && block.value() != null
        && !(block.value() instanceof Ast.ErrorExpr)) {
      errors.report(
          Diagnostic.of(Codes.UNUSED_VALUE, block.value().span(), "this value is not used")
              .help("make it an output", block.value().span().before(), "output result = "));
    }
  }

  private void statement(Ast.Statement statement, Place place, boolean isTop) {
    switch (statement) {
      case Ast.Input s ->
          port(s.span(), "input", place, isTop, "a layer takes its tensors in its second list");
      case Ast.Output s ->
          port(s.span(), "output", place, isTop, "give the result back with `return`");
      case Ast.Precision s ->
          port(s.span(), "precision", place, isTop, "it holds for all layers of a model");
      case Ast.ParamDecl s ->
          allow(
              place.weights,
              s.span(),
              "`param`",
              place,
              "only layers own weights",
              "move it into a `layer`");
      case Ast.StateDecl s ->
          allow(
              place.updates,
              s.span(),
              "`state`",
              place,
              "layers, metrics and optimizers keep state",
              "move it into a `layer`");
      case Ast.Update s ->
          allow(
              place.updates,
              s.span(),
              "`<-`",
              place,
              "it updates the state of a layer, metric or optimizer",
              "to give a new value to a `var`, write `=`");
      case Ast.Return s ->
          allow(
              place.returns,
              s.span(),
              "`return`",
              place,
              "a model has named outputs",
              "write `output name = ...`");
      case Ast.If s -> {
        block(s.then(), place, false);
        block(s.otherwise(), place, false);
      }
      case Ast.Repeat s -> block(s.body(), place, false);
      case Ast.For s -> block(s.body(), place, false);
      case Ast.Let _, Ast.Assign _, Ast.Require _ -> {}
    }
  }

  private void port(Span span, String word, Place place, boolean isTop, String otherwise) {
    if (!place.ports) {
      allow(false, span, "`" + word + "`", place, "it belongs to a model", otherwise);
    } else if (!isTop) {
      errors.report(
          Diagnostic.of(
                  Codes.MISPLACED_STATEMENT,
                  span,
                  "this `" + word + "` must stand directly in the model's braces")
              .note("a model has the same " + word + "s whatever its parameters"));
    }
  }

  private void allow(
      boolean allowed, Span span, String what, Place place, String reason, String help) {
    if (!allowed) {
      errors.report(
          Diagnostic.of(
                  Codes.MISPLACED_STATEMENT, span, what + " has no place in " + place.description)
              .note(reason)
              .help(help));
    }
  }
}
