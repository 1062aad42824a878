package org.mdlc.compiler.bind;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.TrainSettings;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/** Batch, epochs, seed, data and callbacks: what a train block says besides what is minimised. */
final class Settings {
  private static final long MAX_SEED = 0xffff_ffffL;

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
    var fixed = evaluator.inputs().fixedBatch();
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
        base.settings().containsKey("seed")
            ? OptionalLong.of(numbers.whole(base, "seed", 0, 0, MAX_SEED, scope))
            : OptionalLong.empty(),
        shuffle == null || numbers.truth(shuffle, scope),
        split == null ? 0 : numbers.share(split, scope),
        source,
        holdout == null || share > 0 ? Optional.empty() : fields.source(holdout, data, 0),
        validation == null ? Optional.empty() : fields.source(validation, data, 0),
        new TrainCallbacks(evaluator, items, metrics, scope).bind());
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
}
