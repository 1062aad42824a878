package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.AdvanceKey;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Concat;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Contraction;
import org.mdlc.compiler.op.Control;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.Fold;
import org.mdlc.compiler.op.Gather;
import org.mdlc.compiler.op.Iota;
import org.mdlc.compiler.op.Linear;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Ordered;
import org.mdlc.compiler.op.Pad;
import org.mdlc.compiler.op.RandomUniform;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Reduction;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Reverse;
import org.mdlc.compiler.op.Sampling;
import org.mdlc.compiler.op.ScatterAdd;
import org.mdlc.compiler.op.Slice;
import org.mdlc.compiler.op.SumRows;
import org.mdlc.compiler.op.Table;
import org.mdlc.compiler.op.Transpose;
import org.mdlc.compiler.op.View;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * Writes one element of a value as scalar code: element-wise operations become instructions, views
 * become index arithmetic. Where it ends, at values that are in memory or in registers already, it
 * asks its {@link Leaves}.
 */
final class ValueWriter {
  /** Where writing ends. */
  interface Leaves {
    boolean isLeaf(Value value);

    /** The register that holds an element of a leaf. */
    int read(Value leaf, Position at, int mask);
  }

  private record Key(int value, Position at, int mask) {}

  private static final int NO_MASK = Instr.Load.NO_MASK;

  private final Map<Integer, Node> definitions;
  private final IndexBounds bounds;
  private final Registers registers;
  private final Leaves leaves;
  private final Map<Key, Integer> written = new HashMap<>();
  private final Set<Node> visited = new LinkedHashSet<>();

  ValueWriter(
      Map<Integer, Node> definitions, IndexBounds bounds, Registers registers, Leaves leaves) {
    this.definitions = definitions;
    this.bounds = bounds;
    this.registers = registers;
    this.leaves = leaves;
  }

  /** The nodes written so far. */
  Set<Node> visited() {
    return visited;
  }

  /** Forgets the registers of a stage that is over. */
  void startStage() {
    written.values().removeIf(register -> !registers.isScalar(register));
  }

  /** The register with the element of a value, leaf or not. */
  int write(Value value, Position at) {
    return write(value, at, NO_MASK);
  }

  /**
   * The register with an element computed from the value's definition, even where the value is a
   * leaf.
   */
  int writeDefinition(Value value, Position at, int mask) {
    var key = new Key(value.id(), at, mask);
    var known = written.get(key);
    if (known != null) {
      return known;
    }
    var node = definitions.get(value.id());
    if (node == null) {
      throw new CompilerBug("write kernel", value + " has no definition");
    }
    visited.add(node);
    int register = write(node, at, mask);
    written.put(key, register);
    return register;
  }

  private int write(Value value, Position at, int mask) {
    return leaves.isLeaf(value) ? leaves.read(value, at, mask) : writeDefinition(value, at, mask);
  }

  private int write(Node node, Position at, int mask) {
    var shape = node.results().get(0).type().shape();
    return switch (Op.of(node)) {
      case Elementwise e -> {
        var operands = node.operands().stream().map(v -> write(v, at, mask)).toList();
        yield formula(e.formula(), operands, node.result().type().dtype());
      }
      case Reshape _ -> write(node.operands().get(0), reshaped(at, node), mask);
      case View view -> view(view, node, at.axes(shape, bounds), mask);
      case Constant c -> registers.define(new Instr.Constant(0, c.type().dtype(), c.value()));
      case Table t -> registers.define(new Instr.Constant(0, t.type().dtype(), t.values().get(0)));
      case Iota iota ->
          registers.define(new Instr.Index(0, at.axes(shape, bounds).get(iota.axis())));
      case RandomUniform uniform -> uniform(uniform, node.operands().get(0), at.linear(shape));
      case AdvanceKey _ -> advanced(node.operands().get(0), at.axes(shape, bounds), mask);
      case Gather gather -> gather(gather, node, at.axes(shape, bounds), mask);
      case Reduction reduction -> {
        var fill = countedFill(node, definitions);
        yield fill.isPresent()
            ? counted(fill.get(), node)
            : overOnes(reduction, node, at.axes(shape, bounds), mask);
      }
      case Ordered _, Contraction _, ScatterAdd _, SumRows _, Linear _, Sampling _, Control _ ->
          throw new CompilerBug("write kernel", node.op() + " is no scalar code");
    };
  }

  /** The same row-major element, seen in the shape of the operand. */
  private static Position reshaped(Position at, Node node) {
    return new Position.Linear(at.linear(node.result().type().shape()));
  }

  private int view(View view, Node node, List<IndexExpr> at, int mask) {
    return switch (view) {
      case Reshape _ -> throw new CompilerBug("write kernel", "reshape by axes");
      case Broadcast b -> {
        var operand = node.operands().get(0);
        var position = new ArrayList<IndexExpr>();
        for (int i = 0; i < b.axes().size(); i++) {
          position.add(
              operand.type().shape().dim(i).is(1) ? IndexExpr.ZERO : at.get(b.axes().get(i)));
        }
        yield write(operand, new Position.Axes(position), mask);
      }
      case Transpose t -> {
        var position = new ArrayList<>(at);
        for (int i = 0; i < at.size(); i++) {
          position.set(t.order().get(i), at.get(i));
        }
        yield write(node.operands().get(0), new Position.Axes(position), mask);
      }
      case Slice s -> {
        var position = new ArrayList<IndexExpr>();
        for (int i = 0; i < at.size(); i++) {
          position.add(at.get(i).times(Dim.of(s.strides().get(i))).plus(s.starts().get(i)));
        }
        yield write(node.operands().get(0), new Position.Axes(position), mask);
      }
      case Reverse r -> {
        var position = new ArrayList<>(at);
        for (int axis : r.axes()) {
          var last = IndexExpr.constant(node.result().type().shape().dim(axis).plus(-1));
          position.set(axis, last.minus(at.get(axis)));
        }
        yield write(node.operands().get(0), new Position.Axes(position), mask);
      }
      case Pad p -> pad(p, node, at, mask);
      case Concat c -> concat(c, node, at, mask);
    };
  }

  private int pad(Pad pad, Node node, List<IndexExpr> at, int mask) {
    var operand = node.operands().get(0);
    var position = new ArrayList<>(at);
    int inside = NO_MASK;
    for (int axis = 0; axis < at.size(); axis++) {
      var low = pad.low().get(axis);
      if (low.is(0) && pad.high().get(axis).is(0)) {
        continue;
      }
      position.set(axis, at.get(axis).plus(low.times(-1)));
      var dim = operand.type().shape().dim(axis);
      inside =
          both(inside, registers.define(new Instr.InRange(0, position.get(axis), Dim.ZERO, dim)));
    }
    int value = write(operand, new Position.Axes(position), both(mask, inside));
    if (inside == NO_MASK) {
      return value;
    }
    int filler = registers.define(new Instr.Constant(0, operand.type().dtype(), pad.value()));
    return select(inside, value, filler);
  }

  private int concat(Concat concat, Node node, List<IndexExpr> at, int mask) {
    var start = Dim.ZERO;
    int result = NO_MASK;
    for (var operand : node.operands()) {
      var length = operand.type().shape().dim(concat.axis());
      var position = new ArrayList<>(at);
      position.set(concat.axis(), at.get(concat.axis()).plus(start.times(-1)));
      int inside =
          registers.define(new Instr.InRange(0, position.get(concat.axis()), Dim.ZERO, length));
      int value = write(operand, new Position.Axes(position), both(mask, inside));
      result = result == NO_MASK ? value : select(inside, value, result);
      start = start.plus(length);
    }
    return result;
  }

  /** Both masks, either of which may be none. */
  private int both(int first, int second) {
    if (first == NO_MASK || first == second) {
      return second;
    }
    return second == NO_MASK ? first : apply(ScalarFn.AND, DType.BOOL, List.of(first, second));
  }

  private int select(int condition, int whenTrue, int whenFalse) {
    return apply(
        ScalarFn.SELECT, registers.type(whenTrue), List.of(condition, whenTrue, whenFalse));
  }

  private int apply(ScalarFn fn, DType type, List<Integer> args) {
    return registers.define(new Instr.Apply(0, type, fn, args));
  }

  private int uniform(RandomUniform uniform, Value key, IndexExpr element) {
    int seed = write(key, new Position.Axes(List.of(IndexExpr.ZERO)), NO_MASK);
    int counter = write(key, new Position.Axes(List.of(IndexExpr.constant(1))), NO_MASK);
    return registers.define(
        new Instr.Uniform(
            0, seed, counter, element, (float) uniform.low(), (float) uniform.high()));
  }

  /** The second word plus one, the first as it is. */
  private int advanced(Value key, List<IndexExpr> at, int mask) {
    int word = write(key, new Position.Axes(at), mask);
    int one = registers.define(new Instr.Constant(0, DType.U32, 1));
    int next = apply(ScalarFn.ADD, DType.U32, List.of(word, one));
    if (at.get(0).isConstant()) {
      return at.get(0).is(1) ? next : word;
    }
    int isCounter = registers.define(new Instr.InRange(0, at.get(0), Dim.ONE, Dim.of(2)));
    return select(isCounter, next, word);
  }

  private int gather(Gather gather, Node node, List<IndexExpr> at, int mask) {
    var x = node.operands().get(0);
    var indices = node.operands().get(1);
    int rank = indices.type().rank();
    int row =
        write(indices, new Position.Axes(at.subList(gather.axis(), gather.axis() + rank)), mask);
    var position = new ArrayList<>(at.subList(0, gather.axis()));
    var rowIndex = IndexExpr.of(new IndexExpr.RegisterAtom(row));
    position.add(rowIndex);
    position.addAll(at.subList(gather.axis() + rank, at.size()));
    int inside =
        registers.define(
            new Instr.InRange(0, rowIndex, Dim.ZERO, x.type().shape().dim(gather.axis())));
    int value = write(x, new Position.Axes(position), both(mask, inside));
    double outside = x.type().dtype().isFloat() ? Double.NaN : 0;
    return select(
        inside, value, registers.define(new Instr.Constant(0, x.type().dtype(), outside)));
  }

  /**
   * The fill that a node sums up, if it is one: its sum is a count times a number, however large
   * the batch.
   */
  static Optional<Constant> countedFill(Node node, Map<Integer, Node> definitions) {
    if (node.op() instanceof ReduceSum) {
      var made = definitions.get(node.operands().get(0).id());
      if (made != null && made.op() instanceof Constant fill) {
        boolean whole = fill.type().dtype() != DType.I32 || fill.value() == Math.rint(fill.value());
        return whole ? Optional.of(fill) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private int counted(Constant fill, Node node) {
    var shape = fill.type().shape();
    var count = Dim.ONE;
    for (int axis : ((ReduceSum) node.op()).axes()) {
      count = count.times(shape.dim(axis));
    }
    if (fill.type().dtype() == DType.I32) {
      return registers.define(
          new Instr.Index(0, IndexExpr.constant(count.times((long) fill.value()))));
    }
    int number = registers.define(new Instr.Index(0, IndexExpr.constant(count)));
    int asFloat = apply(ScalarFn.TO_F32, DType.F32, List.of(number));
    return apply(
        ScalarFn.MUL,
        DType.F32,
        List.of(asFloat, registers.define(new Instr.Constant(0, DType.F32, fill.value()))));
  }

  /** A reduction over axes of size one: the element itself, or position 0. */
  private int overOnes(Reduction reduction, Node node, List<IndexExpr> at, int mask) {
    if (node.result().type().dtype() != node.operands().get(0).type().dtype()
        || isPosition(reduction)) {
      return registers.define(new Instr.Constant(0, DType.I32, 0));
    }
    var position = new ArrayList<IndexExpr>();
    int next = 0;
    for (int axis = 0; axis < node.operands().get(0).type().rank(); axis++) {
      position.add(reduction.axes().contains(axis) ? IndexExpr.ZERO : at.get(next++));
    }
    return write(node.operands().get(0), new Position.Axes(position), mask);
  }

  private static boolean isPosition(Reduction reduction) {
    return !(reduction instanceof Fold);
  }

  /** Writes a formula; a literal takes the type of what it meets. */
  private int formula(ScalarExpr formula, List<Integer> operands, DType wanted) {
    return switch (formula) {
      case ScalarExpr.Arg arg -> operands.get(arg.index());
      case ScalarExpr.Const c -> registers.define(new Instr.Constant(0, wanted, c.value()));
      case ScalarExpr.Apply call -> call(call, operands);
    };
  }

  private int call(ScalarExpr.Apply call, List<Integer> operands) {
    var fn = call.fn();
    var common = commonType(call, operands);
    var args = new ArrayList<Integer>();
    for (int i = 0; i < call.args().size(); i++) {
      var wanted = fn == ScalarFn.SELECT && i == 0 ? DType.BOOL : common;
      args.add(formula(call.args().get(i), operands, wanted));
    }
    return apply(fn, resultType(fn, common), args);
  }

  private DType commonType(ScalarExpr.Apply call, List<Integer> operands) {
    for (int i = call.fn() == ScalarFn.SELECT ? 1 : 0; i < call.args().size(); i++) {
      var type = type(call.args().get(i), operands);
      if (type != null) {
        return type;
      }
    }
    return DType.F32;
  }

  private @Nullable DType type(ScalarExpr expr, List<Integer> operands) {
    return switch (expr) {
      case ScalarExpr.Arg arg -> registers.type(operands.get(arg.index()));
      case ScalarExpr.Const _ -> null;
      case ScalarExpr.Apply call -> resultType(call.fn(), commonType(call, operands));
    };
  }

  private static DType resultType(ScalarFn fn, DType operands) {
    if (fn.isPredicate()) {
      return DType.BOOL;
    }
    return switch (fn) {
      case TO_F32 -> DType.F32;
      case TO_I32 -> DType.I32;
      default -> operands;
    };
  }
}
