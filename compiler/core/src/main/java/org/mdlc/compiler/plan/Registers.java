package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.type.DType;

/**
 * Numbers the registers of a kernel while it is written. Equal computations get one register; those
 * that do not move with the inner axes go to the scalar part, which every later stage may read.
 */
final class Registers {
  private static final int OPEN = -1;

  private final Set<Integer> innerAxes;
  private final Map<Instr, Integer> scalars = new HashMap<>();
  private final Map<Instr, Integer> elements = new HashMap<>();
  private final Set<Integer> scalarRegisters = new HashSet<>();
  private final Map<Integer, DType> types = new HashMap<>();
  private List<Instr> scalarBody = new ArrayList<>();
  private List<Instr> elementBody = new ArrayList<>();
  private int next;

  Registers(Set<Integer> innerAxes) {
    this.innerAxes = Set.copyOf(innerAxes);
  }

  DType type(int register) {
    return Known.in(types, register);
  }

  /** How many there are. */
  int count() {
    return next;
  }

  boolean isScalar(int register) {
    return scalarRegisters.contains(register);
  }

  /**
   * Adds a computation, or finds the register that holds it already. Its own result number is
   * ignored.
   */
  int define(Instr instr) {
    var key = withResult(instr, OPEN);
    boolean scalar = isScalar(instr);
    var known = scalars.containsKey(key) ? scalars.get(key) : elements.get(key);
    if (known != null) {
      return known;
    }
    int register = next++;
    types.put(register, instr.type());
    (scalar ? scalars : elements).put(key, register);
    (scalar ? scalarBody : elementBody).add(withResult(instr, register));
    if (scalar) {
      scalarRegisters.add(register);
    }
    return register;
  }

  /** A register for the result of a reduce: a scalar of the stages to come. */
  int reserve(DType type) {
    int register = next++;
    types.put(register, type);
    scalarRegisters.add(register);
    return register;
  }

  private boolean isScalar(Instr instr) {
    boolean moves =
        switch (instr) {
          case Instr.Constant _, Instr.Apply _ -> false;
          case Instr.Index i -> usesInner(i.value());
          case Instr.InRange r -> usesInner(r.value());
          case Instr.Load l -> usesInner(l.index());
          case Instr.Uniform u -> usesInner(u.element());
        };
    return !moves && scalarRegisters.containsAll(instr.reads());
  }

  private boolean usesInner(IndexExpr index) {
    return innerAxes.stream().anyMatch(index::usesAxis);
  }

  /** The scalar computations since the last call. */
  List<Instr> takeScalarBody() {
    var taken = scalarBody;
    scalarBody = new ArrayList<>();
    return taken;
  }

  /** The computations per element of the stage that ends here. */
  List<Instr> takeElementBody() {
    var taken = elementBody;
    elementBody = new ArrayList<>();
    elements.clear();
    return taken;
  }

  private static Instr withResult(Instr instr, int result) {
    return switch (instr) {
      case Instr.Constant c -> new Instr.Constant(result, c.type(), c.value());
      case Instr.Index i -> new Instr.Index(result, i.value());
      case Instr.InRange r -> new Instr.InRange(result, r.value(), r.low(), r.high());
      case Instr.Load l -> new Instr.Load(result, l.type(), l.param(), l.index(), l.mask());
      case Instr.Apply a -> new Instr.Apply(result, a.type(), a.fn(), a.args());
      case Instr.Uniform u ->
          new Instr.Uniform(result, u.seed(), u.counter(), u.element(), u.low(), u.high());
    };
  }
}
