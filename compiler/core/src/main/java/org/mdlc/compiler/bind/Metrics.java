package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Div;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.Slice;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Running figures of an epoch. The names are Keras's: the metric's with one output, {@code
 * <output>_<metric>} with several.
 */
final class Metrics {
  /** The name under which the whole loss is shown. */
  static final String LOSS = "loss";

  private final Evaluator evaluator;
  private final Losses losses;
  private final Weights weights;
  private final Map<String, Map<String, Variable>> made = new LinkedHashMap<>();
  private final Set<String> means = new HashSet<>();
  private final Set<String> names = new LinkedHashSet<>();

  Metrics(Evaluator evaluator, Losses losses, Weights weights) {
    this.evaluator = evaluator;
    this.losses = losses;
    this.weights = weights;
  }

  /** All names, the loss first. */
  List<String> names() {
    return List.copyOf(names);
  }

  private static String lossOf(String output) {
    return output + "_" + LOSS;
  }

  void bind(TrainItems.Part part, ModelPhases.Phase phase, Scope scope) {
    var lossParts = losses.parts();
    if (lossParts.size() > 1) {
      lossParts.forEach(p -> running(lossOf(p.output()), p.value()));
    }
    var taken = new HashSet<>(List.of(LOSS, BoundProgram.OBJECTIVE));
    if (lossParts.size() > 1) {
      lossParts.forEach(p -> taken.add(lossOf(p.output())));
    }
    for (boolean weighted : List.of(false, true)) {
      Ast.Name last = null;
      for (var item : part.metrics()) {
        if (item.weighted() != weighted) {
          continue;
        }
        last = item.output() == null ? last : item.output();
        var output = losses.output(last, phase, item.span(), "metric");
        if (output != null) {
          metric(item, output, phase, scope, taken);
        } else {
          evaluator.within(
              Evaluator.Mode.PLAIN, () -> evaluator.eval(item.metric(), scope, Category.METRIC));
        }
      }
    }
  }

  private void metric(
      Ast.MetricItem item, String output, ModelPhases.Phase phase, Scope scope, Set<String> taken) {
    var prediction = Objects.requireNonNull(phase.run().outputs().get(output));
    var given = givenName(item.metric());
    var tree = given.isPresent() ? withoutName(item.metric()) : item.metric();
    var value = value(tree, scope);
    if (value.isPoison()) {
      return;
    }
    try {
      var callee = resolve(value, output, prediction, item.metric().span());
      var base = given.orElseGet(() -> value instanceof Datum.Text t ? t.value() : name(callee));
      var prefix = phase.run().outputs().size() > 1 ? output + "_" : "";
      var named =
          item.weighted() && taken.contains(prefix + base)
              ? prefix + "weighted_" + base
              : prefix + base;
      var free = named;
      for (int i = 1; !taken.add(free); i++) {
        free = named + "_" + i;
      }
      warnOfAccuracy(callee, output, item);
      evaluator
          .sketch()
          .metric(
              output,
              value instanceof Datum.Text ? value : callee,
              given.orElse(""),
              item.weighted(),
              item.metric().span());
      measure(callee, free, output, prediction, item);
    } catch (Misuse m) {
      evaluator.problems().report(m, item.metric().span(), prediction.trail());
    } catch (Silent | Statements.Failed e) {
      return; // reported already
    }
  }

  /** {@code accuracy} is Keras's string "accuracy", unless the user defines something so named. */
  private Datum value(Ast.Expr tree, Scope scope) {
    if (tree instanceof Ast.NameExpr n
        && !plain(n.name()).isEmpty()
        && scope.find(n.name()) == null
        && !isUsers(scope.library().findAny(Category.METRIC, n.name()))) {
      return new Datum.Text(n.name());
    }
    return evaluator.within(
        Evaluator.Mode.PLAIN, () -> evaluator.eval(tree, scope, Category.METRIC));
  }

  private static boolean isUsers(Library.@Nullable Entry entry) {
    return entry != null && !Problems.isLibrary(entry.span().file());
  }

  /** Predicted numbers are hardly ever equal to the labels. */
  private void warnOfAccuracy(Datum callee, String output, Ast.MetricItem item) {
    var loss = losses.ofNumbers(output);
    if (loss != null && callee instanceof Configured c && c.name().endsWith("Accuracy")) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.METRIC_LOSS_MISMATCH,
                      item.metric().span(),
                      (item.metric() instanceof Ast.Call ? c.name() : item.metric().span().text())
                          + " counts classes, and `"
                          + output
                          + "` is trained as a number")
                  .also(loss, "by this loss")
                  .help("measure how far off it is", item.metric().span(), "MeanAbsoluteError()"));
    }
  }

  /** Every metric takes {@code name = ".."}, as in Keras, whether or not it declares it. */
  private static Optional<String> givenName(Ast.Expr metric) {
    return metric instanceof Ast.Call call
        ? call.arguments().stream()
            .filter(Metrics::isName)
            .map(argument -> ((Ast.StringLit) argument.value()).value())
            .findFirst()
        : Optional.empty();
  }

  private static Ast.Expr withoutName(Ast.Expr metric) {
    var call = (Ast.Call) metric;
    var others = call.arguments().stream().filter(argument -> !isName(argument)).toList();
    return new Ast.Call(call.callee(), others, call.span());
  }

  private static boolean isName(Ast.Arg argument) {
    return argument.name() != null
        && argument.name().text().equals("name")
        && argument.value() instanceof Ast.StringLit;
  }

  private static String name(Datum callee) {
    return switch (callee) {
      case Configured c when c.arguments().values().get("name") instanceof Datum.Text t ->
          t.value();
      case Configured c -> Layers.snakeCase(c.name());
      case Datum.Function f -> f.tree().name().text();
      default -> "metric";
    };
  }

  private Datum resolve(Datum value, String output, Tensor prediction, Span use) {
    var what = "the metric of `" + output + "`";
    if (value instanceof Datum.Text t) {
      return evaluator
          .conversions()
          .configured(
              new Datum.Text(byShape(t.value(), output, prediction)), Category.METRIC, what, use);
    }
    if (value instanceof Datum.Closure
        || value instanceof Datum.Function
        || value instanceof Configured c && c.definition().tree().kind() == Ast.Kind.LOSS) {
      return value;
    }
    return evaluator.conversions().configured(value, Category.METRIC, what, use);
  }

  /**
   * Keras's "accuracy" and "crossentropy" depend on the shapes: one number binary, class numbers
   * sparse, otherwise one-hot.
   */
  private String byShape(String word, String output, Tensor prediction) {
    var what = plain(word);
    if (what.isEmpty()) {
      return word;
    }
    if (prediction.inner().isEmpty() || prediction.shape().dim(-1).is(1)) {
      return "binary_" + what;
    }
    var target = losses.targets().stream().filter(t -> t.name().equals(output)).findFirst();
    boolean sparse = target.isPresent() && target.get().type().rank() < prediction.rank();
    return (sparse ? "sparse_categorical_" : "categorical_") + what;
  }

  /** Accuracy or crossentropy, if the word means one of the two; else nothing. */
  private static String plain(String word) {
    return switch (word) {
      case "accuracy", "acc" -> "accuracy";
      case "crossentropy", "ce" -> "crossentropy";
      default -> "";
    };
  }

  private void measure(
      Datum callee, String name, String output, Tensor prediction, Ast.MetricItem item) {
    var at = item.metric().span();
    var label = losses.label(callee, output, prediction, at);
    var weight = item.weighted() ? weights.bound(output) : null;
    if (!(callee instanceof Configured c) || c.definition().tree().kind() != Ast.Kind.METRIC) {
      var values = losses.compare(callee, label, prediction, at);
      if (values != null) {
        average(name, values, weight, prediction, at);
      }
      return;
    }
    var result =
        owned(
            name,
            () ->
                evaluator
                    .calls()
                    .run(
                        c,
                        actuals(c, losses.fitted(c, label), prediction, weight, at),
                        evaluator.emptyScope(),
                        at));
    if (result.isPoison()) {
      return;
    }
    var tensor = evaluator.emitter().cast(evaluator.arithmetic().tensor(result), DType.F32);
    if (means.contains(name) || Objects.requireNonNull(made.get(name)).isEmpty()) {
      means.add(name);
      average(name, tensor, weight, prediction, at);
    } else {
      put(name, tensor, c);
    }
  }

  /**
   * What a metric takes: labels, predictions and, if it says so, weights; the predictions alone
   * when it takes one thing.
   */
  private static List<Actual> actuals(
      Configured metric, Tensor label, Tensor prediction, @Nullable Tensor weight, Span at) {
    var operands = metric.definition().tree().operands();
    boolean weighs =
        !operands.isEmpty() && operands.getLast().name().text().equals(Weights.SAMPLES);
    var actuals = new ArrayList<Actual>();
    if (operands.size() - (weighs ? 1 : 0) > 1) {
      actuals.add(Actual.of(label, at));
    }
    actuals.add(Actual.of(prediction, at));
    if (weighs) {
      actuals.add(Actual.of(Losses.orNone(weight), at));
    }
    return actuals;
  }

  private Datum owned(String name, Supplier<Datum> body) {
    var states = made.computeIfAbsent(name, _ -> new LinkedHashMap<>());
    var owner = new Variables.Owner(name + "/", Role.METRIC, states, Map.of());
    return evaluator.variables().owned(owner, () -> evaluator.within(Evaluator.Mode.METRIC, body));
  }

  /**
   * One figure, or one per entry of a vector: {@code f1_score[0]}, {@code f1_score[1]} and so on.
   */
  private void put(String name, Tensor value, Configured metric) {
    if (value.rank() == 0) {
      put(name, value);
      return;
    }
    var size = value.shape().dim(0);
    if (value.rank() > 1 || !size.isConstant()) {
      throw new Misuse(
          Codes.RANK_MISMATCH,
          "a metric is one number or a list of numbers, and "
              + metric.name()
              + " gives "
              + value.type());
    }
    var emit = evaluator.emitter();
    for (int i = 0; i < size.value(); i++) {
      var entry =
          emit.add(new Slice(List.of(Dim.of(i)), List.of(Dim.of(i + 1)), List.of(1)), value);
      put(name + "[" + i + "]", emit.reshape(entry, Shape.SCALAR));
    }
  }

  private void put(String name, Tensor value) {
    names.add(name);
    evaluator
        .emitter()
        .frame()
        .builder()
        .output(name, Role.RESULT, evaluator.emitter().frame().use(value));
  }

  // ---- means

  /** A figure of a whole batch, averaged over the epoch by the rows of the batches. */
  void running(String name, Tensor ofBatch) {
    var emit = evaluator.emitter();
    var rows = emit.number(Dim.BATCH, DType.F32);
    mean(name, emit.add(new Mul(), ofBatch, rows), rows);
  }

  /** The mean of values over the epoch, by the library's own definition of that. */
  private void average(
      String name, Tensor values, @Nullable Tensor weight, Tensor prediction, Span at) {
    var counts = weights.product(weight, losses.mask(values, prediction, at), at);
    var mean =
        evaluator.within(
            Evaluator.Mode.PLAIN,
            () ->
                evaluator
                    .calls()
                    .invoke(
                        evaluator.library().standard("running_mean"),
                        List.of(Actual.of(Losses.orNone(counts), at)),
                        evaluator.emptyScope(),
                        at,
                        at));
    var result =
        owned(
            name,
            () ->
                evaluator
                    .calls()
                    .invoke(mean, List.of(Actual.of(values, at)), evaluator.emptyScope(), at, at));
    if (result instanceof Tensor t) {
      put(name, t);
    }
  }

  private void mean(String name, Tensor sum, Tensor count) {
    var emit = evaluator.emitter();
    var total = variable(name, "total");
    var seen = variable(name, "count");
    var newTotal = emit.add(new Add(), emit.read(total), sum);
    var newSeen = emit.add(new Add(), emit.read(seen), count);
    emit.write(total, newTotal);
    emit.write(seen, newSeen);
    put(name, emit.add(new Div(), newTotal, newSeen));
  }

  private Variable variable(String name, String part) {
    var variables = made.computeIfAbsent(name, _ -> new LinkedHashMap<>());
    var known = variables.get(part);
    if (known == null) {
      known =
          evaluator
              .variables()
              .plain(name + "/" + part, Role.METRIC, TensorType.scalar(DType.F32), 0);
      variables.put(part, known);
    }
    return known;
  }

  /** What a callback may monitor. */
  List<String> watchable(boolean validated) {
    var all = new ArrayList<>(names);
    if (validated) {
      names.forEach(n -> all.add("val_" + n));
    }
    return all;
  }
}
