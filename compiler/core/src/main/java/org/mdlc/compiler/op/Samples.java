package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Operands on which an operation is tested: its gradient against central differences on plain
 * draws, generated code against the float64 meaning on draws with awkward numbers mixed in. Sizes
 * stay off the multiples of vector lengths on purpose.
 *
 * @param cases the operation with different attributes and operand shapes
 * @param tolerance of f32 code: {@code |found - wanted| <= tolerance * max(1, |wanted|)}, both
 *     rounded to f32
 */
public record Samples(List<Case> cases, double tolerance) {
  /** An ordinary f32 operation of a few roundings: 2^-20. */
  private static final double FEW_ROUNDINGS = 1e-6;

  public Samples {
    cases = List.copyOf(cases);
  }

  /** One application. */
  public record Case(Op op, List<Operand> operands) {
    public Case {
      operands = List.copyOf(operands);
    }

    public Case(Op op, Operand... operands) {
      this(op, Arrays.asList(operands));
    }

    public List<TensorType> types() {
      return operands.stream().map(Operand::type).toList();
    }

    /** Operands without awkward numbers, all exact in f32. */
    public List<Tensor64> draw(RandomGenerator random) {
      return operands.stream().map(o -> o.draw(random)).toList();
    }

    /**
     * Operands that begin with all combinations of their awkward numbers, as far as there is room.
     */
    public List<Tensor64> drawAwkward(RandomGenerator random) {
      var drawn = new ArrayList<Tensor64>();
      int period = 1;
      for (var operand : operands) {
        drawn.add(operand.drawAwkward(random, period));
        period *= Math.max(1, operand.awkward().size());
      }
      return drawn;
    }
  }

  /**
   * What one operand may hold.
   *
   * @param low smallest ordinary number, inclusive
   * @param high largest ordinary number, inclusive for whole numbers
   * @param awkward numbers at kinks and ends of the range: exact in f32 after rounding
   */
  public record Operand(TensorType type, double low, double high, List<Double> awkward) {
    public Operand {
      awkward = List.copyOf(awkward);
    }

    public Operand and(double... more) {
      return new Operand(
          type,
          low,
          high,
          DoubleStream.concat(awkward.stream().mapToDouble(d -> d), Arrays.stream(more))
              .boxed()
              .toList());
    }

    Tensor64 draw(RandomGenerator random) {
      return Tensor64.of(type.dtype(), sizes(), i -> number(random));
    }

    Tensor64 drawAwkward(RandomGenerator random, int period) {
      return Tensor64.of(
          type.dtype(),
          sizes(),
          i -> {
            double ordinary = number(random);
            return i / period < awkward.size() || (i < 64 && !awkward.isEmpty())
                ? (float) (double) awkward.get(i / period % awkward.size())
                : ordinary;
          });
    }

    private int[] sizes() {
      return Tensor64.sizes(type.shape());
    }

    private double number(RandomGenerator random) {
      return switch (type.dtype()) {
        case F32, BF16, F16 -> type.dtype().nearest((float) random.nextDouble(low, high));
        case I32 -> random.nextInt((int) low, (int) high + 1);
        case U32 -> random.nextLong(1L << 32);
        case BOOL -> random.nextInt(2);
      };
    }
  }

  public static Operand f32(double low, double high, long... sizes) {
    return new Operand(TensorType.f32(sizes), low, high, List.of());
  }

  public static Operand i32(int low, int high, long... sizes) {
    return new Operand(TensorType.f32(sizes).withDType(DType.I32), low, high, List.of());
  }

  public static Operand bool(long... sizes) {
    return new Operand(TensorType.f32(sizes).withDType(DType.BOOL), 0, 1, List.of());
  }

  public static Operand u32(long... sizes) {
    return new Operand(TensorType.f32(sizes).withDType(DType.U32), 0, 0, List.of());
  }

  public static Samples of(Case... cases) {
    return new Samples(List.of(cases), FEW_ROUNDINGS);
  }

  private static final List<long[]> AWKWARD_SIZES =
      List.of(new long[] {1}, new long[] {7}, new long[] {13}, new long[] {3, 257});

  /** F32 operands of one range, in awkward sizes. */
  static Samples uniform(Elementwise op, double low, double high) {
    return repeated(op, sizes -> f32(low, high, sizes));
  }

  /** Truth values, in awkward sizes. */
  static Samples truths(Elementwise op) {
    return repeated(op, Samples::bool);
  }

  private static Samples repeated(Elementwise op, Function<long[], Operand> operand) {
    return of(
        AWKWARD_SIZES.stream()
            .map(
                sizes ->
                    new Case(
                        op,
                        IntStream.range(0, op.arity())
                            .mapToObj(i -> operand.apply(sizes))
                            .toList()))
            .toArray(Case[]::new));
  }

  /** Every float operand with more awkward numbers. */
  Samples and(double... numbers) {
    return new Samples(
        cases.stream()
            .map(
                c ->
                    new Case(
                        c.op(),
                        c.operands().stream()
                            .map(o -> o.type().dtype().isFloat() ? o.and(numbers) : o)
                            .toList()))
            .toList(),
        tolerance);
  }

  Samples tolerance(double newTolerance) {
    return new Samples(cases, newTolerance);
  }
}
