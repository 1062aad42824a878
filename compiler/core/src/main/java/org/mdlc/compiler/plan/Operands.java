package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
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
    return replaced(
        step,
        o -> new Operand(names.applyAsInt(o.buffer()), o.offset(), o.advances()));
  }

  /** The step with other operands, those within a loop too. */
  static Step replaced(Step step, UnaryOperator<Operand> others) {
    return switch (step) {
      case Step.LibraryCall c ->
          new Step.LibraryCall(
              c.name(),
              c.operation(),
              replaced(c.operands(), others),
              replaced(c.result(), others),
              replacedPost(c.post(), others),
              c.origins());
      case Step.KernelCall c ->
          new Step.KernelCall(
              c.name(),
              c.kernel(),
              c.arguments().stream().map(others).toList(),
              c.parts());
      case Step.Copy c ->
          new Step.Copy(
              c.name(),
              others.apply(c.from()),
              others.apply(c.to()),
              c.elements(),
              c.origins());
      case Step.HostCall c ->
          new Step.HostCall(
              c.name(),
              c.operation(),
              replaced(c.operands(), others),
              replaced(c.results(), others),
              c.origins());
      case Step.Loop l ->
          l.with(l.byRow(), l.body().stream().map(s -> replaced(s, others)).toList());
    };
  }

  private static List<Step.PostOp> replacedPost(List<Step.PostOp> post, UnaryOperator<Operand> others) {
    return post.stream()
        .map(p -> new Step.PostOp(p.kind(), p.bias().map(b -> replaced(b, others))))
        .toList();
  }

  private static List<Tensor> replaced(List<Tensor> tensors, UnaryOperator<Operand> others) {
    return tensors.stream().map(t -> replaced(t, others)).toList();
  }

  private static Tensor replaced(Tensor tensor, UnaryOperator<Operand> others) {
    return new Tensor(others.apply(tensor.at()), tensor.type());
  }
}
