package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Lexemes;

/**
 * The items of a train block, sorted by kind; a stage has the block's where it has none of its own.
 */
final class TrainItems {
  static final List<String> SETTINGS =
      List.of("batch", "epochs", "seed", "shuffle", "validation_split");

  static final List<String> WEIGHTS = List.of(Weights.SAMPLES, Weights.CLASSES);

  /** The block itself or one stage. */
  static final class Part {
    private final String name;
    private final List<Ast.LossItem> losses = new ArrayList<>();
    private final List<Ast.MetricItem> metrics = new ArrayList<>();
    private final List<Ast.CallbackItem> callbacks = new ArrayList<>();
    private final List<Ast.Freeze> freezes = new ArrayList<>();
    private final List<Ast.Adapt> adapts = new ArrayList<>();
    private final List<Ast.Minimize> minimizes = new ArrayList<>();
    private final List<Ast.Let> lets = new ArrayList<>();
    private final List<Ast.Setting> weights = new ArrayList<>();
    private final Map<String, Ast.Setting> settings = new LinkedHashMap<>();
    private final Map<String, Ast.Data> data = new LinkedHashMap<>();
    private final List<Ast.OptimizerItem> optimizers = new ArrayList<>();

    Part(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    List<Ast.LossItem> losses() {
      return losses;
    }

    List<Ast.MetricItem> metrics() {
      return metrics;
    }

    List<Ast.CallbackItem> callbacks() {
      return callbacks;
    }

    List<Ast.Freeze> freezes() {
      return freezes;
    }

    List<Ast.Adapt> adapts() {
      return adapts;
    }

    List<Ast.Minimize> minimizes() {
      return minimizes;
    }

    List<Ast.Let> lets() {
      return lets;
    }

    /** {@code sample_weight} and {@code class_weight}, one or more per output. */
    List<Ast.Setting> weights() {
      return weights;
    }

    Map<String, Ast.Setting> settings() {
      return settings;
    }

    /** By role: data, holdout, validation. */
    Map<String, Ast.Data> data() {
      return data;
    }

    /** One without paths at most. */
    List<Ast.OptimizerItem> optimizers() {
      return optimizers;
    }

    private void inherit(Part base) {
      if (minimizes.isEmpty() && losses.isEmpty()) {
        losses.addAll(base.losses);
        minimizes.addAll(base.minimizes);
      }
      if (metrics.isEmpty()) {
        metrics.addAll(base.metrics);
      }
      if (weights.isEmpty()) {
        weights.addAll(base.weights);
      }
      if (optimizers.isEmpty()) {
        optimizers.addAll(base.optimizers);
      }
      base.settings.forEach(settings::putIfAbsent);
    }
  }

  private final Problems problems;
  private final Part base = new Part("");
  private final Map<String, Part> stages = new LinkedHashMap<>();

  TrainItems(Problems problems, Ast.Train tree) {
    this.problems = problems;
    tree.items().forEach(i -> add(i, base, true));
    stages.values().forEach(s -> s.inherit(base));
  }

  Part base() {
    return base;
  }

  /** The stages in order; the block itself when it has none. */
  List<Part> stages() {
    if (stages.isEmpty()) {
      return List.of(base);
    }
    var first = stages.values().iterator().next();
    first.freezes().addAll(0, base.freezes());
    base.freezes().clear();
    return List.copyOf(stages.values());
  }

  private void add(Ast.TrainItem item, Part part, boolean outer) {
    switch (item) {
      case Ast.Data d -> {
        if (!outer) {
          problems.report(
              Diagnostic.of(
                  Codes.MISPLACED_STATEMENT,
                  d.role().span(),
                  "`" + d.role() + "` belongs to the train block, not to a stage"));
        } else {
          var first = part.data().putIfAbsent(d.role().text(), d);
          if (first != null) {
            twice(d.role(), first.role());
          }
        }
      }
      case Ast.LossItem l -> part.losses().add(l);
      case Ast.MetricItem m -> part.metrics().add(m);
      case Ast.OptimizerItem o -> {
        var first = part.optimizers().stream().filter(p -> p.paths().isEmpty()).findFirst();
        if (o.paths().isEmpty() && first.isPresent()) {
          problems.report(
              Diagnostic.of(Codes.DUPLICATE_SETTING, o.span(), "the optimizer is given twice")
                  .also(first.get().span(), "first here")
                  .help("write `optimizer .. for path` for an optimizer of some weights only"));
        } else {
          part.optimizers().add(o);
        }
      }
      case Ast.CallbackItem c -> part.callbacks().add(c);
      case Ast.Setting s -> setting(s, part);
      case Ast.Stage s -> stage(s, outer);
      case Ast.Freeze f -> part.freezes().add(f);
      case Ast.Adapt a -> adapt(a, part, outer);
      case Ast.Minimize m -> part.minimizes().add(m);
      case Ast.Let l -> part.lets().add(l);
    }
  }

  private void adapt(Ast.Adapt item, Part part, boolean outer) {
    if (outer) {
      part.adapts().add(item);
      return;
    }
    problems.report(
        Diagnostic.of(
                Codes.MISPLACED_STATEMENT,
                item.span(),
                "`adapt` belongs to the train block, not to a stage")
            .note("layers adapt once, before the first epoch of the first stage"));
  }

  private void setting(Ast.Setting setting, Part part) {
    var name = setting.key().text();
    if (WEIGHTS.contains(name)) {
      weights(setting, part);
      return;
    }
    if (setting.output() != null && SETTINGS.contains(name)) {
      problems.report(
          Diagnostic.of(
                  Codes.UNKNOWN_SETTING,
                  setting.output().span(),
                  "`" + name + "` is for the whole training, not for one output")
              .help("write `" + name + " ..` without a name"));
    }
    if (!SETTINGS.contains(name)) {
      var known = Stream.concat(SETTINGS.stream(), WEIGHTS.stream()).toList();
      var diagnostic =
          Diagnostic.of(
              Codes.UNKNOWN_SETTING,
              setting.key().span(),
              "a train block has no setting `" + name + "`");
      // A misspelt statement reads like a setting.
      var words = Stream.concat(known.stream(), Lexemes.trainWords().stream()).toList();
      var near = DidYouMean.nearest(name, words);
      problems.report(
          near.isPresent()
              ? diagnostic.help(
                  "did you mean `" + near.get() + "`?", setting.key().span(), near.get())
              : diagnostic.note("settings are " + String.join(", ", known)));
      return;
    }
    var first = part.settings().putIfAbsent(name, setting);
    if (first != null) {
      twice(setting.key(), first.key());
    }
  }

  private void weights(Ast.Setting setting, Part part) {
    var key = setting.key().text();
    if (key.equals(Weights.SAMPLES) && part != base) {
      problems.report(
          Diagnostic.of(
              Codes.MISPLACED_STATEMENT,
              setting.key().span(),
              "`" + key + "` belongs to the train block, not to a stage"));
      return;
    }
    part.weights().stream()
        .filter(w -> w.key().text().equals(key) && sameOutput(w, setting))
        .findFirst()
        .ifPresent(first -> twice(setting.key(), first.key()));
    part.weights().add(setting);
  }

  private static boolean sameOutput(Ast.Setting a, Ast.Setting b) {
    var output = a.output();
    var other = b.output();
    if (output != null && other != null) {
      return output.text().equals(other.text());
    }
    boolean unnamed = output == null && other == null;
    return unnamed && (a.key().text().equals(Weights.CLASSES) || sameName(a, b));
  }

  private static boolean sameName(Ast.Setting a, Ast.Setting b) {
    return a.value() instanceof Ast.NameExpr x
        && b.value() instanceof Ast.NameExpr y
        && x.name().equals(y.name());
  }

  private void stage(Ast.Stage tree, boolean outer) {
    if (!outer) {
      problems.report(
          Diagnostic.of(
              Codes.MISPLACED_STATEMENT,
              tree.name().span(),
              "a stage cannot stand in another stage"));
      return;
    }
    var part = new Part(tree.name().text());
    if (stages.putIfAbsent(part.name(), part) != null) {
      problems.report(
          Diagnostic.of(
              Codes.DUPLICATE_NAME,
              tree.name().span(),
              "there is another stage `" + tree.name() + "`"));
    }
    tree.items().forEach(i -> add(i, part, false));
  }

  private void twice(Ast.Name again, Ast.Name first) {
    problems.report(
        Diagnostic.of(Codes.DUPLICATE_SETTING, again.span(), "`" + again + "` is given twice")
            .also(first.span(), "first here"));
  }
}
