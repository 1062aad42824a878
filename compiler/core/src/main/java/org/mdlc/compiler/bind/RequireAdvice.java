package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.syntax.Ast;

/** What to write where a {@code require} of the library is not met, when that can be told. */
final class RequireAdvice {
  private RequireAdvice() {}

  static Diagnostic advised(Diagnostic diagnostic, Ast.Require require, Scope scope) {
    if (diagnostic.message().contains("is a share")) {
      return share(require, scope)
          .map(s -> diagnostic.help(Shares.ADVICE, diagnostic.span(), s))
          .orElse(diagnostic);
    }
    if (scope.value("target_shape") instanceof Listing target
        && scope.value("S") instanceof Listing given) {
      return fitting(target, given)
          .flatMap(
              shape ->
                  CallText.of(diagnostic.span(), List.of("target_shape"))
                      .map(call -> call.with("target_shape", shape)))
          .map(edit -> edit.advisedBy(diagnostic, "give it a shape of as many elements"))
          .orElse(diagnostic);
    }
    return diagnostic;
  }

  /** A number of the condition that was a percentage. */
  private static Optional<String> share(Ast.Require require, Scope scope) {
    return names(require.condition()).stream()
        .map(scope::value)
        .flatMap(
            value -> value == null ? Optional.<Double>empty().stream() : value.number().stream())
        .flatMap(number -> Shares.ofPercent(number).stream())
        .findFirst();
  }

  private static List<String> names(Ast.Expr condition) {
    return switch (condition) {
      case Ast.NameExpr n -> List.of(n.name());
      case Ast.Binary b -> {
        var names = new ArrayList<>(names(b.left()));
        names.addAll(names(b.right()));
        yield names;
      }
      default -> List.of();
    };
  }

  /**
   * The wanted shape with one size changed so that the elements fill it, the last one if it can.
   */
  private static Optional<String> fitting(Listing target, Listing given) {
    var wanted = sizes(target);
    var has = sizes(given);
    if (wanted.isEmpty() || has.isEmpty()) {
      return Optional.empty();
    }
    long elements = has.stream().reduce(1L, (a, b) -> a * b);
    for (int i = wanted.size() - 1; i >= 0; i--) {
      var fitting = new ArrayList<>(wanted);
      fitting.set(i, 1L);
      long others = fitting.stream().reduce(1L, (a, b) -> a * b);
      if (others > 0 && elements % others == 0) {
        fitting.set(i, elements / others);
        return Optional.of(fitting.toString());
      }
    }
    return Optional.of("[" + elements + "]");
  }

  /** Empty when they are not all known. */
  private static List<Long> sizes(Listing list) {
    boolean known =
        list.items().stream().allMatch(i -> i instanceof Whole w && w.dim().isConstant());
    return known ? list.items().stream().map(i -> ((Whole) i).dim().value()).toList() : List.of();
  }
}
