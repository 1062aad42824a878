package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.syntax.Ast;

/** Whether training makes the figure that a callback monitors. */
final class Monitors {
  private static final String VALIDATION = "val_";

  private final Metrics metrics;
  private final TrainItems.Part part;

  Monitors(Metrics metrics, TrainItems.Part part) {
    this.metrics = metrics;
    this.part = part;
  }

  /** A warning, when there is no such figure. */
  Optional<Diagnostic> check(String figure, Ast.Expr at, boolean validated) {
    var made = metrics.watchable(validated);
    var possible = metrics.watchable(true);
    if (made.isEmpty() || made.contains(figure)) {
      return Optional.empty();
    }
    return Optional.of(possible.contains(figure) ? unvalidated(figure, at) : unknown(figure, at));
  }

  private Diagnostic unvalidated(String figure, Ast.Expr at) {
    var diagnostic =
        Diagnostic.of(
            Codes.UNUSED_CALLBACK_METRIC,
            at.span(),
            "there is no validation data, so nothing to monitor as `" + figure + "`");
    var help =
        "add `validation_split 0.1`, or monitor \"" + figure.substring(VALIDATION.length()) + "\"";
    var data = part.data().get("data");
    return data == null
        ? diagnostic.help(help)
        : diagnostic.help(help, data.span().after(), " validation_split 0.1");
  }

  private Diagnostic unknown(String figure, Ast.Expr at) {
    var diagnostic =
        Diagnostic.of(
            Codes.UNUSED_CALLBACK_METRIC,
            at.span(),
            "training makes no figure `" + figure + "` to monitor");
    var made = metrics.watchable(figure.startsWith(VALIDATION));
    return near(figure, made)
        .map(n -> diagnostic.help("did you mean \"" + n + "\"?", at.span(), "\"" + n + "\""))
        .orElseGet(() -> diagnostic.note("it makes " + String.join(", ", made)));
  }

  /** A misspelt name, or the only one that begins or ends so: {@code val_acc}. */
  private static Optional<String> near(String figure, List<String> made) {
    return DidYouMean.nearest(figure, made)
        .or(
            () -> {
              var begun = made.stream().filter(n -> n.startsWith(figure)).toList();
              return begun.size() == 1 ? Optional.of(begun.getFirst()) : Optional.empty();
            });
  }
}
