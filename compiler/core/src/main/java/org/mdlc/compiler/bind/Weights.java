package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * How much examples count: what {@code sample_weight}, {@code class_weight} and the fields {@code
 * weight digit = ..} of a train block say.
 */
final class Weights {
  /** Names of the items of a train block. */
  static final String SAMPLES = "sample_weight";

  static final String CLASSES = "class_weight";

  private final Evaluator evaluator;
  private final TrainItems items;
  private final Map<String, TensorType> types = new LinkedHashMap<>();
  private final Map<String, Tensor> bound = new LinkedHashMap<>();
  private @Nullable Frame boundIn;

  Weights(Evaluator evaluator, TrainItems items) {
    this.evaluator = evaluator;
    this.items = items;
  }

  /** What the array of an output's weights is called, in data and in steps. */
  static String arrayOf(String output) {
    return output + "_weight";
  }

  /** The weights that come from data, by output. */
  Map<String, Port> ports() {
    var ports = new LinkedHashMap<String, Port>();
    types.forEach((output, type) -> ports.put(output, new Port(arrayOf(output), type)));
    return ports;
  }

  /** Outputs whose examples come with weights. */
  private Set<String> sampled(Losses losses, ModelPhases.Phase phase) {
    var outputs = new LinkedHashSet<String>();
    for (var item : items.base().weights()) {
      if (item.key().text().equals(SAMPLES)) {
        var name =
            item.value() instanceof Ast.NameExpr n && item.output() == null
                ? losses.output(new Ast.Name(n.name(), n.span()), phase, item.span(), SAMPLES)
                : notAName(item);
        if (name != null) {
          outputs.add(name);
        }
      }
    }
    items.base().data().values().stream()
        .flatMap(d -> d.fields().stream())
        .filter(Ast.Field::weighs)
        .forEach(f -> outputs.add(f.name().text()));
    return outputs;
  }

  private @Nullable String notAName(Ast.Setting item) {
    evaluator
        .problems()
        .report(
            new Misuse(Codes.TYPE_MISMATCH, "`" + SAMPLES + "` names an output")
                .help("write `" + SAMPLES + " digit`; the weights themselves come with the data"),
            item.value().span());
    return null;
  }

  /** Reports weights of outputs that lose nothing, once the losses are known. */
  void check(Losses losses, Set<String> lost, ModelPhases.Phase phase) {
    for (var item : items.base().weights()) {
      var output = output(item, losses, phase);
      if (output != null && !lost.contains(output) && !evaluator.problems().hasErrors()) {
        evaluator
            .problems()
            .report(
                Diagnostic.of(
                    Codes.MISSING_LOSS,
                    item.span(),
                    "`" + output + "` has no loss that its weights could scale"));
      }
    }
  }

  private @Nullable String output(Ast.Setting item, Losses losses, ModelPhases.Phase phase) {
    return item.key().text().equals(CLASSES)
        ? losses.output(item.output(), phase, item.span(), CLASSES)
        : item.value() instanceof Ast.NameExpr n ? n.name() : null;
  }

  /**
   * The weights of an output's examples in this graph; null when all count alike.
   *
   * @param values what its loss gives: weights have the shape of these, so that steps of a sequence
   *     can have their own
   */
  @Nullable Tensor bind(
      String output,
      Tensor label,
      Tensor prediction,
      Tensor values,
      Losses losses,
      TrainItems.Part part,
      ModelPhases.Phase phase,
      boolean training,
      Scope scope) {
    var emit = evaluator.emitter();
    if (boundIn != emit.frame()) {
      bound.clear();
      boundIn = emit.frame();
    }
    var known = bound.get(output);
    if (known != null) {
      return known;
    }
    Tensor weight = null;
    if (sampled(losses, phase).contains(output)) {
      var array = arrayOf(output);
      if (phase.run().inputs().containsKey(array) || phase.run().outputs().containsKey(array)) {
        throw new Misuse(
                Codes.DUPLICATE_NAME,
                "the weights of `" + output + "` are called `" + array + "`, and so is another")
            .help("rename the input or output `" + array + "`");
      }
      var type = types.computeIfAbsent(output, _ -> typeLike(values));
      weight = emit.of(emit.frame().builder().input(arrayOf(output), Role.TARGET, type));
    }
    for (var item : training ? part.weights() : List.<Ast.Setting>of()) {
      if (item.key().text().equals(CLASSES)
          && output.equals(losses.output(item.output(), phase, item.span(), CLASSES))) {
        weight = product(weight, ofClasses(item, label, prediction, scope), item.span());
      }
    }
    if (weight != null) {
      bound.put(output, weight);
    }
    return weight;
  }

  /** What {@link #bind} gave for this output in the graph at hand. */
  @Nullable Tensor bound(String output) {
    return boundIn == evaluator.emitter().frame() ? bound.get(output) : null;
  }

  private static TensorType typeLike(Tensor values) {
    return new TensorType(DType.F32, values.batched() ? values.shape() : Shape.of(Dim.BATCH));
  }

  private @Nullable Tensor ofClasses(
      Ast.Setting item, Tensor label, Tensor prediction, Scope scope) {
    var weights = numbers(item, scope);
    if (weights.isEmpty()) {
      return null;
    }
    var last = prediction.inner().isEmpty() ? Dim.ONE : prediction.shape().dim(-1);
    var classes = last.is(1) ? Dim.of(2) : last;
    if (classes.isConstant() && classes.value() != weights.size()) {
      evaluator
          .problems()
          .report(
              new Misuse(
                      Codes.CLASS_WEIGHTS,
                      "there are " + classes + " classes and " + weights.size() + " class weights")
                  .note("the output is " + prediction.type())
                  .help("give one weight per class, in the order of the class numbers"),
              item.value().span(),
              prediction.trail());
      return null;
    }
    return apply("class_weights", item.span(), label, Datum.list(weights));
  }

  private List<Datum> numbers(Ast.Setting item, Scope scope) {
    var value =
        evaluator.within(
            Evaluator.Mode.PLAIN, () -> evaluator.eval(item.value(), scope, Category.VALUE));
    var numbers = new ArrayList<Datum>();
    if (value instanceof Datum.Listing l) {
      l.items().stream()
          .filter(i -> i.number().isPresent() && i.number().get() >= 0)
          .forEach(i -> numbers.add(new Datum.Real(i.number().orElseThrow())));
      if (!numbers.isEmpty() && numbers.size() == l.items().size()) {
        return numbers;
      }
    }
    if (!value.isPoison()) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.TYPE_MISMATCH,
                  "class weights are a list of numbers from 0 up, one per class, not "
                      + value.text()),
              item.value().span());
    }
    return List.of();
  }

  /** The product of two weights of which either may be missing. */
  @Nullable Tensor product(@Nullable Tensor a, @Nullable Tensor b, Span at) {
    return a == null ? b : b == null ? a : apply("times", at, a, b);
  }

  private @Nullable Tensor apply(String function, Span at, Datum... arguments) {
    var actuals = List.of(arguments).stream().map(a -> Actual.of(a, at)).toList();
    return evaluator.within(
                Evaluator.Mode.PLAIN,
                () ->
                    evaluator
                        .calls()
                        .invoke(
                            evaluator.library().standard(function),
                            actuals,
                            evaluator.emptyScope(),
                            at,
                            at))
            instanceof Tensor t
        ? t
        : null;
  }
}
