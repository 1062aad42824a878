package org.mdlc.compiler.keras;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mdlc.compiler.bind.StandardLibrary;
import org.mdlc.compiler.syntax.Ast;

/** The library's definitions by the names that Keras has for them. */
final class Definitions {
  /** Other names under which Keras 3 saves or takes a class. */
  private static final Map<String, String> ALIASES =
      Map.ofEntries(
          Map.entry("GroupedQueryAttention", "GroupQueryAttention"),
          Map.entry("mse", "MeanSquaredError"),
          Map.entry("mae", "MeanAbsoluteError"),
          Map.entry("mape", "MeanAbsolutePercentageError"),
          Map.entry("msle", "MeanSquaredLogarithmicError"),
          Map.entry("bce", "BinaryCrossentropy"),
          Map.entry("kld", "KLDivergence"),
          Map.entry("huber_loss", "Huber"),
          Map.entry("log_cosh", "LogCosh"),
          Map.entry("logcosh", "LogCosh"));

  private static final Definitions LIBRARY = new Definitions();

  private final Map<Ast.Kind, Map<String, Ast.Definition>> definitions = new LinkedHashMap<>();
  private final Map<String, Ast.Function> functions = new LinkedHashMap<>();

  private Definitions() {
    for (var file : StandardLibrary.files()) {
      for (var item : file.items()) {
        switch (item) {
          case Ast.Definition d -> {
            var ofKind = definitions.computeIfAbsent(d.kind(), _ -> new LinkedHashMap<>());
            ofKind.put(plain(d.name().text()), d);
          }
          case Ast.Function f -> functions.put(f.name().text(), f);
          case Ast.Import _, Ast.WeightsImport _, Ast.Constant _, Ast.Model _, Ast.Train _ -> {}
        }
      }
    }
  }

  /** A definition offered to users; {@code glorot_uniform} and {@code GlorotUniform} are one. */
  static Optional<Ast.Definition> find(Ast.Kind kind, String name) {
    var known = ALIASES.getOrDefault(name, ALIASES.getOrDefault(name.toLowerCase(Locale.ROOT), name));
    var ofKind = LIBRARY.definitions.getOrDefault(kind, Map.of());
    return Optional.ofNullable(ofKind.get(plain(known))).filter(d -> !d.doc().isBlank());
  }

  /** A function of the library. */
  static Optional<Ast.Function> function(String name) {
    return Optional.ofNullable(LIBRARY.functions.get(name));
  }

  /** Every name that a name of the user's would hide. */
  static boolean isTaken(String name) {
    return NAMES.contains(name);
  }

  private static final Set<String> NAMES = StandardLibrary.names();

  /** Names that differ only in case and {@code _} are one. */
  static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "");
  }
}
