package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.ShapeError;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * A loop over the first axis of some operands. Operands are the initial carries, the sequences
 * {@code [T, ..]} and the invariants; the body takes the same with T removed and gives the new
 * carries, then per-step outputs; results are the last carries, then the outputs stacked to {@code
 * [T, ..]}.
 *
 * @param carries how many values go from step to step
 * @param sequences how many operands are cut into steps, at least one
 * @param reverse from the last step to the first; stacked outputs keep their step's place
 */
public record Scan(Graph body, int carries, int sequences, boolean reverse) implements Control {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    var length = length(operands);
    var perStep = new ArrayList<>(operands);
    for (int i = carries; i < carries + sequences; i++) {
      perStep.set(i, step(operands.get(i)));
    }
    Control.requireInputs(this, body, perStep);
    var results = new ArrayList<TensorType>();
    for (int i = 0; i < body.outputs().size(); i++) {
      var type = body.outputs().get(i).value().type();
      if (i < carries && !type.equals(operands.get(i))) {
        throw new ShapeError(
            "scan carries " + operands.get(i) + " into a step and " + type + " out of it", i);
      }
      results.add(i < carries ? type : stacked(type, length));
    }
    return results;
  }

  /** The number of steps. */
  public Dim length(List<TensorType> operands) {
    if (sequences < 1 || operands.size() < carries + sequences || body.outputs().size() < carries) {
      throw new ShapeError("scan needs a sequence, " + carries + " carries and as many outputs");
    }
    var first = operands.get(carries).shape();
    for (int i = carries; i < carries + sequences; i++) {
      var shape = operands.get(i).shape();
      if (shape.rank() == 0 || first.rank() == 0 || !shape.dim(0).equals(first.dim(0))) {
        throw new ShapeError("sequences of a scan differ in length: " + first + " and " + shape, i);
      }
    }
    return first.dim(0);
  }

  /** One step of a sequence. */
  static TensorType step(TensorType sequence) {
    return sequence.withShape(sequence.shape().without(List.of(0)));
  }

  /** A sequence of such steps. */
  static TensorType stacked(TensorType step, Dim length) {
    var dims = new ArrayList<Dim>();
    dims.add(length);
    dims.addAll(step.shape().dims());
    return step.withShape(new Shape(dims));
  }

  @Override
  public List<Graph> regions() {
    return List.of(body);
  }

  /**
   * This scan with more stacked outputs at the end: what its gradient wants to know about each
   * step. Differentiation puts it in the place of the scan, so that nothing but cheap arithmetic is
   * done a second time.
   */
  public Scan keepingForGradient() {
    return ScanGradient.keeping(this);
  }

  @Override
  public List<@Nullable Value> gradient(Adjoint adjoint) {
    return new ScanGradient(this, adjoint).build();
  }

  @Override
  public Cost cost(List<TensorType> operands) {
    var perStep = Control.cost(body);
    var length = length(operands);
    return new Cost(perStep.flops().times(length), perStep.bytes().times(length));
  }

  @Override
  public List<Tensor64> evaluate(List<Tensor64> operands) {
    int length = operands.get(carries).size(0);
    var carried = new ArrayList<>(operands.subList(0, carries));
    var stacks = new ArrayList<Tensor64>();
    for (var output : body.outputs().subList(carries, body.outputs().size())) {
      var sizes = Tensor64.sizes(stacked(output.value().type(), Dim.of(length)).shape());
      stacks.add(
          new Tensor64(output.value().type().dtype(), sizes, new double[Tensor64.count(sizes)]));
    }
    for (int i = 0; i < length; i++) {
      int t = reverse ? length - 1 - i : i;
      var arguments = new ArrayList<>(carried);
      operands.subList(carries, carries + sequences).forEach(s -> arguments.add(row(s, t)));
      arguments.addAll(operands.subList(carries + sequences, operands.size()));
      var outputs = Control.run(body, arguments);
      for (int k = 0; k < outputs.size(); k++) {
        if (k < carries) {
          carried.set(k, outputs.get(k));
        } else {
          var step = outputs.get(k);
          System.arraycopy(
              step.data(), 0, stacks.get(k - carries).data(), t * step.count(), step.count());
        }
      }
    }
    carried.addAll(stacks);
    return carried;
  }

  private static Tensor64 row(Tensor64 sequence, int t) {
    var sizes = Arrays.copyOfRange(sequence.sizes(), 1, sequence.rank());
    int count = Tensor64.count(sizes);
    return new Tensor64(
        sequence.dtype(), sizes, Arrays.copyOfRange(sequence.data(), t * count, (t + 1) * count));
  }

  /**
   * A small recurrent cell {@code h' = tanh(x w + h u + b)} in both directions, with a counter
   * beside it.
   */
  @Override
  public Samples samples() {
    var b = new GraphBuilder("cell");
    var h = b.input("h", Role.DATA, TensorType.f32(3, 5));
    var steps = b.input("steps", Role.DATA, TensorType.scalar(DType.I32));
    var x = b.input("x", Role.DATA, TensorType.f32(3, 2));
    var w = b.input("w", Role.DATA, TensorType.f32(2, 5));
    var u = b.input("u", Role.DATA, TensorType.f32(5, 5));
    var bias = b.input("b", Role.DATA, TensorType.f32(5));
    var z = Build.add(b, Build.matMul(b, x, w, false, false), Build.matMul(b, h, u, false, false));
    var next = b.add(new Tanh(), Build.add(b, z, Build.broadcastTo(b, bias, Shape.of(3, 5))));
    b.output("h", Role.RESULT, next);
    b.output("steps", Role.RESULT, Build.add(b, steps, Build.like(b, steps, 1)));
    b.output("y", Role.RESULT, Build.mul(b, next, h));
    var cell = b.build();
    var operands =
        List.of(
            Samples.f32(-1, 1, 3, 5),
            Samples.i32(0, 9),
            Samples.f32(-1, 1, 7, 3, 2),
            Samples.f32(-1, 1, 2, 5),
            Samples.f32(-1, 1, 5, 5),
            Samples.f32(-1, 1, 5));
    return Samples.of(
            new Samples.Case(new Scan(cell, 2, 1, false), operands),
            new Samples.Case(new Scan(cell, 2, 1, true), operands))
        .tolerance(2e-5);
  }
}
