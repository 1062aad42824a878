package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Div;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.TensorType;

/**
 * Running figures of an epoch. The names are Keras's: the metric's with one output, {@code
 * <output>_<metric>} with several.
 */
final class Metrics {
  private final Evaluator evaluator;
  private final Losses losses;
  private final Map<String, Map<String, Variable>> made = new LinkedHashMap<>();
  private final Set<String> names = new LinkedHashSet<>();

  Metrics(Evaluator evaluator, Losses losses) {
    this.evaluator = evaluator;
    this.losses = losses;
  }

  /** All names, the loss first. */
  List<String> names() {
    return List.copyOf(names);
  }

  void bind(TrainItems.Part part, ModelPhases.Phase phase, Scope scope) {
    var lossParts = losses.parts();
    if (lossParts.size() > 1) {
      lossParts.forEach(p -> running(p.output() + "_loss", p.value()));
    }
    var taken = new LinkedHashMap<String, Integer>();
    Ast.Name last = null;
    for (var item : part.metrics()) {
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

  private void metric(
      Ast.MetricItem item,
      String output,
      ModelPhases.Phase phase,
      Scope scope,
      Map<String, Integer> taken) {
    var prediction = Objects.requireNonNull(phase.run().outputs().get(output));
    var given = givenName(item.metric());
    var tree = given.isPresent() ? withoutName(item.metric()) : item.metric();
    var value =
        evaluator.within(Evaluator.Mode.PLAIN, () -> evaluator.eval(tree, scope, Category.METRIC));
    if (value.isPoison()) {
      return;
    }
    try {
      var callee = resolve(value, output, prediction);
      var base = given.orElseGet(() -> value instanceof Datum.Text t ? t.value() : name(callee));
      var named = phase.run().outputs().size() > 1 ? output + "_" + base : base;
      int count = taken.merge(named, 1, Integer::sum) - 1;
      measure(callee, count == 0 ? named : named + "_" + count, output, prediction, item);
    } catch (Misuse m) {
      evaluator.problems().report(m, item.metric().span(), prediction.trail());
    } catch (Silent e) {
      return; // reported already
    }
  }

  /** Every metric takes {@code name = ".."}, as in Keras, though none declares it. */
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
      case Configured c -> Layers.snakeCase(c.name());
      case Datum.Function f -> f.tree().name().text();
      default -> "metric";
    };
  }

  private Datum resolve(Datum value, String output, Tensor prediction) {
    var what = "the metric of `" + output + "`";
    if (value instanceof Datum.Text t) {
      return evaluator
          .conversions()
          .configured(
              new Datum.Text(accuracy(t.value(), output, prediction)), Category.METRIC, what);
    }
    if (value instanceof Datum.Closure
        || value instanceof Datum.Function
        || value instanceof Configured c && c.definition().tree().kind() == Ast.Kind.LOSS) {
      return value;
    }
    return evaluator.conversions().configured(value, Category.METRIC, what);
  }

  /**
   * Keras's "accuracy" depends on the shapes: one number binary, class numbers sparse, otherwise
   * one-hot.
   */
  private String accuracy(String word, String output, Tensor prediction) {
    if (!word.equals("accuracy") && !word.equals("acc")) {
      return word;
    }
    if (prediction.inner().isEmpty() || prediction.shape().dim(-1).is(1)) {
      return "binary_accuracy";
    }
    var target = losses.targets().stream().filter(t -> t.name().equals(output)).findFirst();
    boolean sparse = target.isPresent() && target.get().type().rank() < prediction.rank();
    return sparse ? "sparse_categorical_accuracy" : "categorical_accuracy";
  }

  private void measure(
      Datum callee, String name, String output, Tensor prediction, Ast.MetricItem item) {
    var at = item.metric().span();
    var label = losses.label(callee, output, prediction, at);
    if (!(callee instanceof Configured c) || c.definition().tree().kind() != Ast.Kind.METRIC) {
      var value = losses.compare(callee, label, prediction, at);
      if (value != null) {
        average(name, value);
      }
      return;
    }
    var owner =
        new Variables.Owner(
            name + "/",
            Role.METRIC,
            made.computeIfAbsent(name, _ -> new LinkedHashMap<>()),
            Map.of());
    var actuals = List.of(Actual.of(losses.fitted(c, label), at), Actual.of(prediction, at));
    var result =
        evaluator
            .variables()
            .owned(
                owner,
                () ->
                    evaluator.within(
                        Evaluator.Mode.METRIC,
                        () -> evaluator.calls().run(c, actuals, evaluator.emptyScope(), at)));
    if (result.isPoison()) {
      return;
    }
    var tensor = evaluator.emitter().cast(evaluator.arithmetic().tensor(result), DType.F32);
    if (tensor.rank() > 0) {
      throw new Misuse(
          Codes.RANK_MISMATCH,
          "a metric is one number, and " + c.name() + " gives " + tensor.type());
    }
    put(name, tensor);
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

  private void average(String name, Tensor values) {
    var emit = evaluator.emitter();
    var count = emit.number(values.shape().elements(), DType.F32);
    mean(
        name,
        values.rank() == 0
            ? values
            : emit.add(new ReduceSum(IntStream.range(0, values.rank()).boxed().toList()), values),
        count);
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
