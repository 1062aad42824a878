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

  private static final Set<String> NAMES = StandardLibrary.names();

  private Definitions() {}

  /** A definition offered to users; {@code glorot_uniform} and {@code GlorotUniform} are one. */
  static Optional<Ast.Definition> find(Ast.Kind kind, String name) {
    var known =
        ALIASES.getOrDefault(name, ALIASES.getOrDefault(name.toLowerCase(Locale.ROOT), name));
    return StandardLibrary.definition(kind, known);
  }

  /** The defaults of a function of the library, as written. */
  static Map<String, String> usual(String function) {
    var usual = new LinkedHashMap<String, String>();
    StandardLibrary.function(function)
        .ifPresent(
            f ->
                f.params()
                    .forEach(
                        p -> {
                          if (p.defaultValue() != null) {
                            usual.put(p.name().text(), p.defaultValue().span().text());
                          }
                        }));
    return usual;
  }

  /** Every name that a name of the user's would hide. */
  static boolean isTaken(String name) {
    return NAMES.contains(name);
  }

  /** Names that differ only in case and {@code _} are one. */
  static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "");
  }
}
