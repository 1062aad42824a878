package org.mdlc.compiler.bind;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.ir.Operation;
import org.mdlc.compiler.op.ArgMax;
import org.mdlc.compiler.op.ArgMin;
import org.mdlc.compiler.op.CumSum;
import org.mdlc.compiler.op.Div;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.Max;
import org.mdlc.compiler.op.Min;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.ReduceMax;
import org.mdlc.compiler.op.ReduceMin;
import org.mdlc.compiler.op.ReduceProd;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Sort;
import org.mdlc.compiler.op.Sub;
import org.mdlc.compiler.op.TopK;
import org.mdlc.compiler.syntax.Ast.BinaryOp;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;

/** Functions that make one value of many, and those that put values in order. */
final class ReductionBuiltins {
  private ReductionBuiltins() {}

  static Stream<Builtin> all() {
    return Stream.of(
        reduction(
            "sum",
            "Sum. Of bools: how many are true.",
            (g, x, axes) -> g.emit().add(new ReduceSum(axes), x)),
        reduction("mean", "Average.", ReductionBuiltins::mean),
        reduction(
            "variance", "Average squared distance from the mean.", ReductionBuiltins::variance),
        extreme("max", "Largest.", ReduceMax::new, new Max()),
        extreme("min", "Smallest.", ReduceMin::new, new Min()),
        reduction("prod", "Product.", (g, x, axes) -> g.emit().add(new ReduceProd(axes), x)),
        logical("any", "True where any is.", ReduceMax::new),
        logical("all", "True where all are.", ReduceMin::new),
        Builtin.of(
            "argmax(x, axis = -1)",
            "Place of the largest, the first of equals.",
            g -> g.emit().add(new ArgMax(axis(g)), g.tensor("x"))),
        Builtin.of(
            "argmin(x, axis = -1)",
            "Place of the smallest, the first of equals.",
            g -> g.emit().add(new ArgMin(axis(g)), g.tensor("x"))),
        Builtin.of(
            "cumsum(x, axis = -1, exclusive = false, reverse = false)",
            "Running sum.",
            g ->
                g.emit()
                    .add(
                        new CumSum(axis(g), g.truth("exclusive"), g.truth("reverse")),
                        g.floats("x"))),
        Builtin.of(
            "top_k(x, k)",
            "The k largest of the last dimension and their places, as a tuple.",
            ReductionBuiltins::topK),
        Builtin.of(
            "sort(x, descending = false)",
            "In order along the last dimension.",
            g -> g.emit().addAll(new Sort(g.truth("descending")), List.of(g.floats("x"))).get(0)),
        Builtin.of(
            "argsort(x, descending = false)",
            "Places in order along the last dimension.",
            g -> g.emit().addAll(new Sort(g.truth("descending")), List.of(g.floats("x"))).get(1)));
  }

  private interface Kernel {
    Tensor apply(Given g, Tensor x, List<Integer> axes);
  }

  private static Builtin reduction(String name, String doc, Kernel kernel) {
    return Builtin.of(
        name + "(x, over = none, axis = none, keepdims = false)",
        doc,
        g -> {
          if (g.get("x") instanceof Datum.Listing list && !holdsTensor(list)) {
            return fold(g, name, list.items());
          }
          var x = g.tensor("x");
          var wide =
              x.dtype() == DType.F32
                      || x.dtype() == DType.I32 && !name.equals("mean") && !name.equals("variance")
                  ? x
                  : g.emit().cast(x, DType.F32);
          return reduce(g, wide, kernel);
        });
  }

  private static boolean holdsTensor(Datum.Listing list) {
    return list.items().stream().anyMatch(i -> i instanceof Tensor);
  }

  private static Datum fold(Given g, String name, List<Datum> items) {
    if (name.equals("sum") || name.equals("prod")) {
      var op = name.equals("sum") ? BinaryOp.ADD : BinaryOp.MULTIPLY;
      Datum total = Datum.whole(name.equals("sum") ? 0 : 1);
      for (var item : items) {
        total = g.evaluator().arithmetic().binary(op, total, item);
      }
      return total;
    }
    throw g.wrong(Codes.TYPE_MISMATCH, "x", name + " works on tensors, not on lists");
  }

  private static Datum reduce(Given g, Tensor x, Kernel kernel) {
    var axes = g.axes(x);
    var reduced = axes.isEmpty() ? x : kernel.apply(g, x, axes);
    return g.truth("keepdims") ? g.emit().keep(reduced, x.shape(), axes) : reduced;
  }

  private static Builtin extreme(
      String name, String doc, Function<List<Integer>, Operation> reduce, Elementwise pair) {
    return Builtin.of(
        name + "(x, other = none, over = none, axis = none, keepdims = false)",
        doc + " Of two numbers, or along dimensions of a tensor.",
        g -> {
          if (g.has("other")) {
            return MathBuiltins.pair(g, pair, "x", "other");
          }
          if (g.get("x") instanceof Datum.Listing list && !holdsTensor(list)) {
            return list.items().stream()
                .reduce((a, b) -> number(g, a) >= number(g, b) == name.equals("max") ? a : b)
                .orElseThrow(
                    () -> g.wrong(Codes.VALUE_OUT_OF_RANGE, "x", name + " of an empty list"));
          }
          return reduce(
              g,
              g.tensor("x"),
              (h, x, axes) ->
                  h.emit()
                      .add(
                          reduce.apply(axes),
                          x.dtype() == DType.BOOL ? h.emit().cast(x, DType.F32) : x));
        });
  }

  private static double number(Given g, Datum item) {
    return item.number()
        .orElseThrow(
            () ->
                g.wrong(Codes.NOT_COMPILE_TIME, "x", "the numbers must be known at compile time"));
  }

  private static Builtin logical(
      String name, String doc, Function<List<Integer>, Operation> reduce) {
    return Builtin.of(
        name + "(x, over = none, axis = none, keepdims = false)",
        doc,
        g ->
            reduce(
                g,
                g.emit().cast(g.emit().cast(g.tensor("x"), DType.BOOL), DType.I32),
                (h, x, axes) -> h.emit().cast(h.emit().add(reduce.apply(axes), x), DType.BOOL)));
  }

  private static int axis(Given g) {
    return g.axis("axis", g.tensor("x").rank());
  }

  private static Tensor mean(Given g, Tensor x, List<Integer> axes) {
    return mean(g.emit(), x, axes);
  }

  /** Sum divided by count, as jax.numpy computes it. */
  static Tensor mean(Emitter emit, Tensor x, List<Integer> axes) {
    var count = new Shape(axes.stream().map(x.shape()::dim).toList()).elements();
    var sum = emit.add(new ReduceSum(axes), x);
    return emit.elementwise(new Div(), List.of(sum, emit.number(count, DType.F32)));
  }

  private static Tensor variance(Given g, Tensor x, List<Integer> axes) {
    var emit = g.emit();
    var mean = emit.keep(mean(emit, x, axes), x.shape(), axes);
    var distance = emit.elementwise(new Sub(), List.of(x, mean));
    return mean(emit, emit.add(new Mul(), distance, distance), axes);
  }

  private static Datum topK(Given g) {
    var x = g.floats("x");
    int k = g.whole("k");
    var size = x.shape().dim(-1);
    if (k < 1 || size.isConstant() && size.value() < k) {
      throw g.wrong(Codes.VALUE_OUT_OF_RANGE, "k", "cannot take " + k + " of " + size + " values");
    }
    return Datum.tuple(g.emit().addAll(new TopK(k), List.of(x)));
  }
}
