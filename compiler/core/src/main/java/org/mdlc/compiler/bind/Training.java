package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.Objective;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.bind.BoundProgram.Stage;
import org.mdlc.compiler.bind.BoundProgram.TrainSettings;
import org.mdlc.compiler.bind.BoundProgram.Update;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;

/**
 * Binds a train block: what is minimised, over which weights, how they move, and what is measured.
 */
final class Training {
  private final Evaluator evaluator;
  private final ModelPhases model;
  private final Ast.Train tree;
  private final DataFiles files;
  private final TrainItems items;
  private final Weights weights;
  private final Losses losses;
  private final Metrics metrics;
  private final Freezing freezing;
  private final List<Stage> stages = new ArrayList<>();
  private final Set<Variable> moved = new HashSet<>();
  private final Map<String, Span> prefixes = new LinkedHashMap<>();
  private final List<Optimizers> movers = new ArrayList<>();
  private @Nullable Graph evaluate;
  private @Nullable Graph adapt;
  private @Nullable TrainSettings settings;

  Training(Evaluator evaluator, ModelPhases model, Ast.Train tree, DataFiles files) {
    this.files = files;
    this.evaluator = evaluator;
    this.model = model;
    this.tree = tree;
    this.items = new TrainItems(evaluator.problems(), tree);
    this.weights = new Weights(evaluator, items);
    this.losses = new Losses(evaluator, weights);
    this.metrics = new Metrics(evaluator, losses, weights);
    this.freezing = new Freezing(evaluator);
  }

  List<Port> targets() {
    return losses.targets();
  }

  List<Port> weights() {
    return List.copyOf(weights.ports().values());
  }

  @Nullable Graph evaluate() {
    return evaluate;
  }

  @Nullable Graph adapt() {
    return adapt;
  }

  List<String> metrics() {
    return metrics.names();
  }

  List<Stage> stages() {
    return stages;
  }

  /** What Keras keeps of the optimizer, if it is the only one. */
  Optional<KerasLayout.Slots> kerasSlots() {
    return movers.size() == 1 ? movers.getFirst().kerasSlots() : Optional.empty();
  }

  /** What is minimised and measured first. */
  Architecture.Compile compile() {
    boolean simple =
        movers.size() == 1
            && stages.size() == 1
            && stages.getFirst().objectives().size() == 1
            && items.stages().getFirst().minimizes().isEmpty();
    return evaluator.sketch().compile(simple);
  }

  TrainSettings settings() {
    return Objects.requireNonNull(settings);
  }

  /** Binds everything; null when the block is not worth going on with. */
  @Nullable Training bind(ModelPhases.Phase predict) {
    var scope = model.definition().scope().inner();
    lets(items.base(), scope);
    var parts = items.stages();
    for (var part : parts) {
      stage(part, parts.size() > 1 || !part.name().isEmpty(), scope.inner(), predict);
    }
    adapt = new Adaptation(evaluator, freezing).bind(items.base().adapts(), model);
    settings =
        new Settings(evaluator, items, predict, losses, weights, metrics, scope, files).bind();
    new OutputLosses(evaluator, items, predict).warn();
    if (evaluator.problems().hasErrors()) {
      return null;
    }
    evaluator.variables().all().stream()
        .filter(v -> !moved.contains(v))
        .forEach(v -> v.trainable(false));
    return this;
  }

  private void lets(TrainItems.Part part, Scope scope) {
    for (var let : part.lets()) {
      evaluator.within(Evaluator.Mode.PLAIN, () -> evaluator.statements().run(List.of(let), scope));
    }
  }

  private void stage(TrainItems.Part part, boolean named, Scope scope, ModelPhases.Phase predict) {
    if (part != items.base()) {
      lets(part, scope);
    }
    freezing.apply(part.freezes());
    var objectives = new ArrayList<Objective>();
    if (!part.minimizes().isEmpty()) {
      if (!part.losses().isEmpty()) {
        evaluator
            .problems()
            .report(
                Diagnostic.of(
                        Codes.DUPLICATE_SETTING,
                        part.minimizes().get(0).span(),
                        "a train block has `loss` or `minimize`, not both")
                    .also(part.losses().get(0).span(), "the loss is here"));
      }
      for (int i = 0; i < part.minimizes().size(); i++) {
        add(objectives, minimize(part.minimizes().get(i), i, scope));
      }
    } else {
      add(objectives, plain(part, named, scope, predict));
    }
    if (evaluate == null && !evaluator.problems().hasErrors()) {
      evaluate =
          part.minimizes().isEmpty()
              ? forward(part, "evaluate", false, scope, Map.of())
              : evaluateMinimize(part, scope);
    }
    stages.add(new Stage(part.name(), epochs(part, scope), objectives));
  }

  private static void add(List<Objective> objectives, @Nullable Objective objective) {
    if (objective != null) {
      objectives.add(objective);
    }
  }

  private int epochs(TrainItems.Part part, Scope scope) {
    return (int) new Numbers(evaluator).whole(part, "epochs", 1, 1, 1_000_000_000, scope);
  }

  // ---- one loss

  private @Nullable Objective plain(
      TrainItems.Part part, boolean named, Scope scope, ModelPhases.Phase predict) {
    if (part.losses().isEmpty()) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.MISSING_LOSS,
                      tree.model().span(),
                      "the train block of " + tree.model() + " has no loss")
                  .help("write `loss MeanSquaredError()`, or `minimize ..`"));
    }
    evaluator.sketch().compiling(stages.isEmpty());
    var movers = movers(part, named ? "_" + part.name() : "", scope);
    var name = part.name().isEmpty() ? "train" : "train_" + part.name();
    var graph = forward(part, name, true, scope, movers);
    evaluator.sketch().compiling(false);
    var trained = freezing.trained(evaluator.variables().all());
    if (trained.isEmpty()
        && !predict.run().outputs().isEmpty()
        && !evaluator.problems().hasErrors()) {
      nothingToTrain(part);
    }
    if (graph == null || movers.isEmpty() || evaluator.problems().hasErrors()) {
      return null;
    }
    moved.addAll(trained);
    return new Objective(graph, updates(movers, trained));
  }

  private void nothingToTrain(TrainItems.Part part) {
    var diagnostic =
        Diagnostic.of(
            Codes.NOTHING_TO_TRAIN,
            part.freezes().isEmpty() ? tree.model().span() : part.freezes().get(0).span(),
            evaluator.variables().all().stream().anyMatch(v -> v.role() == Role.PARAM)
                ? "every weight of the model is frozen"
                : "the model has no weights to train");
    evaluator
        .problems()
        .report(
            part.freezes().isEmpty()
                ? diagnostic
                : Edit.remove(part.freezes().get(0).span())
                    .advisedBy(diagnostic, "leave a part of it unfrozen, such as its last layer"));
  }

  /** The optimizers of a part: one for some weights each, and one for all others. */
  private Map<Ast.OptimizerItem, Optimizers> movers(
      TrainItems.Part part, String place, Scope scope) {
    if (part.optimizers().isEmpty()) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.MISSING_OPTIMIZER,
                      tree.model().span(),
                      "the train block of " + tree.model() + " has no optimizer")
                  .help("write `optimizer Adam()`"));
    }
    var movers = new LinkedHashMap<Ast.OptimizerItem, Optimizers>();
    int special = 0;
    for (var item : part.optimizers()) {
      var given = optimizer(item.optimizer(), scope);
      var optimizer = part.optimizers().size() > 1 ? given : scaled(given);
      var number = item.paths().isEmpty() ? "" : "_" + ++special;
      if (optimizer == null) {
        continue;
      }
      var mover = mover(optimizer, place + number, item.optimizer().span());
      if (mover.scalesLoss() && part.optimizers().size() > 1) {
        evaluator
            .problems()
            .report(
                new Misuse(
                        Codes.CONFLICTING_OPTIMIZERS,
                        "one of several optimizers cannot scale the loss, which they share")
                    .help("train with one optimizer, or leave the scale out"),
                item.span());
      }
      movers.put(item, mover);
    }
    if (isHalf()
        && movers.size() > 1
        && movers.values().stream().noneMatch(Optimizers::scalesLoss)) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.UNSCALED_LOSS,
                      part.optimizers().get(1).span(),
                      "the loss of several optimizers is not scaled, so small gradients become 0"
                          + " in mixed_float16")
                  .note("one optimizer would scale it: the scale follows from all gradients")
                  .help("train with one optimizer, or with `precision mixed_bfloat16`"));
    }
    return movers;
  }

  private Optimizers mover(Configured optimizer, String place, Span at) {
    evaluator.lints().rate(optimizer);
    evaluator.sketch().optimizer(optimizer);
    var mover = new Optimizers(evaluator, optimizer, place);
    movers.add(mover);
    var other = prefixes.putIfAbsent(mover.prefix(), at);
    if (other != null) {
      var name = mover.prefix().substring(0, mover.prefix().length() - 1);
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.DUPLICATE_NAME,
                      at,
                      "two optimizers keep what is theirs as `" + name + "`")
                  .also(other, "the other is here")
                  .help("give them other names: `name = \"..\"`"));
    }
    return mover;
  }

  private boolean isHalf() {
    return evaluator.precision().equals(Optional.of(DType.F16));
  }

  /** Keras wraps the optimizer of a model in mixed_float16: small gradients would vanish. */
  private @Nullable Configured scaled(@Nullable Configured optimizer) {
    if (optimizer == null || !isHalf() || Optimizers.wraps(optimizer.definition())) {
      return optimizer;
    }
    return evaluator.calls().scaling(optimizer);
  }

  /** Gives every trained weight to its optimizer. */
  private List<Update> updates(Map<Ast.OptimizerItem, Optimizers> movers, List<Variable> trained) {
    var owners = new LinkedHashMap<Variable, Ast.OptimizerItem>();
    for (var item : movers.keySet()) {
      var chosen =
          item.paths().isEmpty()
              ? List.<Variable>of()
              : freezing.matching(item.paths(), evaluator.variables().all());
      for (var weight : chosen) {
        var other = owners.putIfAbsent(weight, item);
        if (other != null) {
          evaluator
              .problems()
              .report(
                  Diagnostic.of(
                          Codes.CONFLICTING_OPTIMIZERS,
                          item.span(),
                          "`" + weight.path() + "` has two optimizers")
                      .also(other.span(), "it belongs to this one already"));
          return List.of();
        }
      }
    }
    var rest = movers.keySet().stream().filter(i -> i.paths().isEmpty()).findFirst().orElse(null);
    var without = trained.stream().filter(w -> !owners.containsKey(w)).toList();
    if (rest != null) {
      without.forEach(w -> owners.put(w, rest));
    } else if (!without.isEmpty()) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.MISSING_OPTIMIZER,
                      movers.keySet().iterator().next().span(),
                      "`" + without.getFirst().path() + "` has no optimizer")
                  .help("add one without `for`, for all other weights, or `freeze` them"));
      return List.of();
    }
    var updates = new ArrayList<Update>();
    movers.forEach(
        (item, mover) -> {
          var own = trained.stream().filter(w -> item.equals(owners.get(w))).toList();
          var update = own.isEmpty() ? null : mover.update(own);
          if (update != null) {
            updates.add(update);
          }
        });
    return updates;
  }

  private @Nullable Configured optimizer(Ast.Expr expression, Scope scope) {
    var value =
        evaluator.within(
            Evaluator.Mode.PLAIN, () -> evaluator.eval(expression, scope, Category.OPTIMIZER));
    if (value.isPoison()) {
      return null;
    }
    try {
      var configured =
          evaluator
              .conversions()
              .configured(value, Category.OPTIMIZER, "the optimizer", expression.span());
      return configured instanceof Configured c ? c : null;
    } catch (Misuse m) {
      evaluator.problems().report(m, expression.span());
      return null;
    } catch (Silent e) {
      return null; // a bare name of what cannot do without arguments
    }
  }

  private @Nullable Graph forward(
      TrainItems.Part part,
      String name,
      boolean training,
      Scope scope,
      Map<Ast.OptimizerItem, Optimizers> movers) {
    var phase = model.run(name, training);
    if (phase.run().outputs().isEmpty()) {
      return null;
    }
    evaluator.within(
        phase.frame(),
        () -> {
          var total = losses.bind(part, phase, training, scope);
          if (total != null) {
            var scaler = movers.values().stream().filter(Optimizers::scalesLoss).findFirst();
            finish(
                phase,
                total,
                freezing.trained(evaluator.variables().all()),
                loss -> scaler.map(s -> s.scaled(loss)).orElse(loss));
            metrics.bind(part, phase, scope);
          }
          return phase;
        });
    if (evaluator.problems().hasErrors()) {
      return null;
    }
    return graph(phase);
  }

  private static Graph graph(ModelPhases.Phase phase) {
    var builder = phase.frame().builder();
    phase
        .frame()
        .writes()
        .forEach((variable, value) -> builder.output(variable.path(), variable.role(), value));
    return ModelPhases.ordered(builder.build());
  }

  /** Adds what layers and weights add to the loss, and puts it out. */
  private void finish(
      ModelPhases.Phase phase,
      Tensor data,
      List<Variable> regularized,
      UnaryOperator<Tensor> scaled) {
    var emit = evaluator.emitter();
    var total = data;
    for (var added : phase.frame().addedLosses()) {
      total = emit.add(new Add(), total, emit.of(added));
    }
    for (var variable : regularized) {
      if (variable.regularizer() instanceof Configured regularizer) {
        var penalty =
            evaluator.within(
                Evaluator.Mode.PLAIN,
                () ->
                    evaluator
                        .calls()
                        .run(
                            regularizer,
                            List.of(Actual.of(emit.read(variable), regularizer.span())),
                            regularizer.definition().scope(),
                            regularizer.span()));
        if (!penalty.isPoison()) {
          total = emit.add(new Add(), total, scalar(evaluator.arithmetic().tensor(penalty)));
        }
      }
    }
    phase
        .frame()
        .builder()
        .output(BoundProgram.OBJECTIVE, Role.RESULT, emit.frame().use(scaled.apply(total)));
    metrics.running(Metrics.LOSS, total);
  }

  private Tensor scalar(Tensor x) {
    var f32 = evaluator.emitter().cast(x, DType.F32);
    return f32.rank() == 0
        ? f32
        : evaluator
            .emitter()
            .add(new ReduceSum(IntStream.range(0, f32.rank()).boxed().toList()), f32);
  }

  // ---- several objectives

  private @Nullable Objective minimize(Ast.Minimize item, int index, Scope scope) {
    var label =
        item.label() == null ? (index == 0 ? "loss" : "loss_" + index) : item.label().text();
    var optimizer = scaled(optimizer(item.optimizer(), scope));
    var mover = optimizer == null ? null : mover(optimizer, "_" + label, item.optimizer().span());
    var trained = freezing.trained(freezing.matching(item.modules(), evaluator.variables().all()));
    var phase = model.run(label, true);
    var ok =
        evaluator.within(
            phase.frame(),
            () -> {
              var loss = objective(item, phase, scope);
              if (loss == null) {
                return false;
              }
              phase
                  .frame()
                  .builder()
                  .output(
                      BoundProgram.OBJECTIVE,
                      Role.RESULT,
                      phase.frame().use(mover == null ? loss : mover.scaled(loss)));
              metrics.running(label, loss);
              return true;
            });
    if (!ok || mover == null || evaluator.problems().hasErrors()) {
      return null;
    }
    moved.addAll(trained);
    var update = mover.update(trained);
    return new Objective(graph(phase), update == null ? List.of() : List.of(update));
  }

  private @Nullable Tensor objective(Ast.Minimize item, ModelPhases.Phase phase, Scope scope) {
    var names = scope.inner();
    phase.run().inputs().forEach((name, value) -> names.put(name, value, item.span()));
    phase.run().outputs().forEach((name, value) -> names.put(name, value, item.span()));
    var value = evaluator.eval(item.loss(), names, Category.VALUE);
    if (value.isPoison()) {
      return null;
    }
    if (!(value instanceof Tensor t)) {
      evaluator
          .problems()
          .report(
              new Misuse(
                      Codes.TYPE_MISMATCH,
                      "what is minimised must be a tensor, not " + value.kind())
                  .help("write an expression of the model's outputs"),
              item.loss().span());
      return null;
    }
    if (t.rank() > 0) {
      evaluator
          .problems()
          .report(
              new Misuse(
                      Codes.RANK_MISMATCH, "what is minimised must be one number, not " + t.type())
                  .help("take its mean(..) or sum(..)"),
              item.loss().span());
      return null;
    }
    return evaluator.emitter().cast(t, DType.F32);
  }

  private @Nullable Graph evaluateMinimize(TrainItems.Part part, Scope scope) {
    var phase = model.run("evaluate", false);
    evaluator.within(
        phase.frame(),
        () -> {
          for (int i = 0; i < part.minimizes().size(); i++) {
            var item = part.minimizes().get(i);
            var label =
                item.label() == null ? (i == 0 ? "loss" : "loss_" + i) : item.label().text();
            var loss = objective(item, phase, scope);
            if (loss != null) {
              metrics.running(label, loss);
            }
          }
          return phase;
        });
    return evaluator.problems().hasErrors() ? null : graph(phase);
  }
}
