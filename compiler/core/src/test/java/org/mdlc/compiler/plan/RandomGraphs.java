package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Operation;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.*;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Graphs with a bit of everything, made from a seed: element-wise chains, views, reductions, matrix
 * products, random numbers, gathers, joins, scans and variables. Numbers stay near one, so that
 * float64 and float32 runs can be compared.
 */
public final class RandomGraphs {
  private static final int MOST_ELEMENTS_AT_THREE = 2_000;

  private final Random random;
  private final List<Value> pool = new ArrayList<>();
  private GraphBuilder builder;

  private RandomGraphs(long seed) {
    this.random = new Random(seed);
    this.builder = new GraphBuilder("random_" + seed);
  }

  /**
   * @param nodes how many operations, about
   */
  public static Graph make(long seed, int nodes) {
    return new RandomGraphs(seed).graph(nodes);
  }

  /** Inputs and variables for a graph, by name. */
  public static Map<String, Tensor64> inputs(Graph graph, long seed, long batch) {
    var random = new Random(seed);
    var inputs = new HashMap<String, Tensor64>();
    for (var input : graph.inputs()) {
      var type = input.value().type().bind(Map.of("batch", batch));
      var sizes = Arrays.stream(type.shape().sizes()).mapToInt(s -> (int) s).toArray();
      inputs.put(
          input.name(),
          Tensor64.of(
              type.dtype(),
              sizes,
              i ->
                  switch (type.dtype()) {
                    case F32, BF16, F16 -> (float) (random.nextGaussian() * 0.7);
                    case I32 -> random.nextInt(5) - 1;
                    case U32 -> random.nextInt(1_000_000);
                    case BOOL -> random.nextInt(2);
                  }));
    }
    return inputs;
  }

  private Graph graph(int nodes) {
    pool.add(builder.input("x", Role.DATA, f32(Dim.BATCH, Dim.of(4), Dim.of(3))));
    pool.add(builder.input("y", Role.DATA, f32(Dim.BATCH, Dim.of(6))));
    pool.add(builder.input("w", Role.PARAM, f32(Dim.of(6), Dim.of(4))));
    pool.add(builder.input("v", Role.SLOT, f32(Dim.of(6), Dim.of(4))));
    pool.add(builder.input("b", Role.PARAM, f32(Dim.of(3))));
    pool.add(builder.input("c", Role.STATE, f32(Dim.of(3))));
    pool.add(builder.input("s", Role.HYPER, TensorType.scalar(DType.F32)));
    var key = builder.input("key", Role.SEED, TensorType.scalar(DType.U32).withShape(Shape.of(2)));
    var rows =
        builder.input("rows", Role.DATA, new TensorType(DType.I32, new Shape(List.of(Dim.BATCH))));
    for (int i = 0; i < nodes; i++) {
      step(key, rows);
    }
    outputs(key);
    return builder.build();
  }

  private static TensorType f32(Dim... dims) {
    return new TensorType(DType.F32, Shape.of(dims));
  }

  private void outputs(Value key) {
    int results = 1 + random.nextInt(4);
    for (int i = 0; i < results; i++) {
      builder.output("result" + i, Role.RESULT, pick(v -> true));
    }
    for (var name : List.of("w", "v", "b", "c", "s")) {
      var input = builder.build().input(name).orElseThrow();
      if (random.nextInt(3) > 0) {
        var fitting = pool.stream().filter(v -> v.type().equals(input.value().type())).toList();
        builder.output(name, input.role(), fitting.get(random.nextInt(fitting.size())));
      }
    }
    if (random.nextBoolean()) {
      builder.output("key", Role.SEED, builder.add(new AdvanceKey(), key));
    }
  }

  private Value pick(Predicate<Value> fits) {
    var fitting = pool.stream().filter(fits).toList();
    // recent values more often: longer chains
    int i = Math.max(random.nextInt(fitting.size()), random.nextInt(fitting.size()));
    return fitting.get(i);
  }

  private Value add(Operation op, Value... operands) {
    return builder.add(op, operands);
  }

  /** Adds a value to choose from, unless it is too large. */
  private void keep(Value value) {
    var elements = value.type().shape().elements();
    if (elements.at(3) <= MOST_ELEMENTS_AT_THREE
        && elements.at(3) > 0
        && batchAxes(value.type().shape()) <= 2) {
      pool.add(value);
    }
  }

  private static long batchAxes(Shape shape) {
    return shape.elements().terms().stream().mapToLong(t -> t.factors().size()).max().orElse(0);
  }

  private Value constant(Value like, double number) {
    return add(new Constant(like.type(), number));
  }

  private void step(Value key, Value rows) {
    var x = pick(v -> true);
    switch (random.nextInt(24)) {
      case 0, 1, 2 -> keep(unary(x));
      case 3, 4, 5, 6 -> keep(binary(x));
      case 7 -> keep(choice(x));
      case 8, 9 -> keep(reduction(x));
      case 10 -> keep(softmax(x));
      case 11 -> keep(normalised(x));
      case 12 -> keep(transposed(x));
      case 13 -> keep(reshaped(x));
      case 14 -> keep(repeated(x));
      case 15 -> keep(sliced(x));
      case 16 -> keep(padded(x));
      case 17 -> keep(joined(x));
      case 18 -> product().ifPresent(this::keep);
      case 19 -> keep(add(new Mul(), x, add(new RandomUniform(x.type().shape(), -0.5, 1.5), key)));
      case 20 -> keep(gathered(x, rows));
      case 21 -> scan(x);
      case 22 -> ordered(x);
      default -> keep(position(x));
    }
  }

  private Value unary(Value x) {
    return switch (random.nextInt(9)) {
      case 0 -> add(new Neg(), x);
      case 1 -> add(new Tanh(), x);
      case 2 -> add(new Sigmoid(), x);
      case 3 -> add(new Exp(), add(new Tanh(), x));
      case 4 -> add(new Sin(), x);
      case 5 -> add(new Sqrt(), add(new Abs(), x));
      case 6 -> add(new Erf(), x);
      case 7 -> add(new Max(), x, constant(x, 0));
      default -> add(new Pow(), add(new Abs(), x), constant(x, random.nextInt(4)));
    };
  }

  /** Another value of the same shape, by a broadcast if there is one, else a number. */
  private Value fitting(Value x) {
    var same = pool.stream().filter(v -> v.type().equals(x.type())).toList();
    if (random.nextInt(3) > 0) {
      return same.get(random.nextInt(same.size()));
    }
    var shape = x.type().shape();
    for (var v : pool) {
      int rank = v.type().rank();
      if (rank <= shape.rank()
          && shape.dims().subList(shape.rank() - rank, shape.rank()).equals(v.type().shape().dims())
          && random.nextBoolean()) {
        return Build.broadcastTo(builder, v, shape);
      }
    }
    return constant(x, random.nextInt(5) - 2);
  }

  private Value binary(Value x) {
    var y = fitting(x);
    return switch (random.nextInt(6)) {
      case 0 -> add(new Add(), x, y);
      case 1 -> add(new Sub(), x, y);
      case 2 -> add(new Mul(), x, add(new Tanh(), y));
      case 3 -> add(new Max(), x, y);
      case 4 -> add(new Min(), x, y);
      default -> add(new Div(), x, add(new Add(), constant(x, 1.5), add(new Abs(), y)));
    };
  }

  private Value choice(Value x) {
    var y = fitting(x);
    Value condition = random.nextBoolean() ? add(new Gt(), x, y) : add(new Le(), y, x);
    condition = random.nextBoolean() ? add(new Not(), condition) : condition;
    return random.nextBoolean()
        ? add(new Select(), condition, x, add(new Neg(), y))
        : add(
            new Cast(DType.F32),
            random.nextBoolean() ? add(new Cast(DType.I32), condition) : condition);
  }

  private List<Integer> someAxes(Value x) {
    var axes = new ArrayList<Integer>();
    for (int axis = 0; axis < x.type().rank(); axis++) {
      if (random.nextBoolean()) {
        axes.add(axis);
      }
    }
    return axes;
  }

  private Value reduction(Value x) {
    var axes = someAxes(x);
    return switch (random.nextInt(5)) {
      case 0 -> add(new ReduceMax(axes), x);
      case 1 -> add(new ReduceMin(axes), x);
      case 2 -> {
        var any = add(new ReduceMax(axes), add(new Gt(), x, constant(x, 0.2)));
        yield add(new Cast(DType.F32), any);
      }
      default -> add(new ReduceSum(axes), add(new Mul(), x, constant(x, 0.25)));
    };
  }

  private Value position(Value x) {
    if (x.type().rank() == 0) {
      return x;
    }
    int axis = random.nextInt(x.type().rank());
    var found =
        switch (random.nextInt(3)) {
          case 0 -> add(new ArgMax(axis), x);
          case 1 -> add(new ArgMin(axis), x);
          default -> add(new Iota(x.type().shape(), axis));
        };
    return add(
        new Mul(),
        add(new Cast(DType.F32), found),
        add(new Constant(found.type().withDType(DType.F32), 0.125)));
  }

  private Value softmax(Value x) {
    if (x.type().rank() == 0) {
      return x;
    }
    var axes =
        List.of(random.nextInt(3) == 0 ? random.nextInt(x.type().rank()) : x.type().rank() - 1);
    var shape = x.type().shape();
    var largest = Build.unreduce(builder, add(new ReduceMax(axes), x), shape, axes);
    var e = add(new Exp(), add(new Sub(), x, largest));
    return add(new Div(), e, Build.unreduce(builder, add(new ReduceSum(axes), e), shape, axes));
  }

  private Value normalised(Value x) {
    if (x.type().rank() == 0) {
      return x;
    }
    var axes = random.nextBoolean() ? List.of(x.type().rank() - 1) : List.of(0);
    var shape = x.type().shape();
    var mean =
        add(
            new Mul(),
            add(new ReduceSum(axes), x),
            add(new Constant(x.type().withShape(shape.without(axes)), 0.2)));
    var centred = add(new Sub(), x, Build.unreduce(builder, mean, shape, axes));
    var variance = add(new ReduceSum(axes), add(new Mul(), centred, centred));
    var scale =
        add(
            new Div(),
            constant(variance, 1),
            add(new Sqrt(), add(new Add(), variance, constant(variance, 0.1))));
    keep(mean);
    return add(new Mul(), centred, Build.unreduce(builder, scale, shape, axes));
  }

  private Value transposed(Value x) {
    var order = new ArrayList<>(Build.upTo(x.type().rank()));
    Collections.shuffle(order, random);
    return random.nextInt(4) == 0 ? add(new Reverse(someAxes(x)), x) : add(new Transpose(order), x);
  }

  /** Two axes into one, or a split, or an axis of size one. */
  private Value reshaped(Value x) {
    var dims = new ArrayList<>(x.type().shape().dims());
    if (dims.size() >= 2 && random.nextBoolean()) {
      int axis = random.nextInt(dims.size() - 1);
      dims.set(axis, dims.get(axis).times(dims.remove(axis + 1)));
    } else if (!dims.isEmpty() && random.nextBoolean()) {
      int axis = random.nextInt(dims.size());
      var half = dims.get(axis).dividedBy(Dim.of(2));
      if (half.isPresent()) {
        dims.set(axis, half.get());
        dims.add(axis + 1, Dim.of(2));
      }
    } else {
      dims.add(random.nextInt(dims.size() + 1), Dim.ONE);
    }
    return dims.size() > 4 ? x : add(new Reshape(new Shape(dims)), x);
  }

  private Value repeated(Value x) {
    var dims = new ArrayList<>(x.type().shape().dims());
    int axis = random.nextInt(dims.size() + 1);
    dims.add(axis, random.nextInt(4) == 0 ? Dim.BATCH : Dim.of(2 + random.nextInt(2)));
    var axes = Build.others(dims.size(), List.of(axis));
    return dims.size() > 4 ? x : add(new Broadcast(new Shape(dims), axes), x);
  }

  private Value sliced(Value x) {
    var starts = new ArrayList<Dim>();
    var limits = new ArrayList<Dim>();
    var strides = new ArrayList<Integer>();
    for (var dim : x.type().shape().dims()) {
      boolean cut = dim.isConstant() && dim.value() > 2;
      starts.add(Dim.of(cut ? random.nextInt(2) : 0));
      limits.add(cut ? dim.plus(-random.nextInt(2)) : dim);
      strides.add(cut ? 1 + random.nextInt(2) : 1);
    }
    return add(new Slice(starts, limits, strides), x);
  }

  private Value padded(Value x) {
    var low = new ArrayList<Dim>();
    var high = new ArrayList<Dim>();
    for (var dim : x.type().shape().dims()) {
      low.add(Dim.of(dim.isConstant() ? random.nextInt(2) : 0));
      high.add(Dim.of(dim.isConstant() ? random.nextInt(2) : 0));
    }
    return add(new Pad(low, high, random.nextInt(2)), x);
  }

  private Value joined(Value x) {
    if (x.type().rank() == 0) {
      return x;
    }
    int axis = random.nextInt(x.type().rank());
    var y = fitting(x);
    return random.nextBoolean()
        ? add(new Concat(axis), x, y)
        : add(new Concat(axis), add(new Tanh(), x), y, x);
  }

  private Optional<Value> product() {
    var a = pick(v -> true);
    if (a.type().rank() < 2) {
      return Optional.empty();
    }
    var inner = a.type().shape().dim(-1);
    for (var b : pool) {
      if (b.type().rank() == 2 && b.type().shape().dim(0).equals(inner) && random.nextBoolean()) {
        return Optional.of(scaled(add(new MatMul(false, false), a, b)));
      }
      if (b.type().rank() == 2 && b.type().shape().dim(1).equals(inner) && random.nextBoolean()) {
        return Optional.of(
            scaled(add(new MatMul(false, false), a, Build.transposeMatrix(builder, b))));
      }
    }
    return Optional.empty();
  }

  /** Often with a bias, and then a relu. */
  private Value scaled(Value x) {
    var width = x.type().shape().dim(-1);
    for (var bias : pool) {
      if (bias.type().shape().dims().equals(List.of(width)) && random.nextBoolean()) {
        var sum = add(new Add(), x, Build.broadcastTo(builder, bias, x.type().shape()));
        var positive =
            add(new Select(), add(new Le(), sum, constant(sum, 0)), constant(sum, 0), sum);
        keep(positive);
        keep(add(new Select(), add(new Le(), sum, constant(sum, 0)), constant(sum, 0), positive));
        return add(new Mul(), sum, constant(x, 0.3));
      }
    }
    return add(new Mul(), x, constant(x, 0.3));
  }

  private Value gathered(Value x, Value rows) {
    if (x.type().rank() == 0) {
      return x;
    }
    int axis = random.nextInt(x.type().rank());
    var taken = add(new Gather(axis), random.nextBoolean() ? x : add(new Tanh(), x), rows);
    // rows past the end are NaN: keep them from spreading
    return add(new Select(), add(new Eq(), taken, taken), taken, constant(taken, 0.5));
  }

  /** A running mix of the first axis, with a product in its body when there is one that fits. */
  private void scan(Value x) {
    if (x.type().rank() < 2 || !x.type().shape().dim(0).isConstant()) {
      return;
    }
    var type = x.type().withShape(x.type().shape().without(List.of(0)));
    var start =
        pool.stream()
            .filter(v -> v.type().equals(type))
            .findFirst()
            .orElseGet(() -> add(new Constant(type, 0.25)));
    var body = new GraphBuilder("body");
    var h = body.input("h", Role.DATA, type);
    var g = body.input("g", Role.DATA, type);
    var in = body.input("in", Role.DATA, type);
    var k = body.input("k", Role.DATA, type);
    var mixed = body.add(new Tanh(), body.add(new Add(), body.add(new Mul(), h, k), in));
    var other = random.nextBoolean() ? h : body.add(new Sub(), g, mixed);
    body.output("h", Role.RESULT, random.nextInt(4) == 0 ? g : mixed);
    body.output("g", Role.RESULT, other);
    body.output("all", Role.RESULT, mixed);
    body.output("before", Role.RESULT, random.nextBoolean() ? h : body.add(new Mul(), in, mixed));
    var results =
        builder.addAll(
            new Scan(body.build(), 2, 1, random.nextBoolean()), List.of(start, start, x, start));
    results.forEach(this::keep);
  }

  private void ordered(Value x) {
    if (x.type().rank() == 0) {
      return;
    }
    switch (random.nextInt(3)) {
      case 0 ->
          keep(
              scaled(
                  add(
                      new CumSum(
                          random.nextInt(x.type().rank()),
                          random.nextBoolean(),
                          random.nextBoolean()),
                      x)));
      case 1 -> keep(builder.addAll(new Sort(random.nextBoolean()), List.of(x)).get(0));
      default -> {
        if (x.type().shape().dim(-1).isConstant()) {
          keep(builder.addAll(new TopK(1), List.of(x)).get(0));
        }
      }
    }
  }
}
