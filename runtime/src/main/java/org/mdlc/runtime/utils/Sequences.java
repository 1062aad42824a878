package org.mdlc.runtime.utils;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * Lists of different lengths as one array; Keras's {@code keras.utils.pad_sequences}.
 *
 * <pre>{@code
 * HostTensor words = Sequences.pad(ids).maxlen(80).toInts();
 * }</pre>
 */
public final class Sequences {
  /** At which end something is added or cut off. */
  public enum Side {
    PRE,
    POST
  }

  private final List<? extends Sequence> sequences;
  private final int[] stepShape;
  private int maxlen = -1;
  private Side padding = Side.PRE;
  private Side truncating = Side.PRE;
  private double value;

  private Sequences(List<? extends Sequence> sequences, int... stepShape) {
    this.sequences = sequences;
    this.stepShape = stepShape;
  }

  /** Steps of one or more numbers, one after another. */
  private interface Sequence {
    int steps();

    double number(int index);
  }

  private record Numbers(Number[] numbers) implements Sequence {
    @Override
    public int steps() {
      return numbers.length;
    }

    @Override
    public double number(int index) {
      return numbers[index].doubleValue();
    }
  }

  private record Rows(HostTensor tensor) implements Sequence {
    @Override
    public int steps() {
      return tensor.rows();
    }

    @Override
    public double number(int index) {
      return tensor.get(index);
    }
  }

  /**
   * Sequences to bring to one length: the longest one's, padded in front with zeros, unless set.
   */
  public static Sequences pad(List<? extends Number[]> sequences) {
    return new Sequences(sequences.stream().map(Numbers::new).toList());
  }

  /**
   * Sequences of steps of one shape, each [steps, ...], to bring to one length as {@link
   * #pad(List)}.
   *
   * @throws DataException if the steps of two sequences differ in shape, naming the second
   */
  public static Sequences padTensors(List<HostTensor> sequences) {
    int[] shape = new int[0];
    for (int i = 0; i < sequences.size(); i++) {
      HostTensor sequence = sequences.get(i);
      if (sequence.rank() == 0) {
        throw new DataException("sequence " + i + " is a number and no list of steps");
      }
      int[] steps = Arrays.copyOfRange(sequence.shape(), 1, sequence.rank());
      if (i == 0) {
        shape = steps;
      } else if (!Arrays.equals(shape, steps)) {
        throw new DataException(
            "the steps of sequence "
                + i
                + " have the shape "
                + Arrays.toString(steps)
                + ", those of the first "
                + Arrays.toString(shape));
      }
    }
    return new Sequences(sequences.stream().map(Rows::new).toList(), shape);
  }

  /** The length of all; longer sequences are cut. */
  public Sequences maxlen(int steps) {
    if (steps < 0) {
      throw new IllegalArgumentException("`maxlen` is at least 0, not " + steps);
    }
    maxlen = steps;
    return this;
  }

  /** Where shorter sequences are filled up; in front unless set. */
  public Sequences padding(Side side) {
    padding = side;
    return this;
  }

  /** Where longer sequences are cut; in front unless set. */
  public Sequences truncating(Side side) {
    truncating = side;
    return this;
  }

  /** What shorter sequences are filled up with; 0 unless set. */
  public Sequences value(double filling) {
    value = filling;
    return this;
  }

  /** As i32, [sequences, maxlen, ...]; fractions are cut off. */
  public HostTensor toInts() {
    HostTensor result = HostTensor.zeros(DType.I32, shape());
    int[] values = result.ints();
    Arrays.fill(values, (int) value);
    place((at, number) -> values[at] = (int) number);
    return result;
  }

  /** As f32, [sequences, maxlen, ...]. */
  public HostTensor toFloats() {
    HostTensor result = HostTensor.zeros(DType.F32, shape());
    float[] values = result.floats();
    Arrays.fill(values, (float) value);
    place((at, number) -> values[at] = (float) number);
    return result;
  }

  private int[] shape() {
    return IntStream.concat(IntStream.of(sequences.size(), length()), IntStream.of(stepShape))
        .toArray();
  }

  private int length() {
    return maxlen >= 0 ? maxlen : sequences.stream().mapToInt(Sequence::steps).max().orElse(0);
  }

  private void place(Cell cell) {
    int length = length();
    int size = (int) HostTensor.elementCount(stepShape);
    for (int row = 0; row < sequences.size(); row++) {
      Sequence sequence = sequences.get(row);
      int count = Math.min(length, sequence.steps());
      int from = truncating == Side.PRE ? sequence.steps() - count : 0;
      int to = row * length + (padding == Side.PRE ? length - count : 0);
      for (int i = 0; i < count * size; i++) {
        cell.put(to * size + i, sequence.number(from * size + i));
      }
    }
  }

  private interface Cell {
    void put(int at, double number);
  }
}
