package org.mdlc.compiler.bind;

import java.util.Optional;
import java.util.Set;
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
  private static final String LOGITS = "from_logits";

  /** Whose outputs are numbers and no classes. */
  private static final Set<String> OF_NUMBERS =
      Set.of(
          "MeanSquaredError",
          "MeanAbsoluteError",
          "MeanAbsolutePercentageError",
          "MeanSquaredLogarithmicError",
          "Huber",
          "LogCosh");

  private final Evaluator evaluator;

  LossFit(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** True for a loss of numbers on an output that makes no probabilities. */
  static boolean regresses(Datum loss, Tensor prediction) {
    var last = LastActivation.of(prediction);
    return loss instanceof Configured c
        && OF_NUMBERS.contains(c.name())
        && Problems.isLibrary(c.definition().tree().span().file())
        && !last.isSoftmax()
        && !last.isSigmoid();
  }

  void check(Datum loss, Tensor prediction, String output, Span at) {
    if (!(loss instanceof Configured c)
        || !Problems.isLibrary(c.definition().tree().span().file())) {
      return;
    }
    var last = LastActivation.of(prediction);
    var call = CallText.of(at, c.definition());
    boolean one = prediction.rank() > 0 && prediction.shape().dim(-1).is(1);
    if (c.arguments().values().get(LOGITS) instanceof Truth logits) {
      probabilities(c, logits.value(), last, one, call, prediction, output, at);
    }
  }

  /** For a loss that takes probabilities or, with from_logits, what becomes of them. */
  private void probabilities(
      Configured loss,
      boolean logits,
      LastActivation last,
      boolean one,
      Optional<CallText> call,
      Tensor prediction,
      String output,
      Span at) {
    boolean binary = loss.name().startsWith("Binary");
    var right = binary ? "sigmoid" : "softmax";
    if (one && !binary && !last.isSoftmax()) {
      warn(
          at,
          loss.name() + " chooses among classes, and `" + output + "` has one number",
          "one probability is judged by BinaryCrossentropy",
          call.map(text -> text.rename("BinaryCrossentropy")),
          prediction);
    } else if (logits && (last.isSoftmax() || last.isSigmoid())) {
      warn(
          at,
          "`"
              + output
              + "` has been through "
              + last.name()
              + " already, and "
              + loss.name()
              + " applies it again",
          "leave out the last activation, or set from_logits = false",
          call.map(text -> text.with(LOGITS, "false")),
          prediction);
    } else if (!logits && last.isLinear()) {
      warn(
          at,
          loss.name() + " expects probabilities, and `" + output + "` has no last activation",
          "set from_logits = true, or give the last layer activation = " + right,
          call.map(text -> text.with(LOGITS, "true")),
          prediction);
    } else if (last.isSoftmax() && binary) {
      warn(
          at,
          loss.name() + " judges each number on its own, and softmax makes them compete",
          "use activation = sigmoid, or CategoricalCrossentropy",
          last.replaced("sigmoid"),
          prediction);
    } else if (last.isSigmoid() && !binary) {
      warn(
          at,
          loss.name()
              + " expects shares that add up to 1, and sigmoid gives each number on its own",
          "use activation = softmax, or BinaryCrossentropy",
          last.replaced("softmax"),
          prediction);
    } else if (last.isNeither()) {
      warn(
          at,
          loss.name()
              + " expects "
              + (logits ? "logits of any size" : "probabilities")
              + ", and "
              + last.name()
              + " gives others",
          logits ? "leave out the last activation" : "use activation = " + right,
          logits ? last.removed() : last.replaced(right),
          prediction);
    }
  }

  private void warn(
      Span at, String message, String advice, Optional<Edit> edit, Tensor prediction) {
    var diagnostic = Diagnostic.of(Codes.ACTIVATION_LOSS_MISMATCH, at, message);
    diagnostic =
        edit.isPresent() ? edit.get().advisedBy(diagnostic, advice) : diagnostic.help(advice);
    evaluator.problems().report(Problems.made(diagnostic, prediction));
  }
}
