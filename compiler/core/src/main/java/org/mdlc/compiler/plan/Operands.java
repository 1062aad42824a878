package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.mdlc.compiler.plan.Kernel.Access;
import org.mdlc.compiler.plan.Step.Tensor;

/** What a step reads and writes; a loop's body counts for itself. */
public final class Operands {
  private Operands() {}

  public static List<Operand> of(Step step) {
    var all = new ArrayList<>(reads(step));
    all.addAll(writes(step));
    return all;
  }

  public static List<Operand> reads(Step step) {
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

  public static List<Operand> writes(Step step) {
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

  /** The step with its buffers renamed, those within a loop too. */
  static Step renamed(Step step, IntUnaryOperator names) {
    return switch (step) {
      case Step.LibraryCall c ->
          new Step.LibraryCall(
              c.name(),
              c.operation(),
              renamed(c.operands(), names),
              renamed(c.result(), names),
              renamedPost(c.post(), names),
              c.origins());
      case Step.KernelCall c ->
          new Step.KernelCall(
              c.name(),
              c.kernel(),
              c.arguments().stream().map(o -> renamed(o, names)).toList(),
              c.parts());
      case Step.Copy c ->
          new Step.Copy(
              c.name(),
              renamed(c.from(), names),
              renamed(c.to(), names),
              c.elements(),
              c.origins());
      case Step.HostCall c ->
          new Step.HostCall(
              c.name(),
              c.operation(),
              renamed(c.operands(), names),
              renamed(c.results(), names),
              c.origins());
      case Step.Loop l -> l.with(l.byRow(), l.body().stream().map(s -> renamed(s, names)).toList());
    };
  }

  private static List<Step.PostOp> renamedPost(List<Step.PostOp> post, IntUnaryOperator names) {
    return post.stream()
        .map(p -> new Step.PostOp(p.kind(), p.bias().map(b -> renamed(b, names))))
        .toList();
  }

  private static List<Tensor> renamed(List<Tensor> tensors, IntUnaryOperator names) {
    return tensors.stream().map(t -> renamed(t, names)).toList();
  }

  private static Tensor renamed(Tensor tensor, IntUnaryOperator names) {
    return new Tensor(renamed(tensor.at(), names), tensor.type());
  }

  private static Operand renamed(Operand operand, IntUnaryOperator names) {
    return new Operand(names.applyAsInt(operand.buffer()), operand.offset(), operand.advances());
  }
}
