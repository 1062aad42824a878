package org.mdlc.compiler.bind;

import static org.mdlc.compiler.bind.Parity.AGAINST;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;

/** One weight's optimizer with its memory. */
final class Mover {
  private final BoundProgram.Update update;
  private final Map<String, Tensor64> memory;

  Mover(BoundProgram program, BoundProgram.Update update) {
    this.update = update;
    this.memory = Programs.filled(program);
  }

  Tensor64 move(Tensor64 weight, Tensor64 gradient, int iteration) {
    var body = update.body();
    var variables = Stream.concat(update.slots().stream(), update.hyper().stream()).toList();
    var arguments = new LinkedHashMap<String, Tensor64>();
    arguments.put(body.inputs().get(0).name(), weight);
    arguments.put(body.inputs().get(1).name(), gradient);
    for (int i = 0; i < variables.size(); i++) {
      var value = Objects.requireNonNull(memory.get(variables.get(i)), variables.get(i));
      boolean counter = variables.get(i).endsWith("/iteration");
      arguments.put(
          body.inputs().get(i + 2).name(),
          counter ? Tensor64.scalar(value.dtype(), iteration) : value);
    }
    var found = List.copyOf(Interpreter.run(body, arguments, 1).values());
    for (int i = 0; i < update.slots().size(); i++) {
      memory.put(update.slots().get(i), found.get(i + 1));
    }
    return found.get(0);
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
