package org.mdlc.compiler.op;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * The list of primitives. A new one is a record in its own file, named in its family's {@code
 * permits}, and a line here.
 */
public final class Ops {
  private static final Graph NO_BODY = new Graph("", List.of(), List.of(), List.of());
  private static final ConvGeometry NO_CONV =
      new ConvGeometry(List.of(), List.of(), List.of(), List.of(), 1);
  private static final PoolGeometry NO_POOL =
      new PoolGeometry(List.of(), List.of(), List.of(), List.of());

  /**
   * One of each, family by family; attributes mean nothing here, samples are those of the
   * primitive.
   */
  public static final List<Op> ALL =
      List.of(
          new Abs(),
          new Add(),
          new And(),
          new Cast(DType.F32),
          new Ceil(),
          new Cos(),
          new Div(),
          new Eq(),
          new Erf(),
          new Erfinv(),
          new Exp(),
          new Expm1(),
          new Floor(),
          new Ge(),
          new Gt(),
          new Identity(),
          new Le(),
          new Log(),
          new Log1p(),
          new Lt(),
          new Max(),
          new Min(),
          new Mod(),
          new Mul(),
          new Ne(),
          new Nearest(DType.BF16),
          new Neg(),
          new Not(),
          new Or(),
          new Pow(),
          new Round(),
          new Rsqrt(),
          new Select(),
          new Sigmoid(),
          new Sign(),
          new Sin(),
          new Sqrt(),
          new StopGradient(),
          new Sub(),
          new Tanh(),
          new Xor(),
          new Reshape(Shape.SCALAR),
          new Broadcast(Shape.SCALAR, List.of()),
          new Transpose(List.of()),
          new Slice(List.of(), List.of(), List.of()),
          new Reverse(List.of()),
          new Pad(List.of(), List.of(), 0),
          new Concat(0),
          new ReduceSum(List.of()),
          new ReduceMax(List.of()),
          new ReduceMin(List.of()),
          new ReduceProd(List.of()),
          new ArgMax(0),
          new ArgMin(0),
          new CumSum(0, false, false),
          new TopK(1),
          new Sort(false),
          new MatMul(false, false),
          new MatMulOfViews(List.of(), List.of(), List.of()),
          new Convolution(NO_CONV),
          new ConvBackwardData(NO_CONV, Shape.SCALAR),
          new ConvBackwardKernel(NO_CONV, Shape.SCALAR),
          new MaxPool(NO_POOL),
          new MaxPoolBackward(NO_POOL),
          new AveragePool(NO_POOL),
          new AveragePoolBackward(NO_POOL, Shape.SCALAR),
          new Gather(0),
          new ScatterAdd(0, Shape.SCALAR),
          new SumRows(Dim.ONE),
          new Constant(TensorType.f32(), 0),
          new Table(TensorType.f32(0), List.of()),
          new Iota(Shape.SCALAR, 0),
          new RandomUniform(Shape.SCALAR, 0, 1),
          new AdvanceKey(),
          new RandomBeta(),
          new RandomInt(Shape.SCALAR, 0, 1),
          new RandomOrder(Dim.ONE),
          new Orthogonal(),
          new Scan(NO_BODY, 0, 1, false),
          new Composite("", "", NO_BODY));

  private static final Map<String, Class<? extends Op>> BY_NAME = byName();

  private Ops() {}

  /** The record of a primitive by its text name. */
  public static Optional<Class<? extends Op>> type(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  private static Map<String, Class<? extends Op>> byName() {
    var types = new LinkedHashMap<String, Class<? extends Op>>();
    for (var op : ALL) {
      types.put(op.name(), op.getClass());
    }
    return Collections.unmodifiableMap(types);
  }
}
