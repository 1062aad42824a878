package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * The losses of a train block, and the labels they compare with: a label has the type that the
 * first loss (or metric) of its output wants.
 */
final class Losses {
  /** What each output lost, unweighted; for the metrics {@code <output>_loss}. */
  record Part(String output, Tensor value) {}

  private final Evaluator evaluator;
  private final LossFit fit;
  private final Map<String, TensorType> targets = new LinkedHashMap<>();
  private final Map<String, Tensor> labels = new LinkedHashMap<>();
  private final Map<String, Span> numbers = new LinkedHashMap<>();
  private @Nullable Frame labelsOf;
  private final Weights weights;
  private List<Part> parts = List.of();

  Losses(Evaluator evaluator, Weights weights) {
    this.evaluator = evaluator;
    this.weights = weights;
    this.fit = new LossFit(evaluator);
  }

  List<Port> targets() {
    return targets.entrySet().stream().map(t -> new Port(t.getKey(), t.getValue())).toList();
  }

  /** Where the loss of an output stands, if it is one of numbers and not of classes. */
  @Nullable Span ofNumbers(String output) {
    return numbers.get(output);
  }

  List<Part> parts() {
    return parts;
  }

  /**
   * The sum of all weighted losses, one number; null when there is none.
   *
   * @param training whether class weights count
   */
  @Nullable Tensor bind(
      TrainItems.Part part, ModelPhases.Phase phase, boolean training, Scope scope) {
    var emit = evaluator.emitter();
    Tensor total = null;
    var bound = new ArrayList<Part>();
    var lost = new HashSet<String>();
    for (var item : part.losses()) {
      var output = output(item.output(), phase, item.span(), "loss");
      if (output == null) {
        evaluator.within(
            Evaluator.Mode.PLAIN, () -> evaluator.eval(item.loss(), scope, Category.LOSS));
        continue;
      }
      lost.add(output);
      var value = value(item, output, part, phase, training, scope);
      if (value == null) {
        continue;
      }
      bound.add(new Part(output, value));
      var weighted = weighted(value, item, scope);
      total = total == null ? weighted : emit.add(new Add(), total, weighted);
    }
    parts = List.copyOf(bound);
    weights.check(this, lost, phase);
    return total;
  }

  private double weightOf(Ast.LossItem item, Scope scope) {
    var weight = item.weight();
    return weight == null
        ? 1
        : evaluator
            .within(Evaluator.Mode.PLAIN, () -> evaluator.eval(weight, scope, Category.VALUE))
            .number()
            .orElse(1.0);
  }

  private Tensor weighted(Tensor value, Ast.LossItem item, Scope scope) {
    var weight = item.weight();
    if (weight == null) {
      return value;
    }
    var number =
        evaluator.within(Evaluator.Mode.PLAIN, () -> evaluator.eval(weight, scope, Category.VALUE));
    if (number.number().isEmpty()) {
      if (!number.isPoison()) {
        evaluator
            .problems()
            .report(
                new Misuse(
                    Codes.TYPE_MISMATCH, "the weight of a loss is a number, not " + number.kind()),
                weight.span());
      }
      return value;
    }
    return evaluator
        .emitter()
        .add(new Mul(), value, evaluator.emitter().constant(DType.F32, number.number().get()));
  }

  private @Nullable Tensor value(
      Ast.LossItem item,
      String output,
      TrainItems.Part part,
      ModelPhases.Phase phase,
      boolean training,
      Scope scope) {
    var prediction = phase.run().outputs().get(output);
    var loss =
        evaluator.within(
            Evaluator.Mode.PLAIN, () -> evaluator.eval(item.loss(), scope, Category.LOSS));
    if (loss.isPoison() || prediction == null) {
      return null;
    }
    try {
      var callee =
          loss instanceof Datum.Function || loss instanceof Datum.Closure
              ? loss
              : evaluator
                  .conversions()
                  .configured(
                      loss, Category.LOSS, "the loss of `" + output + "`", item.loss().span());
      var at = item.loss().span();
      evaluator.sketch().loss(output, callee, weightOf(item, scope), at);
      var label = label(callee, output, prediction, at);
      var values = compare(callee, label, prediction, at);
      fit.check(callee, prediction, output, at);
      if (LossFit.regresses(callee, prediction)) {
        numbers.put(output, at);
      }
      if (values == null) {
        return null;
      }
      var weight =
          weights.bind(output, label, prediction, values, this, part, phase, training, scope);
      return reduced(values, weight, mask(values, prediction, at), callee, at);
    } catch (Misuse m) {
      evaluator.problems().report(m, item.loss().span(), prediction.trail());
    } catch (Silent e) {
      return null;
    }
    return null;
  }

  private @Nullable Tensor reduced(
      Tensor values, @Nullable Tensor weight, @Nullable Tensor mask, Datum loss, Span at) {
    var value =
        evaluator.within(
            Evaluator.Mode.PLAIN,
            () -> evaluator.calls().reduced(values, orNone(weight), orNone(mask), loss, at));
    if (!(value instanceof Tensor t)) {
      return null;
    }
    if (t.rank() > 0) {
      throw new Misuse(Codes.RANK_MISMATCH, "what is minimised must be one number, not " + t.type())
          .help("let the loss take the mean: leave out `reduction`");
    }
    return t;
  }

  static Datum orNone(@Nullable Tensor tensor) {
    return tensor == null ? Datum.None.NONE : tensor;
  }

  /** Where a prediction counts; null for everywhere. */
  @Nullable Tensor mask(Tensor prediction) {
    return prediction.mask();
  }

  /** Where values count, by their own mask and that of the prediction; null for everywhere. */
  @Nullable Tensor mask(Tensor values, Tensor prediction, Span at) {
    return weights.product(mask(prediction), mask(values), at);
  }

  /** Applies a loss, metric or function to a label and a prediction: one value per example. */
  @Nullable Tensor compare(Datum callee, Tensor label, Tensor prediction, Span at) {
    var actuals = List.of(Actual.of(fitted(callee, label), at), Actual.of(prediction, at));
    var value =
        evaluator.within(Evaluator.Mode.PLAIN, () -> evaluator.calls().values(callee, actuals, at));
    return value.isPoison()
        ? null
        : evaluator.emitter().cast(evaluator.arithmetic().tensor(value), DType.F32);
  }

  /** Whole-number labels serve where floats are wanted. */
  Tensor fitted(Datum callee, Tensor label) {
    var type = labelParam(callee);
    if (label.dtype() == DType.I32
        && type instanceof Ast.TensorType t
        && t.dtype().text().equals("f32")) {
      return evaluator.emitter().cast(label, DType.F32);
    }
    return label;
  }

  private static Ast.@Nullable TypeExpr labelParam(Datum callee) {
    var params =
        switch (callee) {
          case Configured c -> c.definition().tree().operands();
          case Datum.Function f -> f.tree().params();
          default -> List.<Ast.Param>of();
        };
    return params.isEmpty() ? null : params.get(0).type();
  }

  // ---- labels

  /** The label tensor of an output, an input of the graph from now on. */
  Tensor label(Datum callee, String output, Tensor prediction, Span at) {
    var emit = evaluator.emitter();
    var type = targets.get(output);
    if (type == null) {
      type = labelType(callee, output, prediction);
      targets.put(output, type);
    }
    var builder = emit.frame().builder();
    var wanted = type;
    if (labelsOf != emit.frame()) {
      labels.clear();
      labelsOf = emit.frame();
    }
    return labels.computeIfAbsent(
        output,
        o ->
            emit.of(builder.input(o, Role.TARGET, wanted))
                .with(Datum.Trail.NONE.then(at, "the label of `" + o + "` is " + wanted)));
  }

  /**
   * From the signature: {@code y_true: i32[...S]} beside {@code y_pred: f32[...S, K]}; a label
   * without a type is like the prediction.
   */
  private TensorType labelType(Datum callee, String output, Tensor prediction) {
    if (!(callee instanceof Configured c) || c.definition().tree().operands().size() != 2) {
      return prediction.type();
    }
    var params = c.definition().tree().operands();
    var declared = params.get(0).type();
    if (!(declared instanceof Ast.TensorType)) {
      return prediction.type();
    }
    var dims = Calls.configuredScope(c).inner();
    try {
      evaluator.types().fit(params.get(1).type(), prediction, "the prediction", dims, 0);
      evaluator.variables().open(declared, output + "_", dims);
      return evaluator.types().declared(declared, dims, prediction.batched());
    } catch (Misuse m) {
      var misuse =
          new Misuse(Codes.LOSS_LABEL_MISMATCH, c.name() + " does not fit this output: " + m.text())
              .note("the output is " + prediction.type());
      m.helps().forEach(misuse::help);
      throw misuse;
    }
  }

  // ---- outputs

  /** The output that an item speaks of; reported and null when there is none. */
  @Nullable String output(Ast.@Nullable Name name, ModelPhases.Phase phase, Span at, String what) {
    var outputs = List.copyOf(phase.run().outputs().keySet());
    var declared =
        phase.run().spans().keySet().stream()
            .filter(s -> s.startsWith("output "))
            .map(s -> s.substring("output ".length()))
            .toList();
    if (name == null) {
      if (declared.size() <= 1) {
        return outputs.isEmpty() ? null : outputs.get(0);
      }
      var diagnostic =
          Diagnostic.of(
              Codes.OUTPUT_NOT_NAMED,
              at,
              "the model has "
                  + declared.size()
                  + " outputs: say which one this "
                  + what
                  + " belongs to");
      var help =
          "write `" + declared.get(0) + ": ..`; the outputs are " + String.join(", ", declared);
      evaluator
          .problems()
          .report(
              what.equals("loss") || what.equals("metric")
                  ? diagnostic.help(help, at.before(), declared.get(0) + ": ")
                  : diagnostic.help(help));
      return null;
    }
    if (outputs.contains(name.text())) {
      return name.text();
    }
    if (!declared.contains(name.text())) {
      var diagnostic =
          Diagnostic.of(
              Codes.UNKNOWN_OUTPUT, name.span(), "the model has no output `" + name + "`");
      var near = DidYouMean.nearest(name.text(), declared);
      evaluator
          .problems()
          .report(
              near.isPresent()
                  ? diagnostic.help("did you mean `" + near.get() + "`?", name.span(), near.get())
                  : diagnostic.note(
                      "its "
                          + (declared.size() == 1 ? "output is " : "outputs are ")
                          + String.join(", ", declared)));
    }
    return null;
  }
}
