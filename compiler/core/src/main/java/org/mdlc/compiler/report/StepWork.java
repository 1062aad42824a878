package org.mdlc.compiler.report;

import java.util.ArrayList;
import java.util.List;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.plan.Step.Tensor;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Counts what a step does once. A call of a library, or of the runtime, has the arithmetic that its
 * operation states, reads its operands once and writes its results once; a loop has no work beside
 * that of its body.
 */
final class StepWork {
  private StepWork() {}

  static Work of(Step step, long batch) {
    return switch (step) {
      case Step.LibraryCall c -> call(c, batch);
      case Step.KernelCall c -> KernelWork.of(c.kernel(), batch);
      case Step.Copy c -> {
        long bytes = c.elements().at(batch) * DType.BYTES;
        yield new Work(0, bytes, bytes);
      }
      case Step.HostCall c ->
          new Work(
              c.operation().cost(types(c.operands())).flops().at(batch),
              bytes(c.operands(), batch),
              bytes(c.results(), batch));
      case Step.Loop _ -> Work.NONE;
    };
  }

  private static Work call(Step.LibraryCall call, long batch) {
    long results = elements(List.of(call.result()), batch);
    var read = new ArrayList<>(call.operands());
    call.post().forEach(p -> p.bias().ifPresent(read::add));
    // an addition of the bias, a comparison for relu
    long flops = call.flops(batch) + results * call.post().size();
    return new Work(flops, bytes(read, batch), results * DType.BYTES);
  }

  private static List<TensorType> types(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::type).toList();
  }

  private static long bytes(List<Tensor> tensors, long batch) {
    return elements(tensors, batch) * DType.BYTES;
  }

  private static long elements(List<Tensor> tensors, long batch) {
    return tensors.stream().mapToLong(t -> t.type().shape().elements().at(batch)).sum();
  }
}
