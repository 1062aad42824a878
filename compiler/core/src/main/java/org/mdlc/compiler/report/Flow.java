package org.mdlc.compiler.report;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Operand;
import org.mdlc.compiler.plan.Operands;
import org.mdlc.compiler.plan.Step;

/**
 * From which buffers a step makes which. A kernel that was fused of things that have nothing to do
 * with each other makes each of its results from its own operands only.
 */
final class Flow {
  private Flow() {}

  /** By the id of each buffer written, the ids of the buffers that it is made from. */
  static Map<Integer, Set<Integer>> of(Step step) {
    if (step instanceof Step.KernelCall call) {
      return ofKernel(call);
    }
    var reads = Operands.reads(step).stream().map(Operand::buffer).collect(Collectors.toSet());
    var flow = new TreeMap<Integer, Set<Integer>>();
    Operands.writes(step).forEach(o -> flow.put(o.buffer(), reads));
    return flow;
  }

  private static Map<Integer, Set<Integer>> ofKernel(Step.KernelCall call) {
    var flow = new TreeMap<Integer, Set<Integer>>();
    ofParams(call.kernel())
        .forEach(
            (param, sources) -> {
              var from = flow.computeIfAbsent(buffer(call, param), _ -> new HashSet<>());
              sources.forEach(source -> from.add(buffer(call, source)));
            });
    return flow;
  }

  private static int buffer(Step.KernelCall call, int param) {
    return call.arguments().get(param).buffer();
  }

  /** By each parameter written, the parameters that its values are made from. */
  private static Map<Integer, Set<Integer>> ofParams(Kernel kernel) {
    var stored = new TreeMap<Integer, Set<Integer>>();
    var registers = new HashMap<Integer, Set<Integer>>();
    for (var stage : kernel.stages()) {
      for (var instr : stage.body()) {
        var sources = union(registers, instr.reads());
        if (instr instanceof Instr.Load load) {
          var written = stored.get(load.param());
          sources.addAll(written == null ? Set.of(load.param()) : written);
        }
        registers.put(instr.result(), sources);
      }
      for (var reduce : stage.reduces()) {
        registers.put(reduce.result(), Known.in(registers, reduce.value()));
      }
      for (var store : stage.stores()) {
        var sources = stored.computeIfAbsent(store.param(), _ -> new HashSet<>());
        sources.addAll(Known.in(registers, store.value()));
        sources.addAll(union(registers, store.index().registers()));
      }
    }
    return stored;
  }

  private static Set<Integer> union(
      Map<Integer, Set<Integer>> registers, Collection<Integer> read) {
    var all = new HashSet<Integer>();
    read.forEach(register -> all.addAll(Known.in(registers, register)));
    return all;
  }
}
