package org.mdlc.compiler.emit.java;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;
import org.mdlc.compiler.type.Dim;

/**
 * Prints instructions and stores as statements, of scalars or, where the lanes differ, of vectors.
 *
 * <p>Masked statements stand where the last vector may reach beyond the end of the lane axis: they
 * leave alone what the variable {@code tail} excludes.
 */
final class InstrPrinter {
  private final Registers registers;
  private final Lines out;
  private final MethodSize size;

  InstrPrinter(Registers registers, Lines out, MethodSize size) {
    this.registers = registers;
    this.out = out;
    this.size = size;
  }

  /** Declares the mask of the lanes from {@code i} on that lie before {@code end}. */
  void tail(String i, String end) {
    out.line(
        "final $vectorMask:T<Float> tail = "
            + VectorCode.FLOATS
            + ".indexInRange("
            + i
            + ", "
            + end
            + ");");
  }

  void define(Stage stage, Instr instr, boolean masked) {
    boolean isVector = registers.isVector(stage, instr.result());
    String type = isVector ? VectorCode.type(instr.type()) : ScalarCode.type(instr.type());
    String value = isVector ? vector(stage, instr, masked) : scalar(instr);
    out.line("final " + type + " " + registers.name(instr.result()) + " = " + value + ";");
  }

  void store(Stage stage, Store store, boolean masked) {
    String address = registers.address(store.param(), store.index());
    if (!registers.hasLanes(stage)) {
      out.line("$memory:T.set(" + address + ", " + registers.scalar(store.value()) + ");");
      return;
    }
    size.store(masked);
    String value = registers.vector(stage, store.value());
    var type = registers.typeOf(store.value());
    out.line(VectorCode.store(type, value, address, masked ? "tail" : ""));
  }

  // ---- scalars

  private String scalar(Instr instr) {
    return switch (instr) {
      case Instr.Constant c -> ScalarCode.literal(c);
      case Instr.Index i -> Numbers.intIndex(i.value(), registers.names());
      case Instr.InRange r -> inRange(r);
      case Instr.Load l -> {
        String load = ScalarCode.load(l.type(), registers.address(l.param(), l.index()));
        yield l.isMasked()
            ? registers.scalar(l.mask()) + " ? " + load + " : " + ScalarCode.zero(l.type())
            : load;
      }
      case Instr.Apply a ->
          ScalarCode.apply(
              a.fn(), registers.operandType(a), a.args().stream().map(registers::scalar).toList());
      case Instr.Uniform u ->
          "$scalarThreefry:T.uniform("
              + String.join(
                  ", ",
                  registers.scalar(u.seed()),
                  registers.scalar(u.counter()),
                  Numbers.index(u.element(), registers.names(), "L"),
                  Numbers.f32(u.low()),
                  Numbers.f32(u.high()))
              + ")";
    };
  }

  private String inRange(Instr.InRange range) {
    String value = "(" + Numbers.index(range.value(), registers.names(), "L") + ")";
    String low = Numbers.dim(range.low(), "L");
    String high = Numbers.dim(range.high(), "L");
    return value + " >= " + low + " && " + value + " < " + high;
  }

  // ---- vectors

  private String vector(Stage stage, Instr instr, boolean masked) {
    return switch (instr) {
      case Instr.Constant c -> ScalarCode.literal(c);
      case Instr.Index i -> indexVector(stage, i.value());
      case Instr.InRange r -> inRange(stage, r);
      case Instr.Load l -> load(stage, l, masked);
      case Instr.Apply a ->
          VectorCode.apply(
              a.fn(),
              registers.operandType(a),
              a.args().stream().map(r -> registers.vector(stage, r)).toList());
      case Instr.Uniform _ -> throw new IllegalStateException("random numbers are a call");
    };
  }

  private String inRange(Stage stage, Instr.InRange range) {
    String index = indexVector(stage, range.value());
    String low = Numbers.dim(range.low(), "");
    String high = Numbers.dim(range.high(), "");
    return index
        + (".compare($vectorOperators:T.GE, " + low + ")")
        + (".and(" + index + ".compare($vectorOperators:T.LT, " + high + "))")
        + (".cast(" + VectorCode.FLOATS + ")");
  }

  private String indexVector(Stage stage, IndexExpr index) {
    var stride = registers.stride(stage, index);
    return "$lanes:T.IOTA"
        + (stride.is(1) ? "" : ".mul(" + Numbers.dim(stride, "") + ")")
        + ".add("
        + Numbers.intIndex(index, registers.names())
        + ")";
  }

  private String load(Stage stage, Instr.Load load, boolean masked) {
    boolean uniformMask = load.isMasked() && !registers.isVector(stage, load.mask());
    String mask = load.isMasked() && !uniformMask ? registers.name(load.mask()) : "";
    // the runtime keeps memory after every buffer, so that whole vectors may be read from its end
    if (masked && !mask.isEmpty()) {
      mask += ".and(tail)";
    }
    size.load(!mask.isEmpty());
    var type = load.type();
    String address = registers.address(load.param(), load.index());
    String value =
        registers.stride(stage, load.index()).is(1)
            ? VectorCode.load(type, address, mask)
            : VectorCode.broadcast(type, ScalarCode.load(type, address));
    return uniformMask
        ? registers.scalar(load.mask())
            + " ? "
            + value
            + " : "
            + VectorCode.broadcast(type, ScalarCode.zero(type))
        : value;
  }

  /**
   * The whole index of a gather as a vector: the registers' terms, each times its coefficient, plus
   * the affine rest.
   */
  String gatherIndex(Stage stage, Instr.Load load) {
    var rest = IndexExpr.constant(load.index().constant());
    var sum = new ArrayList<String>();
    for (var term : load.index().terms()) {
      if (term.atom() instanceof IndexExpr.RegisterAtom r
          && registers.isVector(stage, r.register())) {
        var times = term.coefficient();
        sum.add(
            registers.name(r.register())
                + (times.is(1) ? "" : ".mul(" + Numbers.dim(times, "") + ")"));
      } else {
        rest = rest.plus(new IndexExpr(Dim.ZERO, List.of(term)));
      }
    }
    sum.add(indexVector(stage, rest));
    return sum.getFirst()
        + sum.stream().skip(1).map(s -> ".add(" + s + ")").collect(Collectors.joining());
  }
}
