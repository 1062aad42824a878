package org.mdlc.compiler.keras;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Names for values of one body, no two alike. */
final class Names {
  private static final Set<String> RESERVED =
      Set.of(
          "import",
          "let",
          "var",
          "model",
          "fn",
          "train",
          "input",
          "output",
          "param",
          "state",
          "return",
          "require",
          "repeat",
          "for",
          "in",
          "if",
          "else",
          "scan",
          "training",
          "adapting",
          "true",
          "false",
          "none",
          "and",
          "or",
          "not");

  private final Set<String> used = new HashSet<>();

  /** The name itself where it is one of mdl and free, else one like it. */
  String claim(String wanted) {
    var base = identifier(wanted);
    if (RESERVED.contains(base) || Definitions.isTaken(base)) {
      base += "_out";
    }
    var name = base;
    for (int i = 1; !used.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  private static String identifier(String text) {
    var clean = text.replaceAll("[^A-Za-z0-9_]", "_");
    return clean.isEmpty() || Character.isDigit(clean.charAt(0)) || clean.equals("_")
        ? "x" + clean
        : clean;
  }

  /** A name for a definition: {@code image_encoder} becomes {@code ImageEncoder}. */
  static String pascal(String name) {
    var text = new StringBuilder();
    for (var word : identifier(name).split("_+")) {
      if (!word.isEmpty()) {
        text.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
      }
    }
    var pascal = text.toString();
    return Definitions.isTaken(pascal) || RESERVED.contains(pascal) ? pascal + "Model" : pascal;
  }
}
