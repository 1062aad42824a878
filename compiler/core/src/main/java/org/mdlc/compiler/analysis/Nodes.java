package org.mdlc.compiler.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Children;

/** The nodes around a place, from the file to the innermost. */
record Nodes(List<Ast.Node> path, int offset) {
  Nodes {
    path = List.copyOf(path);
  }

  static Nodes at(Ast.File file, int offset) {
    var path = new ArrayList<Ast.Node>();
    Optional<Ast.Node> next = Optional.of(file);
    while (next.isPresent()) {
      path.add(next.get());
      next = childAt(next.get(), offset);
    }
    return new Nodes(path, offset);
  }

  /** Between two that touch, the one that begins here. */
  private static Optional<Ast.Node> childAt(Ast.Node node, int offset) {
    var touching = Children.of(node).stream().filter(c -> c.span().touches(offset)).toList();
    return touching.stream()
        .filter(c -> offset < c.span().end())
        .findFirst()
        .or(() -> touching.stream().findFirst());
  }

  Ast.Node innermost() {
    return path.getLast();
  }

  /** The node around the innermost one, and so on outwards. */
  Optional<Ast.Node> outer(int levels) {
    int index = path.size() - 1 - levels;
    return index < 0 ? Optional.empty() : Optional.of(path.get(index));
  }

  /** The call whose name the place is at. */
  Optional<Ast.Call> call() {
    var around = outer(1);
    if (around.orElse(null) instanceof Ast.Call c && c.callee().equals(innermost())) {
      return Optional.of(c);
    }
    return Optional.empty();
  }
}
