package org.mdlc.compiler.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.mdlc.compiler.bind.FunctionReference;
import org.mdlc.compiler.bind.KnownCallbacks;
import org.mdlc.compiler.bind.StandardLibrary;
import org.mdlc.compiler.syntax.Ast;

/** What can be called without being defined: the library, the compiler's functions, callbacks. */
final class Catalogue {
  static final String CALLBACK = "callback";

  private Catalogue() {}

  /** Made when first asked for: that parses the library. */
  private static final class Holder {
    static final List<Signature> ALL = all();
  }

  /** All signatures, by kind and in the order of the library. */
  static List<Signature> signatures() {
    return Holder.ALL;
  }

  private static List<Signature> all() {
    var all = new ArrayList<Signature>();
    for (var part : StandardLibrary.parts()) {
      if (part.isDocumented()) {
        Signature.of(part.tree()).ifPresent(all::add);
      }
    }
    FunctionReference.functions().forEach(f -> all.add(Signature.of(f)));
    KnownCallbacks.names().forEach(name -> all.add(Signature.ofCallback(name)));
    return List.copyOf(all);
  }

  /** Of one kind. */
  static List<Signature> of(String kind) {
    return signatures().stream().filter(s -> s.kind().equals(kind)).toList();
  }

  /** Whether a definition of the kind is named where values are, not in a place of its own. */
  static boolean isValue(String kind) {
    return kind.equals("layer") || kind.equals("block") || kind.equals("fn");
  }

  /**
   * What a name means in a place that wants a kind ({@code value} for layers and functions): that
   * kind first, however the name is spelt there ({@code glorot_uniform} is {@code GlorotUniform}),
   * else any.
   */
  static Optional<Signature> find(String name, String wanted) {
    if (!wanted.equals(Kinds.VALUE)) {
      var found =
          signatures().stream()
              .filter(s -> s.kind().equals(wanted) && plain(s.name()).equals(plain(name)))
              .findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return signatures().stream()
        .filter(s -> s.name().equals(name) && isValue(s.kind()))
        .findFirst()
        .or(() -> signatures().stream().filter(s -> s.name().equals(name)).findFirst());
  }

  /** A constant of the library. */
  static Optional<Ast.Constant> constant(String name) {
    return StandardLibrary.parts().stream()
        .filter(p -> p.keyword().equals("let") && p.name().equals(name))
        .findFirst()
        .map(p -> (Ast.Constant) p.tree());
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "");
  }
}
