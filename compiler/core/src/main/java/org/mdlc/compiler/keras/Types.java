package org.mdlc.compiler.keras;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.syntax.Ast;

/** What the type of a parameter tells about values written for it. */
final class Types {
  private Types() {}

  /** The plain names in a type, also inside lists: {@code fn}, {@code initializer}, {@code int}. */
  static Set<String> names(Ast.@Nullable TypeExpr type) {
    var names = new LinkedHashSet<String>();
    collect(type, names);
    return names;
  }

  private static void collect(Ast.@Nullable TypeExpr type, Set<String> names) {
    switch (type) {
      case null -> {}
      case Ast.NamedType n -> names.add(n.name());
      case Ast.OptionalType o -> collect(o.type(), names);
      case Ast.UnionType u -> u.alternatives().forEach(a -> collect(a, names));
      case Ast.ListType l -> collect(l.element(), names);
      case Ast.TupleType t -> t.elements().forEach(e -> collect(e, names));
      case Ast.EnumType _, Ast.TensorType _ -> {}
    }
  }

  /** The words of an enum. */
  static List<String> words(Ast.@Nullable TypeExpr type) {
    return switch (type) {
      case Ast.EnumType e -> e.words().stream().map(Ast.Name::text).toList();
      case Ast.OptionalType o -> words(o.type());
      case Ast.UnionType u -> u.alternatives().stream().flatMap(a -> words(a).stream()).toList();
      case null, default -> List.of();
    };
  }

  /** The type of a list's entries; for {@code int | [int]} of the list among them. */
  static Ast.@Nullable TypeExpr element(Ast.@Nullable TypeExpr type) {
    return switch (type) {
      case Ast.ListType l -> l.element();
      case Ast.OptionalType o -> element(o.type());
      case Ast.UnionType u ->
          u.alternatives().stream()
              .filter(a -> element(a) != null)
              .findFirst()
              .map(Types::element)
              .orElse(null);
      case null, default -> null;
    };
  }

  /** True where one number may stand for a list. */
  static boolean takesOne(Ast.@Nullable TypeExpr type) {
    return switch (type) {
      case Ast.OptionalType o -> takesOne(o.type());
      case Ast.UnionType u -> u.alternatives().stream().anyMatch(a -> !(a instanceof Ast.ListType));
      case null, default -> false;
    };
  }

  /** Two texts of one value: {@code [1]} and 1, {@code "same"} and same, 1e-3 and 0.001. */
  static boolean same(String a, String b) {
    return canonical(a).equals(canonical(b));
  }

  private static String canonical(String text) {
    var plain = text.strip();
    if (plain.startsWith("[") && plain.endsWith("]") && plain.length() > 2) {
      var entries = Text.entries(plain).stream().map(Types::canonical).toList();
      return entries.size() == 1 ? entries.getFirst() : entries.toString();
    }
    if (plain.length() > 1 && plain.startsWith("\"")) {
      plain = plain.substring(1, plain.length() - 1);
    }
    if (plain.matches("-?[0-9_]*\\.?[0-9]+(e[-+]?[0-9]+)?")) {
      return Float.toString(Float.parseFloat(plain.replace("_", "")));
    }
    return plain.matches("\\w+(\\(\\))?") ? Definitions.plain(plain.replace("()", "")) : plain;
  }
}
