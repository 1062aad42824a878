package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.Argument;
import org.mdlc.compiler.bind.BoundProgram.CallbackSetting;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.TrainSettings;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/** Batch, epochs, seed, data and callbacks: what a train block says besides what is minimised. */
final class Settings {
  private static final List<String> CALLBACKS =
      List.of(
          "EarlyStopping",
          "ModelCheckpoint",
          "ReduceLROnPlateau",
          "LearningRateScheduler",
          "CSVLogger",
          "TerminateOnNaN",
          "BackupAndRestore",
          "TensorBoard");

  private static final Set<String> SETTING_THE_RATE =
      Set.of("ReduceLROnPlateau", "LearningRateScheduler");

  private final Evaluator evaluator;
  private final TrainItems items;
  private final ModelPhases.Phase predict;
  private final Losses losses;
  private final Weights weights;
  private final Metrics metrics;
  private final Scope scope;
  private final DataFiles files;
  private final LabelAdvice advice;

  Settings(
      Evaluator evaluator,
      TrainItems items,
      ModelPhases.Phase predict,
      Losses losses,
      Weights weights,
      Metrics metrics,
      Scope scope,
      DataFiles files) {
    this.evaluator = evaluator;
    this.items = items;
    this.predict = predict;
    this.losses = losses;
    this.weights = weights;
    this.metrics = metrics;
    this.scope = scope;
    this.files = files;
    this.advice = new LabelAdvice(predict, items);
  }

  TrainSettings bind() {
    var base = items.base();
    var numbers = new Numbers(evaluator);
    var shuffle = base.settings().get("shuffle");
    var split = base.settings().get("validation_split");
    var data = base.data().get("data");
    var holdout = base.data().get("holdout");
    var validation = base.data().get("validation");
    var fields =
        new DataFields(
            evaluator,
            ports(),
            texts(),
            labels(),
            declaredOutputs(),
            weightArrays(),
            scope,
            files,
            advice);
    double share = holdout == null ? 0 : share(holdout);
    var source = data == null ? Optional.<DataSource>empty() : fields.source(data, data, share);
    var fixed = evaluator.variables().fixedBatch();
    int batch =
        fixed == null
            ? (int) numbers.whole(base, "batch", 32, 1, 1 << 24, scope)
            : (int) numbers.whole(base, "batch", fixed, fixed, fixed, scope);
    if (data != null && source.isPresent()) {
      look(data, source.get(), batch);
    }
    return new TrainSettings(
        batch,
        (int) numbers.whole(base, "epochs", 1, 1, 1_000_000_000, scope),
        numbers.whole(base, "seed", 0, 0, 0xffff_ffffL, scope),
        shuffle == null || numbers.truth(shuffle, scope),
        split == null ? 0 : numbers.share(split, scope),
        source,
        holdout == null || share > 0 ? Optional.empty() : fields.source(holdout, data, 0),
        validation == null ? Optional.empty() : fields.source(validation, data, 0),
        callbacks());
  }

  /** Looks at the rows of the data, if they are there. */
  private void look(Ast.Data tree, DataSource source, int batch) {
    var beside = tree.source().span().file().name();
    var table = DataFields.table(files, beside, source.format(), source.paths());
    if (table.isEmpty() || evaluator.problems().hasErrors()) {
      return;
    }
    var check = new DataCheck(evaluator.problems(), advice, ports(), table.get());
    check.classes(tree, source);
    var setting = items.base().settings().get("batch");
    if (setting != null) {
      check.batch(setting, batch);
    }
  }

  private Map<String, TensorType> ports() {
    var ports = new LinkedHashMap<String, TensorType>();
    predict
        .run()
        .inputs()
        .forEach(
            (name, value) -> {
              if (value instanceof Datum.Tensor t) {
                ports.put(name, t.type());
              }
              if (value instanceof Datum.Strings s) {
                ports.put(name, new TensorType(DType.I32, s.shape()));
              }
            });
    losses.targets().forEach(t -> ports.put(t.name(), t.type()));
    weights.ports().values().forEach(w -> ports.put(w.name(), w.type()));
    return ports;
  }

  private Set<String> weightArrays() {
    return weights.ports().values().stream()
        .map(BoundProgram.Port::name)
        .collect(Collectors.toSet());
  }

  private Set<String> texts() {
    return predict.run().inputs().entrySet().stream()
        .filter(e -> e.getValue() instanceof Datum.Strings)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private Set<String> labels() {
    return losses.targets().stream().map(BoundProgram.Port::name).collect(Collectors.toSet());
  }

  private Set<String> declaredOutputs() {
    var outputs = new LinkedHashSet<String>();
    predict.run().spans().keySet().stream()
        .filter(s -> s.startsWith("output "))
        .forEach(s -> outputs.add(s.substring("output ".length())));
    return outputs;
  }

  /** {@code holdout 0.2}. */
  private double share(Ast.Data holdout) {
    if (holdout.source() instanceof Ast.Call) {
      return 0;
    }
    var value =
        evaluator.within(
            Evaluator.Mode.PLAIN, () -> evaluator.eval(holdout.source(), scope, Category.VALUE));
    var number = value.number();
    if (number.isPresent() && number.get() > 0 && number.get() < 1) {
      return number.get();
    }
    if (!value.isPoison()) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.VALUE_OUT_OF_RANGE,
                  "a holdout is a share between 0 and 1, or a source such as csv(\"test.csv\"), not "
                      + value.text()),
              holdout.source().span());
    }
    return 0;
  }

  // ---- callbacks

  private List<CallbackSetting> callbacks() {
    var settings = new ArrayList<CallbackSetting>();
    for (var item : items.base().callbacks()) {
      var callback = callback(item.callback());
      if (callback != null) {
        settings.add(callback);
      }
    }
    return settings;
  }

  private @Nullable CallbackSetting callback(Ast.Expr tree) {
    var name =
        tree instanceof Ast.Call c && c.callee() instanceof Ast.NameExpr n
            ? n
            : tree instanceof Ast.NameExpr n ? n : null;
    if (name == null) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.TYPE_MISMATCH, "a callback is written like EarlyStopping(patience = 3)"),
              tree.span());
      return null;
    }
    if (!CALLBACKS.contains(name.name())) {
      var diagnostic =
          Diagnostic.of(
              Codes.UNKNOWN_NAME, name.span(), "there is no callback `" + name.name() + "`");
      var near = DidYouMean.nearest(name.name(), CALLBACKS);
      evaluator
          .problems()
          .report(
              near.isPresent()
                  ? diagnostic.help("did you mean `" + near.get() + "`?", name.span(), near.get())
                  : diagnostic.note("callbacks are " + String.join(", ", CALLBACKS)));
      return null;
    }
    if (SETTING_THE_RATE.contains(name.name())) {
      requireSettableRate(name);
    }
    var arguments = new ArrayList<Argument>();
    for (var argument : tree instanceof Ast.Call c ? c.arguments() : List.<Ast.Arg>of()) {
      var value =
          evaluator.within(
              Evaluator.Mode.PLAIN, () -> evaluator.eval(argument.value(), scope, Category.VALUE));
      if (!value.isPoison()) {
        var key = argument.name() == null ? "" : argument.name().text();
        arguments.add(new Argument(key, value.text()));
        if (key.equals("monitor")) {
          monitor(value, argument);
        }
      }
    }
    return new CallbackSetting(name.name(), arguments);
  }

  private void requireSettableRate(Ast.NameExpr callback) {
    var optimizers = items.stages().stream().flatMap(s -> s.optimizers().stream()).toList();
    boolean settable = evaluator.variables().all().stream().anyMatch(Optimizers::isLearningRate);
    if (settable || optimizers.isEmpty() || evaluator.problems().hasErrors()) {
      return;
    }
    evaluator
        .problems()
        .report(
            Diagnostic.of(
                    Codes.SCHEDULED_RATE,
                    callback.span(),
                    "`" + callback.name() + "` sets the learning rate, which follows a schedule")
                .also(optimizers.get(0).span(), "this is the optimizer")
                .help("leave one of the two out"));
  }

  private void monitor(Datum value, Ast.Arg argument) {
    if (!(value instanceof Datum.Text figure) || figure.value().equals("learning_rate")) {
      return;
    }
    boolean validated =
        items.base().data().containsKey("validation")
            || items.base().settings().containsKey("validation_split");
    var diagnostic =
        new Monitors(metrics, items.base()).check(figure.value(), argument.value(), validated);
    diagnostic.ifPresent(evaluator.problems()::report);
  }
}
