package org.mdlc.compiler.bind;

import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;

/**
 * Warns where the last activation of an output is not the one that its loss expects: training would
 * go on and learn little.
 */
final class LossFit {
  /** What the numbers of an output are. */
  enum Last {
    SOFTMAX,
    SIGMOID,
    /** Anything: no activation that bounds it. */
    LINEAR,
    UNKNOWN
  }

  private final Evaluator evaluator;

  LossFit(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  void check(Datum loss, Tensor prediction, String output, Span at) {
    if (!(loss instanceof Configured c)
        || !(c.arguments().values().get("from_logits") instanceof Truth fromLogits)) {
      return;
    }
    var last = last(prediction);
    boolean bounded = last == Last.SOFTMAX || last == Last.SIGMOID;
    if (fromLogits.value() && bounded) {
      warn(
              at,
              "`"
                  + output
                  + "` has been through "
                  + (last == Last.SOFTMAX ? "softmax" : "sigmoid")
                  + " already, and "
                  + c.name()
                  + " applies it again")
          .help("leave out the last activation, or set from_logits = false", prediction);
    } else if (!fromLogits.value() && last == Last.LINEAR) {
      var activation = c.name().startsWith("Binary") ? "sigmoid" : "softmax";
      warn(at, c.name() + " expects probabilities, and `" + output + "` has no last activation")
          .help(
              "write "
                  + c.name()
                  + "(from_logits = true), or give the last layer activation = "
                  + activation,
              prediction);
    } else if (last == Last.SOFTMAX && c.name().startsWith("Binary")) {
      warn(at, c.name() + " judges each number on its own, and softmax makes them compete")
          .help("use activation = sigmoid, or CategoricalCrossentropy", prediction);
    } else if (last == Last.SIGMOID && !c.name().startsWith("Binary")) {
      warn(
              at,
              c.name()
                  + " expects shares that add up to 1, and sigmoid gives each number on its own")
          .help("use activation = softmax, or BinaryCrossentropy", prediction);
    }
  }

  private Warning warn(Span at, String message) {
    return new Warning(Diagnostic.of(Codes.ACTIVATION_LOSS_MISMATCH, at, message));
  }

  private final class Warning {
    private final Diagnostic diagnostic;

    Warning(Diagnostic diagnostic) {
      this.diagnostic = diagnostic;
    }

    void help(String text, Tensor prediction) {
      var full = diagnostic.help(text);
      var steps = prediction.trail().last(2);
      for (var step : steps) {
        var span = step.span();
        if (span != null) {
          full = full.also(span, step.text());
        }
      }
      evaluator.problems().report(full);
    }
  }

  /** Read off the layer that made the value, when nothing came after it. */
  private static Last last(Tensor prediction) {
    for (Datum.Trail step = prediction.trail(); step != null; step = step.before()) {
      var maker = step.maker();
      if (maker != null) {
        return maker.value().equals(prediction.value()) ? last(maker.layer()) : Last.UNKNOWN;
      }
    }
    return Last.UNKNOWN;
  }

  private static Last last(Instance layer) {
    var activation = layer.arguments().values().get("activation");
    if (activation instanceof Datum.None) {
      return Last.LINEAR;
    }
    var name =
        switch (activation) {
          case Datum.Function f -> f.tree().name().text();
          case Datum.Native n -> n.builtin().name();
          case null, default -> layer.kind().equals("Softmax") ? "softmax" : "";
        };
    return switch (name) {
      case "softmax" -> Last.SOFTMAX;
      case "sigmoid" -> Last.SIGMOID;
      case "linear" -> Last.LINEAR;
      default -> Last.UNKNOWN;
    };
  }
}
