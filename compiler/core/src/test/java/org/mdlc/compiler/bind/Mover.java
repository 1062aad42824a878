package org.mdlc.compiler.bind;

import static org.mdlc.compiler.bind.Parity.AGAINST;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;

/** The optimizers of a program with their memory, and the weights that they move. */
final class Mover {
  private final List<BoundProgram.Update> updates;
  private final Map<String, Tensor64> memory;

  Mover(BoundProgram program) {
    this.updates = program.stages().getFirst().objectives().getFirst().updates();
    this.memory = new LinkedHashMap<>(Programs.filled(program));
  }

  List<String> weights() {
    return updates.stream().flatMap(u -> u.weights().stream()).toList();
  }

  /** Everything that is kept, and the weights that were set. */
  Map<String, Tensor64> memory() {
    return memory;
  }

  void set(String path, Tensor64 value) {
    memory.put(path, value);
  }

  Tensor64 get(String path) {
    return Objects.requireNonNull(memory.get(path), path);
  }

  /** One step by these gradients, by weight. */
  void step(Map<String, Tensor64> gradients) {
    var moved = new ArrayList<Map<String, Tensor64>>();
    for (var update : updates) {
      var arguments = new LinkedHashMap<>(memory);
      gradients.forEach((w, g) -> arguments.put(BoundProgram.Update.gradient(w), g));
      moved.add(Interpreter.run(update.body(), arguments, 1));
    }
    moved.forEach(memory::putAll);
  }

  /** One step of the only weight, from this value by this gradient. */
  Tensor64 move(Tensor64 weight, Tensor64 gradient) {
    var path = weights().getFirst();
    set(path, weight);
    step(Map.of(path, gradient));
    return get(path);
  }

  static String trainedDense(String options, String optimizer) {
    return AGAINST
        + "model Case {\n  input a: f32[4]\n  output o0 = a |> Dense(3"
        + options
        + ")\n}\n\ntrain Case {\n  loss Against()\n  optimizer "
        + optimizer
        + "\n}\n";
  }
}
