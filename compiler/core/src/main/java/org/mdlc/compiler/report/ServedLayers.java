package org.mdlc.compiler.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.summary.ModelSummary;

/**
 * Finds the layers that steps work for. A layer is known by the scope that an operation stands in.
 * Arithmetic between layers has no scope, only a statement, and one statement may be carried out
 * several times; it belongs to that line of the summary without scope that is closest to the layers
 * which the step serves too. What is written nowhere in the model is its loss and metrics.
 */
final class ServedLayers {
  /** Stands for what the train block says of outputs: losses and metrics. */
  private static final String LOSS = "loss and metrics";

  private final List<LayerReport> layers = new ArrayList<>();
  private final Map<String, Integer> byName = new HashMap<>();

  /** Positions of the layers that no operation names as its scope. */
  private final Set<Integer> unnamed = new TreeSet<>();

  private ServedLayers() {}

  static ServedLayers of(ModelSummary summary, Program program) {
    var served = new ServedLayers();
    for (var layer : summary.layers()) {
      served.byName.put(layer.name(), served.byName.size());
    }
    for (var layer : summary.layers()) {
      var reads = new TreeSet<Integer>();
      layer.connections().stream()
          .filter(c -> served.byName.containsKey(c.layer()))
          .forEach(c -> reads.add(served.byName.get(c.layer())));
      served.layers.add(new LayerReport(layer.name(), layer.kind(), List.copyOf(reads)));
    }
    served.findUnnamed(program);
    return served;
  }

  private void findUnnamed(Program program) {
    for (int i = 0; i < layers.size(); i++) {
      if (!layers.get(i).kind().equals("InputLayer")) {
        unnamed.add(i);
      }
    }
    for (var step : program.flattened()) {
      step.origins().forEach(o -> owner(o.scope()).ifPresent(unnamed::remove));
    }
  }

  List<LayerReport> layers() {
    return List.copyOf(layers);
  }

  /** The layer that a scope, or a weight's path, lies in. */
  OptionalInt owner(String path) {
    for (var name = path; !name.isEmpty(); name = parent(name)) {
      var known = byName.get(name);
      if (known != null) {
        return OptionalInt.of(known);
      }
    }
    return OptionalInt.empty();
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** The layer without scope that reads, or is read by, most of these; the first of several. */
  OptionalInt between(Collection<Integer> neighbours) {
    int best = -1;
    long most = 0;
    for (int candidate : unnamed) {
      long near = neighbours.stream().filter(n -> areConnected(candidate, n)).count();
      if (near > most) {
        best = candidate;
        most = near;
      }
    }
    return best < 0 ? OptionalInt.empty() : OptionalInt.of(best);
  }

  private boolean areConnected(int one, int other) {
    return layers.get(one).reads().contains(other) || layers.get(other).reads().contains(one);
  }

  /** The line for losses and metrics, which is made on first use; it reads what nobody reads. */
  int loss() {
    return byName.computeIfAbsent(
        LOSS,
        _ -> {
          var ends = new TreeSet<Integer>();
          for (int i = 0; i < layers.size(); i++) {
            ends.add(i);
          }
          layers.forEach(layer -> ends.removeAll(layer.reads()));
          layers.add(new LayerReport(LOSS, "", List.copyOf(ends)));
          return layers.size() - 1;
        });
  }

  /** The layers whose weights a step changes. */
  Set<Integer> ofWeights(Step step, Program program) {
    var owners = new HashSet<Integer>();
    Variables.written(step, program).forEach(path -> owner(path).ifPresent(owners::add));
    return owners;
  }
}
