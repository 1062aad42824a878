package org.mdlc.compiler.emit.java;

import com.palantir.javapoet.ClassName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.mdlc.compiler.op.AveragePool;
import org.mdlc.compiler.op.AveragePoolBackward;
import org.mdlc.compiler.op.ConvBackwardData;
import org.mdlc.compiler.op.ConvBackwardKernel;
import org.mdlc.compiler.op.ConvGeometry;
import org.mdlc.compiler.op.Convolution;
import org.mdlc.compiler.op.CumSum;
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.op.MatMulOfViews;
import org.mdlc.compiler.op.MaxPool;
import org.mdlc.compiler.op.MaxPoolBackward;
import org.mdlc.compiler.op.Orthogonal;
import org.mdlc.compiler.op.PoolGeometry;
import org.mdlc.compiler.op.RandomBeta;
import org.mdlc.compiler.op.RandomInt;
import org.mdlc.compiler.op.RandomOrder;
import org.mdlc.compiler.op.ScatterAdd;
import org.mdlc.compiler.op.Sort;
import org.mdlc.compiler.op.SumRows;
import org.mdlc.compiler.op.TopK;
import org.mdlc.compiler.op.Transpose;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.plan.Step.PostKind;
import org.mdlc.compiler.plan.Step.PostOp;
import org.mdlc.compiler.plan.Step.Tensor;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;

/** Prints library calls: how the call is built once, which addresses it gets, and how it runs. */
final class LibraryPrinter {
  private final StepLayout layout;

  LibraryPrinter(StepLayout layout) {
    this.layout = layout;
  }

  /**
   * @param type of the field that holds the operation
   * @param construct an expression that builds it from shapes
   * @param bind the method that takes the addresses and scratch memory
   * @param addresses the operands that it is bound to, in order
   */
  record Call(ClassName type, String construct, String bind, List<String> addresses) {}

  Call call(Step.LibraryCall step) {
    var operands = step.operands();
    var result = step.result();
    var addresses = new ArrayList<String>();
    operands.forEach(t -> addresses.add(layout.address(t.at())));
    step.post().stream()
        .flatMap(p -> p.bias().stream())
        .forEach(b -> addresses.add(layout.address(b.at())));
    addresses.add(layout.address(result.at()));
    String name = "\"" + step.name() + "\"";
    return switch (step.operation()) {
      case MatMul m -> {
        var arguments =
            List.of(
                name,
                matrix(operands.get(0), m.transposeA()),
                matrix(operands.get(1), m.transposeB()),
                layoutOf(result.type().shape()));
        yield new Call(
            type("Matmul"),
            "new $matmul:T(" + with(arguments, step.post()) + ")",
            "bind",
            addresses);
      }
      case MatMulOfViews m ->
          new Call(
              type("Matmul"),
              "new $matmul:T("
                  + with(
                      List.of(
                          name,
                          permuted(operands.get(0), m.orderA()),
                          permuted(operands.get(1), m.orderB()),
                          permuted(result, new Transpose(m.orderC()).inverse().order())),
                      step.post())
                  + ")",
              "bind",
              addresses);
      case Convolution c ->
          convolution(
              "forward",
              name,
              c.geometry(),
              operands.get(0).type().shape(),
              operands.get(1).type().shape(),
              step.post(),
              addresses);
      case ConvBackwardData c ->
          convolution(
              "backwardData",
              name,
              c.geometry(),
              result.type().shape(),
              operands.get(1).type().shape(),
              step.post(),
              addresses);
      case ConvBackwardKernel c ->
          convolution(
              "backwardWeights",
              name,
              c.geometry(),
              operands.get(0).type().shape(),
              result.type().shape(),
              step.post(),
              addresses);
      case MaxPool p -> pooling(true, "MAX", name, p.geometry(), operands.get(0), addresses);
      case AveragePool p ->
          pooling(true, "AVERAGE", name, p.geometry(), operands.get(0), addresses);
      case MaxPoolBackward p -> pooling(false, "MAX", name, p.geometry(), result, addresses);
      case AveragePoolBackward p -> {
        addresses.add(0, "0"); // x is not read
        yield pooling(false, "AVERAGE", name, p.geometry(), result, addresses);
      }
    };
  }

  /**
   * The product of a matrix whose rows are cut into parts; to be bound and run with the part as the
   * first argument.
   *
   * @param cut the field that says which rows a part has
   */
  Call callByRow(Step.LibraryCall step, String cut) {
    var whole = call(step);
    var product = (MatMul) step.operation();
    var arguments =
        List.of(
            cut,
            "\"" + step.name() + "\"",
            layoutOf(step.operands().get(0).type().shape()),
            matrix(step.operands().get(1), product.transposeB()),
            layoutOf(step.result().type().shape()));
    return new Call(
        type("RowMatmul"),
        "new $rowMatmul:T(" + with(arguments, step.post()) + ")",
        "bind",
        whole.addresses());
  }

  private static Call convolution(
      String direction,
      String name,
      ConvGeometry geometry,
      Shape x,
      Shape kernel,
      List<PostOp> post,
      List<String> addresses) {
    var arguments =
        List.of(
            name,
            layoutOf(x),
            window(
                    kernel.dims().subList(0, geometry.spatialRank()).stream()
                        .map(d -> (int) d.value())
                        .toList(),
                    geometry.strides(),
                    geometry.padLow(),
                    geometry.padHigh())
                + ".dilations("
                + list(geometry.dilation())
                + ")",
            Numbers.dim(kernel.dim(-1), ""),
            Integer.toString(geometry.groups()));
    return new Call(
        type("DnnConvolution"),
        "$dnnConvolution:T." + direction + "(" + with(arguments, post) + ")",
        "bind",
        addresses);
  }

  private static Call pooling(
      boolean forward,
      String kind,
      String name,
      PoolGeometry geometry,
      Tensor x,
      List<String> addresses) {
    var window =
        window(geometry.window(), geometry.strides(), geometry.padLow(), geometry.padHigh());
    var arguments =
        String.join(", ", name, "$dnnPooling:T.Kind." + kind, layoutOf(x.type().shape()), window);
    String construct = "$pooling:T." + (forward ? "forward(" : "backward(") + arguments + ")";
    return new Call(
        type("Pooling"), construct, forward ? "bindForward" : "bindBackward", addresses);
  }

  private static String window(
      List<Integer> sizes, List<Integer> strides, List<Integer> low, List<Integer> high) {
    return "$window:T.of("
        + list(sizes)
        + ").strides("
        + list(strides)
        + ").padding(new long[] {"
        + list(low)
        + "}, new long[] {"
        + list(high)
        + "})";
  }

  private static String with(List<String> arguments, List<PostOp> post) {
    var all = new ArrayList<>(arguments);
    post.forEach(p -> all.add("$epilogue:T." + (p.kind() == PostKind.BIAS ? "BIAS" : "RELU")));
    return String.join(", ", all);
  }

  /**
   * The layout of a matrix operand; a transposed one is the same memory seen the other way round.
   */
  private static String matrix(Tensor tensor, boolean transposed) {
    return layoutOf(tensor.type().shape()) + (transposed ? ".transposed()" : "");
  }

  /** The layout of an operand whose axes are taken in another order. */
  private static String permuted(Tensor tensor, List<Integer> order) {
    return layoutOf(tensor.type().shape()) + ".permuted(" + list(order) + ")";
  }

  private static String layoutOf(Shape shape) {
    return "$layout:T.of("
        + shape.dims().stream().map(d -> Numbers.dim(d, "")).collect(Collectors.joining(", "))
        + ")";
  }

  private static String list(List<Integer> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static ClassName type(String name) {
    return ClassName.get(JavaTypes.KERNEL, name);
  }

  // ---- plain code of the runtime

  /** The statement that carries out a host call. */
  String host(Step.HostCall step) {
    var operands = step.operands().stream().map(t -> layout.address(t.at())).toList();
    var results = step.results().stream().map(t -> layout.address(t.at())).toList();
    var shape = step.operands().get(0).type().shape();
    String floats = String.valueOf(step.operands().get(0).type().dtype() == DType.F32);
    return switch (step.operation()) {
      case CumSum c ->
          statement(
              step.operands().get(0).type().dtype() == DType.F32
                  ? "$sequences:T.cumulativeSum"
                  : "$sequences:T.cumulativeSumOfInts",
              operands.get(0),
              results.get(0),
              product(shape, 0, c.axis()),
              Numbers.dim(shape.dim(c.axis()), ""),
              product(shape, c.axis() + 1, shape.rank()),
              String.valueOf(c.exclusive()),
              String.valueOf(c.reverse()));
      case TopK k ->
          statement(
              "$sequences:T.topK",
              operands.get(0),
              results.get(0),
              results.get(1),
              product(shape, 0, shape.rank() - 1),
              Numbers.dim(shape.dim(-1), ""),
              String.valueOf(k.k()),
              floats);
      case Sort s ->
          statement(
              "$sequences:T.sort",
              operands.get(0),
              results.get(0),
              results.get(1),
              product(shape, 0, shape.rank() - 1),
              Numbers.dim(shape.dim(-1), ""),
              String.valueOf(s.descending()),
              floats);
      case ScatterAdd s -> {
        var table = step.results().get(0).type().shape();
        var indices = step.operands().get(0).type().shape();
        yield statement(
            "$indexing:T.scatterAdd",
            operands.get(0),
            operands.get(1),
            results.get(0),
            product(table, 0, s.axis()),
            Numbers.dim(table.dim(s.axis()), ""),
            product(table, s.axis() + 1, table.rank()),
            Numbers.dim(indices.elements(), ""));
      }
      case SumRows s ->
          statement(
              "$indexing:T.sumRows",
              operands.get(0),
              operands.get(1),
              results.get(0),
              results.get(1),
              Numbers.dim(s.rows(), ""),
              Numbers.dim(shape.elements(), ""),
              product(
                  step.operands().get(1).type().shape(),
                  shape.rank(),
                  step.operands().get(1).type().rank()));
      case Orthogonal _ ->
          statement(
              "$qr:T.orthogonal",
              operands.get(0),
              results.get(0),
              Numbers.dim(shape.dim(0), ""),
              Numbers.dim(shape.dim(1), ""));
      case RandomInt r ->
          statement(
              "$sampling:T.integers",
              operands.get(0),
              results.get(0),
              Numbers.dim(r.shape().elements(), ""),
              String.valueOf(r.low()),
              String.valueOf(r.high()));
      case RandomOrder r ->
          statement(
              "$sampling:T.order", operands.get(0), results.get(0), Numbers.dim(r.length(), ""));
      case RandomBeta _ ->
          statement(
              "$sampling:T.beta",
              operands.get(0),
              operands.get(1),
              operands.get(2),
              results.get(0),
              Numbers.dim(step.results().get(0).type().shape().elements(), ""));
      default -> throw new IllegalStateException(step.operation().name() + " is no host call");
    };
  }

  private static String statement(String method, String... arguments) {
    return method + "(" + String.join(", ", arguments) + ");\n";
  }

  /** How many elements the axes from one up to another hold. */
  private static String product(Shape shape, int from, int to) {
    return Numbers.dim(new Shape(shape.dims().subList(from, to)).elements(), "");
  }
}
