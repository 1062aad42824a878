package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/** One scalar computation of a kernel: defines one register, never changed afterwards. */
public sealed interface Instr {
  /** The register defined. */
  int result();

  /** Element type of the register. */
  DType type();

  /** Registers read, those within indices included. */
  List<Integer> reads();

  /** A literal; F32 literals are rounded to float, I32, U32 and BOOL are whole. */
  record Constant(int result, DType type, double value) implements Instr {
    @Override
    public List<Integer> reads() {
      return List.of();
    }

    @Override
    public String toString() {
      return "const "
          + (type == DType.F32 ? Float.toString((float) value) : Long.toString((long) value));
    }
  }

  /** The value of an index expression as an i32. */
  record Index(int result, IndexExpr value) implements Instr {
    @Override
    public DType type() {
      return DType.I32;
    }

    @Override
    public List<Integer> reads() {
      return value.registers();
    }

    @Override
    public String toString() {
      return "index " + value;
    }
  }

  /** {@code low <= value < high}: the guard of padding and of data-dependent loads. */
  record InRange(int result, IndexExpr value, Dim low, Dim high) implements Instr {
    @Override
    public DType type() {
      return DType.BOOL;
    }

    @Override
    public List<Integer> reads() {
      return value.registers();
    }

    @Override
    public String toString() {
      return "inrange " + low + " <= " + value + " < " + high;
    }
  }

  /**
   * Reads one element of a parameter.
   *
   * @param mask a bool register; where it is false memory is not touched and the result is 0;
   *     {@link #NO_MASK} when always in bounds
   */
  record Load(int result, DType type, int param, IndexExpr index, int mask) implements Instr {
    public static final int NO_MASK = -1;

    @Override
    public List<Integer> reads() {
      var reads = new ArrayList<>(index.registers());
      if (isMasked()) {
        reads.add(mask);
      }
      return reads;
    }

    public boolean isMasked() {
      return mask != NO_MASK;
    }

    @Override
    public String toString() {
      return "load p" + param + "[" + index + "]" + (isMasked() ? " if r" + mask : "");
    }
  }

  /**
   * A function of registers. Operands of arithmetic and comparisons have one type (F32, I32 or
   * U32), which decides whether the function is that of floats or of whole numbers; DIV of whole
   * numbers rounds down.
   */
  record Apply(int result, DType type, ScalarFn fn, List<Integer> args) implements Instr {
    public Apply {
      args = List.copyOf(args);
      if (args.size() != fn.arity()) {
        throw new IllegalArgumentException(
            fn.text() + " takes " + fn.arity() + " arguments, not " + args.size());
      }
    }

    @Override
    public List<Integer> reads() {
      return args;
    }

    @Override
    public String toString() {
      return fn.text() + " " + args.stream().map(a -> "r" + a).collect(Collectors.joining(", "));
    }
  }

  /**
   * A uniform random number in [low, high): Threefry-2x32 of key (seed, counter) at the 64-bit
   * counter (0, element), the two words xored; the top 23 bits make a float in [0, 1); {@code
   * max(low, fma(that, high - low, low))} as JAX does it.
   *
   * @param seed u32 register
   * @param counter u32 register
   * @param element row-major position in the tensor of random numbers
   */
  record Uniform(int result, int seed, int counter, IndexExpr element, float low, float high)
      implements Instr {
    @Override
    public DType type() {
      return DType.F32;
    }

    @Override
    public List<Integer> reads() {
      var reads = new ArrayList<>(List.of(seed, counter));
      reads.addAll(element.registers());
      return reads;
    }

    @Override
    public String toString() {
      return "uniform r" + seed + ", r" + counter + ", " + low + ", " + high + " at " + element;
    }
  }
}
