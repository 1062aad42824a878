package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.syntax.Ast;

/** Statements of Keras's functional API, as they stand in Python. */
final class PythonHabits {
  private PythonHabits() {}

  /** {@code x = Input(shape=(28, 28, 1))}, which is a declaration here. */
  static Optional<Diagnostic> input(Ast.Assign tree) {
    if (tree.targets().size() != 1
        || !(tree.value() instanceof Ast.Call call)
        || !calls(call, "Input")) {
      return Optional.empty();
    }
    var shape = call.arguments().stream().filter(PythonHabits::isShape).findFirst();
    var elements =
        call.arguments().stream().anyMatch(a -> a.value().span().text().contains("int"))
            ? "i32"
            : "f32";
    var sizes = shape.flatMap(a -> sizes(a.value()));
    var diagnostic =
        Diagnostic.of(
            Codes.UNKNOWN_NAME, call.callee().span(), "an input is declared, not called for");
    var example = "write `input " + tree.targets().getFirst() + ": f32[..]`";
    return Optional.of(
        sizes
            .map(s -> "input " + tree.targets().getFirst() + ": " + elements + "[" + s + "]")
            .map(text -> diagnostic.help(example, tree.span(), text))
            .orElseGet(() -> diagnostic.help(example)));
  }

  private static boolean calls(Ast.Call call, String name) {
    return switch (call.callee()) {
      case Ast.NameExpr n -> n.name().equals(name);
      case Ast.Member m -> m.member().text().equals(name);
      default -> false;
    };
  }

  private static boolean isShape(Ast.Arg argument) {
    return argument.name() == null || argument.name().text().equals("shape");
  }

  /** {@code 28, 28, 1}; nothing for sizes that are not known. */
  private static Optional<String> sizes(Ast.Expr shape) {
    var entries =
        switch (shape) {
          case Ast.TupleExpr t -> t.elements();
          case Ast.ListExpr l -> l.elements();
          case Ast.IntLit i -> List.<Ast.Expr>of(i);
          default -> List.<Ast.Expr>of();
        };
    return !entries.isEmpty() && entries.stream().allMatch(e -> e instanceof Ast.IntLit)
        ? Optional.of(entries.stream().map(e -> e.span().text()).collect(Collectors.joining(", ")))
        : Optional.empty();
  }

  /** A name that Keras's users give to what a model puts out. */
  static boolean isResult(Ast.Name name) {
    return name.text().matches("(?i)(model_?)?(outputs?|predictions?|y_pred)");
  }
}
