package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import org.mdlc.compiler.plan.Kernel.Access;
import org.mdlc.compiler.plan.Step.Tensor;

/** What a step reads and writes; a loop's body counts for itself. */
final class Operands {
  private Operands() {}

  static List<Operand> of(Step step) {
    var all = new ArrayList<>(reads(step));
    all.addAll(writes(step));
    return all;
  }

  static List<Operand> reads(Step step) {
    return switch (step) {
      case Step.LibraryCall call -> {
        var reads = new ArrayList<>(call.operands().stream().map(Tensor::at).toList());
        call.post().forEach(p -> p.bias().ifPresent(b -> reads.add(b.at())));
        yield reads;
      }
      case Step.KernelCall call -> argumentsWithout(call, Access.WRITE);
      case Step.Copy copy -> List.of(copy.from());
      case Step.HostCall call -> call.operands().stream().map(Tensor::at).toList();
      case Step.Loop _ -> List.of();
    };
  }

  static List<Operand> writes(Step step) {
    return switch (step) {
      case Step.LibraryCall call -> List.of(call.result().at());
      case Step.KernelCall call -> argumentsWithout(call, Access.READ);
      case Step.Copy copy -> List.of(copy.to());
      case Step.HostCall call -> call.results().stream().map(Tensor::at).toList();
      case Step.Loop _ -> List.of();
    };
  }

  private static List<Operand> argumentsWithout(Step.KernelCall call, Access excluded) {
    var found = new ArrayList<Operand>();
    for (int i = 0; i < call.arguments().size(); i++) {
      if (call.kernel().params().get(i).access() != excluded) {
        found.add(call.arguments().get(i));
      }
    }
    return found;
  }
}
