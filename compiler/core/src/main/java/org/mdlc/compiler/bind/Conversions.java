package org.mdlc.compiler.bind;

import static java.util.Map.entry;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.Definition;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.source.Span;

/**
 * Names, strings and definitions taken as what a place needs: a function, an initializer, a
 * schedule.
 */
final class Conversions {
  /** Keras's short names that are not those of the definitions. */
  private static final Map<String, String> SHORT_NAMES =
      Map.ofEntries(
          entry("mse", "mean_squared_error"),
          entry("mae", "mean_absolute_error"),
          entry("mape", "mean_absolute_percentage_error"),
          entry("msle", "mean_squared_logarithmic_error"),
          entry("bce", "binary_crossentropy"),
          entry("kld", "kl_divergence"),
          entry("uniform", "random_uniform"),
          entry("normal", "random_normal"),
          entry("one", "ones"),
          entry("zero", "zeros"),
          entry("identityinitializer", "identity"),
          entry("orthogonalinitializer", "orthogonal"),
          entry("stftinitializer", "stft"));

  private final Evaluator evaluator;

  Conversions(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Datum function(Datum value, String what) {
    if (value instanceof Datum.Text t) {
      var found = evaluator.library().findLoosely(Category.VALUE, t.value());
      if (found != null && found.value().callable()) {
        return found.value();
      }
      throw unknown(t.value(), Category.VALUE, what, "a function");
    }
    if (value.callable()) {
      return value;
    }
    throw new Misuse(Codes.TYPE_MISMATCH, what + " must be a function, not " + value.kind());
  }

  /** A definition of the category with its configuration; a bare name takes the defaults. */
  Datum configured(Datum value, Category category, String what) {
    return switch (value) {
      case Configured c when Category.of(c.definition().tree().kind()) == category -> c;
      case Definition d when Category.of(d.tree().kind()) == category -> configure(d, what);
      case Datum.Text t -> configured(named(t.value(), category, what), category, what);
      case Definition d -> sameName(d.name(), value, category, what);
      case Datum.Native n -> sameName(n.builtin().name(), value, category, what);
      case Datum.Function f -> sameName(f.tree().name().text(), value, category, what);
      default -> throw mismatch(value, category, what);
    };
  }

  /** The same for the value of an expression: what a bare name lacks is said of that. */
  Datum configured(Datum value, Category category, String what, Span use) {
    var problems = evaluator.problems();
    problems.enter(use);
    try {
      return configured(value, category, what);
    } finally {
      problems.leave();
    }
  }

  private Datum sameName(String name, Datum value, Category category, String what) {
    var other = evaluator.library().findLoosely(category, name);
    if (other == null) {
      throw mismatch(value, category, what);
    }
    return configured(other.value(), category, what);
  }

  private static Misuse mismatch(Datum value, Category category, String what) {
    boolean vowel = "aeiou".indexOf(category.word().charAt(0)) >= 0;
    return new Misuse(
        Codes.TYPE_MISMATCH,
        what + " must be " + (vowel ? "an " : "a ") + category.word() + ", not " + value.kind());
  }

  /** The full name of one of Keras's short ones. */
  static String full(String name) {
    return SHORT_NAMES.getOrDefault(name.toLowerCase(Locale.ROOT), name);
  }

  Datum named(String name, Category category, String what) {
    var full = full(name);
    var found = evaluator.library().findLoosely(category, full);
    if (found == null) {
      throw unknown(name, category, what, "a " + category.word());
    }
    return found.value();
  }

  private Misuse unknown(String name, Category category, String what, String kind) {
    var misuse =
        new Misuse(
            Codes.UNKNOWN_NAME,
            what + ": there is no " + kind.replaceFirst("^an? ", "") + " `" + name + "`");
    DidYouMean.nearest(name, evaluator.library().names(category))
        .ifPresent(
            n ->
                misuse.help(
                    "did you mean `" + n + "`?",
                    shown ->
                        shown.text().contains(name)
                            ? Optional.of(new Edit(shown, shown.text().replace(name, n)))
                            : Optional.empty()));
    return misuse;
  }

  private Configured configure(Definition definition, String what) {
    var span = evaluator.problems().use().orElse(definition.tree().name().span());
    return evaluator.calls().configure(definition, List.of(), span, what);
  }

  /** An initializer for a layer's weight: a random one draws its seed now. */
  Datum initializer(Datum value, String what, int order) {
    if (value.number().isPresent() || value instanceof Datum.Tensor) {
      return value;
    }
    if (!(configured(value, Category.INITIALIZER, what) instanceof Configured c)) {
      throw new IllegalStateException("an initializer that is not configured");
    }
    var seed = c.arguments().values().get("seed");
    if (seed == null) {
      return c;
    }
    return new Configured(
        c.definition(),
        c.arguments(),
        evaluator.randomness().forInitializer(order, seed),
        c.span());
  }

  /** A learning rate: a number or a schedule. */
  Datum schedule(Datum value, String what) {
    if (value.number().isPresent()) {
      return new Datum.Real(value.number().get());
    }
    if (value instanceof Datum.Tensor) {
      return value;
    }
    return configured(value, Category.SCHEDULE, what);
  }
}
