package org.mdlc.compiler.report;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.plan.Buffer;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.Step;

/**
 * Finds out what each step is for, by following buffers:
 *
 * <ul>
 *   <li>what changes weights or the memory of an optimizer is {@link Purpose#UPDATE},
 *   <li>what results and states come from is {@link Purpose#FORWARD},
 *   <li>of the rest, what comes from data is {@link Purpose#BACKWARD}, and what does not is UPDATE,
 *       such as a learning rate.
 * </ul>
 */
final class Purposes {
  private final Program program;
  private final Function<String, Role> roles;
  private final List<Step> steps;
  private final Map<Step, Map<Integer, Set<Integer>>> flows = new HashMap<>();

  private Purposes(Program program, Function<String, Role> roles) {
    this.program = program;
    this.roles = roles;
    this.steps = program.flattened().stream().filter(s -> !(s instanceof Step.Loop)).toList();
    steps.forEach(step -> flows.put(step, Flow.of(step)));
  }

  /**
   * The purpose of every step by its name; that of a loop is the first of those in it, as {@link
   * Purpose} has them.
   *
   * @param roles of variables, by path
   */
  static Map<String, Purpose> of(Program program, Function<String, Role> roles) {
    return new Purposes(program, roles).find();
  }

  private Map<String, Purpose> find() {
    var sources = sourcesOfResults();
    var data = madeOfData();
    var purposes = new HashMap<String, Purpose>();
    for (var step : steps) {
      var written = Known.in(flows, step).keySet();
      if (written.stream().anyMatch(this::isUpdated)) {
        purposes.put(step.name(), Purpose.UPDATE);
      } else if (written.stream().anyMatch(sources::contains)) {
        purposes.put(step.name(), Purpose.FORWARD);
      } else {
        boolean ofData = written.stream().anyMatch(data::contains);
        purposes.put(step.name(), ofData ? Purpose.BACKWARD : Purpose.UPDATE);
      }
    }
    for (var step : program.flattened().reversed()) {
      if (step instanceof Step.Loop loop) {
        loop.body().stream()
            .map(inner -> Known.in(purposes, inner.name()))
            .min(Comparator.naturalOrder())
            .ifPresent(purpose -> purposes.put(loop.name(), purpose));
      }
    }
    return purposes;
  }

  /** The buffers of results and states, and those that they are made from within the step. */
  private Set<Integer> sourcesOfResults() {
    var found = new HashSet<Integer>();
    program.buffers().stream().filter(this::isResult).forEach(b -> found.add(b.id()));
    boolean grows = true;
    while (grows) { // again where a loop hands values from round to round
      grows = false;
      for (var step : steps.reversed()) {
        for (var flow : Known.in(flows, step).entrySet()) {
          if (found.contains(flow.getKey())) {
            for (int source : flow.getValue()) {
              grows |= !isVariable(source) && found.add(source);
            }
          }
        }
      }
    }
    return found;
  }

  /** The buffers that inputs have a part in. */
  private Set<Integer> madeOfData() {
    var found = new HashSet<Integer>();
    for (var buffer : program.buffers()) {
      if (buffer.storage() instanceof Buffer.Input) {
        found.add(buffer.id());
      }
    }
    boolean grows = true;
    while (grows) {
      grows = false;
      for (var step : steps) {
        for (var flow : Known.in(flows, step).entrySet()) {
          if (flow.getValue().stream().anyMatch(found::contains)) {
            grows |= !isVariable(flow.getKey()) && found.add(flow.getKey());
          }
        }
      }
    }
    return found;
  }

  private boolean isVariable(int buffer) {
    return program.buffers().get(buffer).storage() instanceof Buffer.Variable;
  }

  private boolean isResult(Buffer buffer) {
    return switch (buffer.storage()) {
      case Buffer.Result _ -> true;
      case Buffer.Variable variable -> !isUpdated(variable);
      case Buffer.Input _, Buffer.Planned _ -> false;
    };
  }

  private boolean isUpdated(int buffer) {
    return program.buffers().get(buffer).storage() instanceof Buffer.Variable variable
        && isUpdated(variable);
  }

  private boolean isUpdated(Buffer.Variable variable) {
    return switch (roles.apply(variable.path())) {
      case PARAM, SLOT, HYPER -> true;
      case STATE, METRIC, SEED, DATA, TARGET, RESULT -> false;
    };
  }
}
