package org.mdlc.compiler.bind;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/**
 * An argument as given: by position or name, still to be evaluated or (from a pipe) evaluated
 * already.
 *
 * @param tree null when {@code value} is there
 */
record Actual(Ast.@Nullable Name name, Ast.@Nullable Expr tree, @Nullable Datum value, Span span) {
  static Actual of(Ast.Arg argument) {
    return new Actual(argument.name(), argument.value(), null, argument.value().span());
  }

  static Actual of(Datum value, Span span) {
    return new Actual(null, null, value, span);
  }

  static List<Actual> all(List<Ast.Arg> arguments) {
    return arguments.stream().map(Actual::of).toList();
  }
}
