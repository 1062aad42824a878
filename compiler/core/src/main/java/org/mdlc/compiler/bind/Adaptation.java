package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.syntax.Ast;

/**
 * What {@code adapt} names: the model run once more, in inference mode, with the word {@code
 * adapting} true in those layers. Of that run only the states that they update remain.
 */
final class Adaptation {
  private final Evaluator evaluator;
  private final Freezing paths;

  Adaptation(Evaluator evaluator, Freezing paths) {
    this.evaluator = evaluator;
    this.paths = paths;
  }

  /** The graph from inputs to new states; null when nothing adapts. */
  @Nullable Graph bind(List<Ast.Adapt> items, ModelPhases model) {
    var chosen = new LinkedHashMap<Ast.Glob, List<Instance>>();
    items.forEach(item -> item.paths().forEach(glob -> chosen.put(glob, paths.layers(glob))));
    if (chosen.isEmpty() || evaluator.problems().hasErrors()) {
      return null;
    }
    var layers = new LinkedHashSet<Instance>();
    chosen.values().forEach(layers::addAll);
    var phase = run(model, layers);
    var updates = updates(phase, layers);
    chosen.forEach((glob, named) -> requireUpdates(glob, named, updates.keySet()));
    if (evaluator.problems().hasErrors()) {
      return null;
    }
    var builder = phase.frame().builder();
    updates.forEach((state, value) -> builder.output(state.path(), state.role(), value));
    return ModelPhases.ordered(builder.build());
  }

  private ModelPhases.Phase run(ModelPhases model, Set<Instance> layers) {
    evaluator.adapting(layers);
    try {
      return model.run("adapt", false);
    } finally {
      evaluator.adapting(Set.of());
    }
  }

  private static Map<Variable, Value> updates(ModelPhases.Phase phase, Set<Instance> layers) {
    var updates = new LinkedHashMap<Variable, Value>();
    phase
        .frame()
        .writes()
        .forEach(
            (variable, value) -> {
              if (variable.role() == Role.STATE && isWithin(variable, layers)) {
                updates.put(variable, value);
              }
            });
    return updates;
  }

  private static boolean isWithin(Variable variable, Iterable<Instance> layers) {
    for (var layer : layers) {
      if (variable.path().startsWith(layer.path() + "/")) {
        return true;
      }
    }
    return false;
  }

  private void requireUpdates(Ast.Glob glob, List<Instance> layers, Set<Variable> updated) {
    var own = new ArrayList<Variable>();
    updated.stream().filter(v -> isWithin(v, layers)).forEach(own::add);
    if (own.isEmpty()) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.NOTHING_TO_ADAPT,
                      glob.span(),
                      "`" + glob.pattern() + "` has nothing to adapt")
                  .note(
                      "only layers that update a state where `adapting` is true learn from data, such"
                          + " as Normalization() without a given mean; layers over text learn their"
                          + " vocabulary by themselves"));
    }
    for (var state : own) {
      var start = Objects.requireNonNull(evaluator.variables().starts().get(state));
      if (Double.isNaN(start.fill())) {
        evaluator
            .problems()
            .report(
                Diagnostic.of(
                        Codes.NOTHING_TO_ADAPT,
                        glob.span(),
                        "the state " + state.path() + " adapts, so it must start at one number")
                    .note("adaptation begins anew from what the state starts at")
                    .help("start it with zeros or ones"));
      }
    }
  }
}
