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
 * Arithmetic between layers has no scope but a place in the text; where a place is carried out
 * several times, as in a block, the layers that the step serves beside it tell which time is meant.
 * What is written nowhere in the model is its loss and metrics.
 */
final class ServedLayers {
  /** Stands for what the train block says of outputs: losses and metrics. */
  private static final String LOSS = "loss and metrics";

  private final List<LayerReport> layers = new ArrayList<>();
  private final Map<String, Integer> byName = new HashMap<>();

  /** Positions of what is written between layers, by places. */
  private final Map<String, List<Integer>> between = new HashMap<>();

  private ServedLayers() {}

  static ServedLayers of(ModelSummary summary) {
    var served = new ServedLayers();
    for (var layer : summary.layers()) {
      served.byName.put(layer.name(), served.byName.size());
    }
    for (var layer : summary.layers()) {
      var reads = new TreeSet<Integer>();
      layer.connections().stream()
          .filter(c -> served.byName.containsKey(c.layer()))
          .forEach(c -> reads.add(served.byName.get(c.layer())));
      for (var place : layer.places()) {
        served.between.computeIfAbsent(place, _ -> new ArrayList<>()).add(served.layers.size());
      }
      served.layers.add(new LayerReport(layer.name(), layer.kind(), List.copyOf(reads)));
    }
    return served;
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

  /**
   * What is written between layers at a place; where that is several lines of the summary, the one
   * that reads, or is read by, most of the neighbours.
   */
  OptionalInt between(String place, Collection<Integer> neighbours) {
    int best = -1;
    long most = -1;
    for (int candidate : between.getOrDefault(place, List.of())) {
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
