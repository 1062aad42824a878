package org.mdlc.compiler.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.Variable;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Gives every seed that is drawn when a model is created a variable of its own, in the order of the
 * draws, which is how the runtime draws them: one after the other for its SEED variables.
 *
 * <pre>
 *   conv2d/kernel (draw 0), seed_generator (draw 2)     conv2d/kernel/seed  draw 0
 *   initialize(key "conv2d/kernel") -> conv2d/kernel -> draw_1              draw 1, read by nobody
 *                                                       seed_generator      draw 2
 *                                                       initialize(key "conv2d/kernel/seed") -> ..
 * </pre>
 */
final class DrawnSeeds {
  private static final TensorType KEY = new TensorType(DType.U32, Shape.of(2));

  private DrawnSeeds() {}

  static BoundProgram in(BoundProgram bound) {
    var seeds = new TreeMap<Integer, Variable>();
    var others = new ArrayList<Variable>();
    for (var variable : bound.variables()) {
      if (variable.seedDraw() < 0) {
        others.add(variable);
      } else if (variable.role() == Role.SEED) {
        seeds.put(variable.seedDraw(), variable);
      } else {
        seeds.put(variable.seedDraw(), key(seedOf(variable.path()), variable.seedDraw()));
        others.add(variable);
      }
    }
    int draws = seeds.isEmpty() ? 0 : seeds.lastKey() + 1;
    for (int draw = 0; draw < draws; draw++) {
      seeds.putIfAbsent(draw, key("draw_" + draw, draw));
    }
    others.addAll(seeds.values());
    return with(bound, others, renamed(bound.initialize(), others));
  }

  private static Variable key(String path, int draw) {
    return new Variable(path, Role.SEED, KEY, false, Double.NaN, draw);
  }

  private static String seedOf(String path) {
    return path + "/seed";
  }

  /** The initialize graph with keys named by their own variables. */
  private static Graph renamed(Graph initialize, List<Variable> variables) {
    Map<String, Role> roles =
        variables.stream().collect(Collectors.toMap(Variable::path, Variable::role));
    var inputs = new ArrayList<Graph.Input>();
    for (var input : initialize.inputs()) {
      boolean own = roles.get(input.name()) == Role.SEED;
      inputs.add(own ? input : new Graph.Input(seedOf(input.name()), input.role(), input.value()));
    }
    return new Graph(initialize.name(), inputs, initialize.nodes(), initialize.outputs());
  }

  private static BoundProgram with(BoundProgram bound, List<Variable> variables, Graph initialize) {
    return new BoundProgram(
        bound.model(),
        bound.inputs(),
        bound.outputs(),
        bound.targets(),
        variables,
        bound.predict(),
        initialize,
        bound.evaluate(),
        bound.metrics(),
        bound.stages(),
        bound.settings());
  }
}
