package org.mdlc.compiler.pass;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.StopGradient;
import org.mdlc.compiler.type.TensorType;

/**
 * Makes one training step, a pure function, from the forward graphs and update rules of a stage:
 * variables, data and targets in; new variables, loss and metrics out.
 *
 * <p>Objectives are taken in order. Within one, every read sees the variables as they were when it
 * began, and its writes take effect together at its end; the next objective sees them.
 */
public final class BuildTrainStep {

  private final BoundProgram program;
  private final GraphBuilder builder;
  private final Map<String, Value> current = new LinkedHashMap<>();
  private final Set<String> written = new LinkedHashSet<>();
  private final Map<String, Value> results = new LinkedHashMap<>();

  private BuildTrainStep(BoundProgram program, BoundProgram.Stage stage) {
    this.program = program;
    this.builder = new GraphBuilder(stage.name().isEmpty() ? "train" : "train_" + stage.name());
  }

  /**
   * The step of one stage. Composites are decomposed; its inputs are all variables, then the
   * model's inputs, then the targets.
   */
  public static Graph of(BoundProgram program, BoundProgram.Stage stage) {
    var step = new BuildTrainStep(program, stage);
    step.declareInputs(stage);
    stage.objectives().forEach(step::minimize);
    return step.build();
  }

  private void declareInputs(BoundProgram.Stage stage) {
    program.variables().forEach(v -> declare(v.path(), v.role(), v.type()));
    program.inputs().forEach(p -> declare(p.name(), Role.DATA, p.type()));
    program.targets().forEach(p -> declare(p.name(), Role.TARGET, p.type()));
    program.weights().forEach(p -> declare(p.name(), Role.TARGET, p.type()));
    for (var objective : stage.objectives()) {
      for (var input : objective.forward().inputs()) {
        if (!current.containsKey(input.name())) {
          declare(input.name(), input.role(), input.value().type());
        }
      }
    }
  }

  private void declare(String name, Role role, TensorType type) {
    if (current.containsKey(name)) {
      throw new CompilerBug("train step", name + " stands for two inputs");
    }
    current.put(name, builder.input(name, role, type));
  }

  private void minimize(BoundProgram.Objective objective) {
    forgetTheWay();
    var forward = new MoveOutOfScans().run(new DecomposeOps().run(objective.forward()));
    var arguments = forward.inputs().stream().map(i -> read(i.name())).toList();
    var values = Differentiate.inline(builder, forward, arguments);
    var writes = new LinkedHashMap<String, Value>();
    Value loss = null;
    for (int i = 0; i < values.size(); i++) {
      var output = forward.outputs().get(i);
      if (output.role().isVariable()) {
        write(writes, output.name(), values.get(i));
      } else {
        results.put(
            results.containsKey(output.name())
                ? forward.name() + "_" + output.name()
                : output.name(),
            values.get(i));
        loss = output.name().equals(BoundProgram.OBJECTIVE) ? values.get(i) : loss;
      }
    }
    if (loss == null) {
      throw new CompilerBug("train step", forward.name() + " gives no objective");
    }
    update(objective.updates(), loss, writes);
    current.putAll(writes);
  }

  /**
   * What earlier objectives wrote is a number to this one: no gradient flows into their updates.
   */
  private void forgetTheWay() {
    for (var path : written) {
      if (read(path).type().dtype().isFloat()) {
        current.put(path, builder.add(new StopGradient(), read(path)));
      }
    }
  }

  private void update(List<BoundProgram.Update> updates, Value loss, Map<String, Value> writes) {
    var weights = updates.stream().flatMap(u -> u.weights().stream()).toList();
    var gradients =
        Differentiate.gradients(builder, loss, weights.stream().map(this::read).toList());
    var known = new LinkedHashMap<String, Value>();
    for (int i = 0; i < weights.size(); i++) {
      known.put(BoundProgram.Update.gradient(weights.get(i)), gradients.get(i));
    }
    for (var weight : weights) {
      // A weight that the forward pass has set is moved from there.
      var set = writes.remove(weight);
      known.put(weight, set == null ? read(weight) : set);
    }
    for (var update : updates) {
      var body = update.body();
      var arguments =
          body.inputs().stream()
              .map(i -> known.containsKey(i.name()) ? known.get(i.name()) : read(i.name()))
              .toList();
      var moved = builder.inline(new DecomposeOps().run(body), arguments);
      for (int i = 0; i < moved.size(); i++) {
        write(writes, body.outputs().get(i).name(), moved.get(i));
      }
    }
  }

  private Value read(String name) {
    var value = current.get(name);
    if (value == null) {
      throw new CompilerBug("train step", "there is no " + name + " to read");
    }
    return value;
  }

  private void write(Map<String, Value> writes, String path, Value value) {
    if (!read(path).type().equals(value.type())) {
      throw new CompilerBug(
          "train step", path + " of " + read(path).type() + " would become " + value.type());
    }
    if (writes.put(path, value) != null) {
      throw new CompilerBug("train step", path + " is written twice");
    }
    written.add(path);
  }

  private Graph build() {
    for (var variable : program.variables()) {
      if (written.contains(variable.path())) {
        builder.output(variable.path(), variable.role(), read(variable.path()));
      }
    }
    results.forEach((name, value) -> builder.output(name, Role.RESULT, value));
    return builder.build();
  }
}
