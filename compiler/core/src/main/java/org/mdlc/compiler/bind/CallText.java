package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;

/**
 * The text of a call such as {@code Dense(10, activation = relu)}, and what to write to have it
 * take other arguments. The advice of a diagnostic is made with it, so that it can be pasted.
 */
final class CallText {
  private final Span callee;
  private final Span call;
  private final List<Ast.Arg> arguments;
  private final List<String> parameters;

  private CallText(Span callee, Span call, List<Ast.Arg> arguments, List<String> parameters) {
    this.callee = callee;
    this.call = call;
    this.arguments = arguments;
    this.parameters = parameters;
  }

  /** The call that made a layer; nothing when the library made it. */
  static Optional<CallText> of(Instance layer) {
    return layer.source() instanceof Datum.Definition d ? of(layer.span(), d) : Optional.empty();
  }

  /** The call that configured a loss, an optimizer and the like. */
  static Optional<CallText> of(Configured configured) {
    return of(configured.span(), configured.definition());
  }

  /**
   * The call, or the name alone, that stands in a place; the first of the two calls in {@code
   * Dense(10)(x)}.
   */
  static Optional<CallText> of(Span span, Datum.Definition definition) {
    return of(span, definition.tree().config().stream().map(p -> p.name().text()).toList());
  }

  /**
   * @param parameters in the order in which arguments without a name are given to them
   */
  static Optional<CallText> of(Span span, List<String> parameters) {
    if (Problems.isLibrary(span.file())) {
      return Optional.empty();
    }
    var text = SourceFile.of(span.file().name(), span.text());
    var tree = Parser.parseExpression(text, new DiagnosticSink());
    var found = new CallFinder(span).find(tree, parameters);
    return Optional.ofNullable(found);
  }

  /** Shifts what was read from a piece of the file to where it stands there. */
  private record CallFinder(Span piece) {
    @Nullable CallText find(Ast.Expr tree, List<String> parameters) {
      return switch (tree) {
        case Ast.Call c when c.callee() instanceof Ast.Call inner -> find(inner, parameters);
        case Ast.NameExpr n -> new CallText(at(n.span()), at(n.span()), List.of(), parameters);
        case Ast.Call c ->
            new CallText(
                at(c.callee().span()),
                at(c.span()),
                c.arguments().stream().map(this::at).toList(),
                parameters);
        default -> null;
      };
    }

    private Ast.Arg at(Ast.Arg argument) {
      var value = new Ast.ErrorExpr(at(argument.value().span()));
      return new Ast.Arg(argument.name(), value, at(argument.span()));
    }

    private Span at(Span inPiece) {
      return piece.file().span(piece.start() + inPiece.start(), piece.start() + inPiece.end());
    }
  }

  /** As written. */
  String name() {
    return callee.text();
  }

  Span span() {
    return call;
  }

  /** How the value of a parameter is written; nothing when it is left out. */
  Optional<String> argument(String name) {
    var found = find(name);
    return found == null ? Optional.empty() : Optional.of(found.value().span().text());
  }

  private Ast.@Nullable Arg find(String name) {
    for (int i = 0; i < arguments.size(); i++) {
      var given = arguments.get(i).name();
      if (given == null ? parameters.indexOf(name) == i : given.text().equals(name)) {
        return arguments.get(i);
      }
    }
    return null;
  }

  /** Another callee with the same arguments. */
  Edit rename(String other) {
    return new Edit(callee, other);
  }

  /** Gives a parameter a value, whether or not it has one. */
  Edit with(String name, String value) {
    var known = find(name);
    if (known != null) {
      return new Edit(known.value().span(), value);
    }
    if (!arguments.isEmpty()) {
      return new Edit(arguments.getLast().span().after(), ", " + name + " = " + value);
    }
    var inside = call.file().span(callee.end(), call.end());
    return new Edit(inside, "(" + name + " = " + value + ")");
  }

  /** Leaves an argument out, with its comma; nothing when it is not there. */
  Optional<Edit> without(String name) {
    var known = find(name);
    if (known == null) {
      return Optional.empty();
    }
    int at = arguments.indexOf(known);
    var place =
        at > 0
            ? arguments.get(at - 1).span().after().to(known.span())
            : arguments.size() > 1
                ? known.span().to(arguments.get(1).span().before())
                : known.span();
    return Optional.of(new Edit(place, ""));
  }
}
