package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;

/**
 * A function of the language that the compiler supplies.
 *
 * @param parameters in order; the last one may take all remaining positional arguments
 * @param doc one sentence for the reference page and the editor
 */
record Builtin(String name, List<Parameter> parameters, String doc, Body body) {
  /**
   * @param defaultValue null when the argument must be given
   */
  record Parameter(String name, @Nullable Datum defaultValue, boolean rest) {}

  /** What it does. */
  @FunctionalInterface
  interface Body {
    Datum apply(Given given);
  }

  Builtin {
    parameters = List.copyOf(parameters);
  }

  /**
   * Reads a signature such as {@code sum(x, over = none, keepdims = false)} or {@code
   * concat(*parts, axis = -1)}.
   */
  static Builtin of(String signature, String doc, Body body) {
    int open = signature.indexOf('(');
    var parameters = new ArrayList<Parameter>();
    var inside = signature.substring(open + 1, signature.lastIndexOf(')')).trim();
    for (var part : inside.isEmpty() ? new String[0] : inside.split(",")) {
      var sides = part.trim().split("=", 2);
      var word = sides[0].trim();
      boolean rest = word.startsWith("*");
      parameters.add(
          new Parameter(
              rest ? word.substring(1) : word,
              sides.length == 1 ? null : literal(sides[1].trim()),
              rest));
    }
    return new Builtin(signature.substring(0, open).trim(), parameters, doc, body);
  }

  private static Datum literal(String text) {
    return switch (text) {
      case "none" -> Datum.None.NONE;
      case "true" -> new Datum.Truth(true);
      case "false" -> new Datum.Truth(false);
      default -> {
        if (text.startsWith("\"")) {
          yield new Datum.Text(text.substring(1, text.length() - 1));
        }
        if (Types.dtype(text).isPresent()) {
          yield new Datum.Text(text);
        }
        yield text.contains(".")
            ? new Datum.Real(Double.parseDouble(text))
            : Datum.whole(Long.parseLong(text));
      }
    };
  }

  /** The same for primitives: what they make has no mask, even where it is an argument itself. */
  Builtin unmasked() {
    return new Builtin(name, parameters, doc, given -> body.apply(given).unmasked());
  }

  String signature() {
    var text = new ArrayList<String>();
    for (var p : parameters) {
      text.add(
          (p.rest() ? "*" : "")
              + p.name()
              + (p.defaultValue() == null ? "" : " = " + p.defaultValue().text()));
    }
    return name + "(" + String.join(", ", text) + ")";
  }

  /** A misuse of an argument, by the parameter's name. */
  Misuse wrong(Codes code, String parameter, String message) {
    int index = 0;
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).name().equals(parameter)) {
        index = i;
      }
    }
    return new Misuse(code, message, index);
  }
}
