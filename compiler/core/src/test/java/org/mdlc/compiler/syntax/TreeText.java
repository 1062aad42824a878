package org.mdlc.compiler.syntax;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;

/**
 * The tree as indented text: one line per node, its plain parts in parentheses, places left out.
 */
public final class TreeText {
  private final StringBuilder out = new StringBuilder();

  private TreeText() {}

  public static String of(Ast.Node node) {
    var text = new TreeText();
    text.child("", node, 0);
    return text.out.toString();
  }

  private void node(String role, Record node, int depth) {
    out.append("  ".repeat(depth))
        .append(role.isEmpty() ? "" : role + ": ")
        .append(node.getClass().getSimpleName());
    for (var part : node.getClass().getRecordComponents()) {
      var value = value(part, node);
      if (isPlain(value)) {
        out.append(' ').append(part.getName()).append('=').append(plain(value));
      }
    }
    out.append('\n');
    for (var part : node.getClass().getRecordComponents()) {
      child(part.getName(), value(part, node), depth + 1);
    }
  }

  private void child(String role, @Nullable Object value, int depth) {
    switch (value) {
      case Ast.Name _ -> {}
      case Span _ -> {}
      case Record r -> node(role, r, depth);
      case List<?> list when !list.isEmpty() && !(list.getFirst() instanceof Ast.Name) ->
          list.forEach(e -> child(role, e, depth));
      case null, default -> {}
    }
  }

  private static boolean isPlain(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Span _, SourceFile _ -> false;
      case Ast.Name _ -> true;
      case Record _ -> false;
      case String s -> !s.isEmpty();
      case List<?> list -> !list.isEmpty() && list.getFirst() instanceof Ast.Name;
      default -> true;
    };
  }

  private static String plain(Object value) {
    return switch (value) {
      case String s -> "\"" + s.replace("\n", "\\n") + "\"";
      case Enum<?> e -> e.name().toLowerCase(Locale.ROOT);
      default -> value.toString();
    };
  }

  private static @Nullable Object value(RecordComponent part, Record node) {
    try {
      return part.getAccessor().invoke(node);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + part, e);
    }
  }
}
