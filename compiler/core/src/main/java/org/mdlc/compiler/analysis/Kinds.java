package org.mdlc.compiler.analysis;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.syntax.Ast;

/** Which kind of definition a name stands for, by where it is written. */
final class Kinds {
  /** Layers, blocks, functions and models. */
  static final String VALUE = "value";

  private static final Set<String> OWN_PLACES =
      EnumSet.complementOf(EnumSet.of(Ast.Kind.LAYER, Ast.Kind.BLOCK)).stream()
          .map(Ast.Kind::word)
          .collect(Collectors.toUnmodifiableSet());

  private Kinds() {}

  /** What a parameter of a type takes. */
  static String of(Ast.@Nullable TypeExpr type) {
    return switch (type) {
      case Ast.OptionalType o -> of(o.type());
      case Ast.UnionType u ->
          u.alternatives().stream()
              .map(Kinds::of)
              .filter(k -> !k.equals(VALUE))
              .findFirst()
              .orElse(VALUE);
      case Ast.NamedType n when OWN_PLACES.contains(n.name()) -> n.name();
      case null, default -> VALUE;
    };
  }

  /** What stands after a word of a train block. */
  static String after(String trainWord) {
    return switch (trainWord) {
      case "loss", "minimize" -> "loss";
      case "metrics", "weighted_metrics" -> "metric";
      case "optimizer", "with" -> "optimizer";
      case "callbacks" -> Catalogue.CALLBACK;
      default -> VALUE;
    };
  }

  /** The words of an enum, the values of a bool. */
  static List<String> words(Ast.@Nullable TypeExpr type) {
    return switch (type) {
      case Ast.EnumType e -> e.words().stream().map(Ast.Name::text).toList();
      case Ast.OptionalType o -> {
        var words = new ArrayList<>(words(o.type()));
        words.add("none");
        yield words;
      }
      case Ast.UnionType u -> u.alternatives().stream().flatMap(a -> words(a).stream()).toList();
      case Ast.NamedType n when n.name().equals("bool") -> List.of("true", "false");
      case null, default -> List.of();
    };
  }
}
