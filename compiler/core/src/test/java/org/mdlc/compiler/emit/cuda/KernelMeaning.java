package org.mdlc.compiler.emit.cuda;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.mdlc.compiler.plan.IndexExpr;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Reduce;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.runtime.kernel.ScalarMath;
import org.mdlc.runtime.random.Threefry;

/**
 * The plain meaning of a kernel: its loops as written, one point after the other, in float32 with
 * the runtime's scalar functions. Elements and registers are 32-bit words; floats by their bits.
 */
final class KernelMeaning {
  private final Kernel kernel;
  private final Map<String, Long> dims;
  private final List<int[]> memory;
  private final long[] position;
  private final Map<Integer, Integer> registers = new HashMap<>();
  private final Map<Integer, DType> types = new HashMap<>();

  private KernelMeaning(Kernel kernel, long batch, List<int[]> memory) {
    this.kernel = kernel;
    this.dims = Map.of("batch", batch);
    this.memory = memory;
    this.position = new long[kernel.axes().size()];
    for (var stage : kernel.stages()) {
      stage.body().forEach(i -> types.put(i.result(), i.type()));
      stage.reduces().forEach(r -> types.put(r.result(), r.type()));
    }
  }

  /**
   * Runs the kernel.
   *
   * @param memory the words of each parameter
   */
  static void run(Kernel kernel, long batch, List<int[]> memory) {
    new KernelMeaning(kernel, batch, memory).outer(0);
  }

  private void outer(int axis) {
    if (axis == kernel.outer()) {
      kernel.stages().forEach(this::stage);
      return;
    }
    for (long i = 0; i < size(kernel.axes().get(axis)); i++) {
      position[axis] = i;
      outer(axis + 1);
    }
  }

  private void stage(Stage stage) {
    var gathered = new HashMap<Reduce, Integer>();
    var best = new HashMap<Reduce, Integer>();
    long points = 1;
    for (int axis : stage.axes()) {
      points *= size(kernel.axes().get(axis));
    }
    for (int point = 0; point < points; point++) {
      long rest = point;
      for (int axis : stage.axes().reversed()) {
        position[axis] = rest % size(kernel.axes().get(axis));
        rest /= size(kernel.axes().get(axis));
      }
      stage.body().forEach(i -> registers.put(i.result(), value(i)));
      for (var reduce : stage.reduces()) {
        int value = register(reduce.value());
        if (reduce.reducer().isPosition()) {
          var before = best.get(reduce);
          if (before == null || beats(reduce, value, before)) {
            best.put(reduce, value);
            gathered.put(reduce, point);
          }
        } else {
          gathered.merge(reduce, value, (a, b) -> combined(reduce, a, b));
        }
      }
      for (var store : stage.stores()) {
        memory.get(store.param())[index(store.index())] = register(store.value());
      }
    }
    gathered.forEach((reduce, value) -> registers.put(reduce.result(), value));
  }

  private boolean beats(Reduce reduce, int value, int best) {
    boolean largest = reduce.reducer() == Kernel.Reducer.ARGMAX;
    if (types.get(reduce.value()) == DType.F32) {
      float a = Float.intBitsToFloat(value);
      float b = Float.intBitsToFloat(best);
      return (largest ? a > b : a < b) || (Float.isNaN(a) && !Float.isNaN(b));
    }
    return largest ? value > best : value < best;
  }

  private static int combined(Reduce reduce, int a, int b) {
    if (reduce.type() != DType.F32) {
      return switch (reduce.reducer()) {
        case SUM -> a + b;
        case PROD -> a * b;
        case MAX -> Math.max(a, b);
        case MIN -> Math.min(a, b);
        case ARGMAX, ARGMIN -> throw new IllegalStateException("positions are not combined");
      };
    }
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    return Float.floatToRawIntBits(
        switch (reduce.reducer()) {
          case SUM -> x + y;
          case PROD -> x * y;
          case MAX -> Math.max(x, y);
          case MIN -> Math.min(x, y);
          case ARGMAX, ARGMIN -> throw new IllegalStateException("positions are not combined");
        });
  }

  private long size(Dim dim) {
    return dim.bind(dims).value();
  }

  private int register(int register) {
    return Objects.requireNonNull(registers.get(register));
  }

  private float f(int register) {
    return Float.intBitsToFloat(register(register));
  }

  private int index(IndexExpr index) {
    return (int) index.evaluate(position, r -> (long) register(r), dims);
  }

  private int value(Instr instr) {
    return switch (instr) {
      case Instr.Constant c ->
          c.type() == DType.F32
              ? Float.floatToRawIntBits((float) c.value())
              : (int) (long) c.value();
      case Instr.Index i -> index(i.value());
      case Instr.InRange r -> {
        long value = r.value().evaluate(position, a -> (long) register(a), dims);
        yield value >= size(r.low()) && value < size(r.high()) ? 1 : 0;
      }
      case Instr.Load l ->
          l.isMasked() && register(l.mask()) == 0 ? 0 : memory.get(l.param())[index(l.index())];
      case Instr.Uniform u ->
          Float.floatToRawIntBits(
              new Threefry(register(u.seed()), register(u.counter()))
                  .uniform(index(u.element()), u.low(), u.high()));
      case Instr.Apply a -> apply(a);
    };
  }

  private int apply(Instr.Apply apply) {
    var a = apply.args();
    boolean floats = types.get(a.getFirst()) == DType.F32;
    return switch (apply.fn()) {
      case SELECT -> register(a.get(0)) != 0 ? register(a.get(1)) : register(a.get(2));
      case AND -> register(a.get(0)) & register(a.get(1));
      case OR -> register(a.get(0)) | register(a.get(1));
      case XOR -> register(a.get(0)) ^ register(a.get(1));
      case NOT -> 1 - register(a.get(0));
      case EQ, NE, LT, LE, GT, GE -> {
        double x = floats ? f(a.get(0)) : register(a.get(0));
        double y = floats ? f(a.get(1)) : register(a.get(1));
        yield (int) apply.fn().apply(x, y);
      }
      case TO_F32 ->
          floats ? register(a.getFirst()) : Float.floatToRawIntBits((float) register(a.getFirst()));
      case TO_I32 -> floats ? (int) f(a.getFirst()) : register(a.getFirst());
      case TO_BOOL -> floats ? (f(a.getFirst()) != 0 ? 1 : 0) : register(a.getFirst()) != 0 ? 1 : 0;
      default -> floats ? Float.floatToRawIntBits(ofFloats(apply)) : ofInts(apply);
    };
  }

  private float ofFloats(Instr.Apply apply) {
    float x = f(apply.args().get(0));
    float y = apply.args().size() > 1 ? f(apply.args().get(1)) : 0;
    return switch (apply.fn()) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case MOD -> x - ScalarMath.floor(x / y) * y;
      case MIN -> Math.min(x, y);
      case MAX -> Math.max(x, y);
      case POW -> ScalarMath.pow(x, y);
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case EXP -> ScalarMath.exp(x);
      case EXPM1 -> ScalarMath.expm1(x);
      case LOG -> ScalarMath.log(x);
      case LOG1P -> ScalarMath.log1p(x);
      case SQRT -> ScalarMath.sqrt(x);
      case RSQRT -> ScalarMath.rsqrt(x);
      case TANH -> ScalarMath.tanh(x);
      case SIGMOID -> ScalarMath.sigmoid(x);
      case ERF -> ScalarMath.erf(x);
      case ERFINV -> ScalarMath.erfinv(x);
      case SIN -> ScalarMath.sin(x);
      case COS -> ScalarMath.cos(x);
      case FLOOR -> ScalarMath.floor(x);
      case CEIL -> ScalarMath.ceil(x);
      case ROUND -> ScalarMath.roundHalfEven(x);
      case TO_BF16 -> ScalarMath.nearestBf16(x);
      case TO_F16 -> ScalarMath.nearestF16(x);
      default -> throw new IllegalStateException(apply + " of floats");
    };
  }

  private int ofInts(Instr.Apply apply) {
    int x = register(apply.args().get(0));
    int y = apply.args().size() > 1 ? register(apply.args().get(1)) : 0;
    return switch (apply.fn()) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> Math.floorDiv(x, y);
      case MOD -> Math.floorMod(x, y);
      case MIN -> Math.min(x, y);
      case MAX -> Math.max(x, y);
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Integer.signum(x);
      default -> throw new IllegalStateException(apply + " of whole numbers");
    };
  }
}
