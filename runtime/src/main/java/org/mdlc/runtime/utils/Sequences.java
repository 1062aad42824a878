package org.mdlc.runtime.utils;

import java.util.Arrays;
import java.util.List;
import org.mdlc.runtime.data.DType;
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

  private final List<? extends Number[]> sequences;
  private int maxlen = -1;
  private Side padding = Side.PRE;
  private Side truncating = Side.PRE;
  private double value;

  private Sequences(List<? extends Number[]> sequences) {
    this.sequences = List.copyOf(sequences);
  }

  /**
   * Sequences to bring to one length: the longest one's, padded in front with zeros, unless set.
   */
  public static Sequences pad(List<? extends Number[]> sequences) {
    return new Sequences(sequences);
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

  /** As i32, [sequences, maxlen]; fractions are cut off. */
  public HostTensor toInts() {
    int length = length();
    int[] values = new int[Math.multiplyExact(sequences.size(), length)];
    Arrays.fill(values, (int) value);
    place(length, (at, number) -> values[at] = number.intValue());
    return HostTensor.of(values, sequences.size(), length);
  }

  /** As f32, [sequences, maxlen]. */
  public HostTensor toFloats() {
    int length = length();
    HostTensor result = HostTensor.zeros(DType.F32, sequences.size(), length);
    float[] values = result.floats();
    Arrays.fill(values, (float) value);
    place(length, (at, number) -> values[at] = number.floatValue());
    return result;
  }

  private int length() {
    return maxlen >= 0 ? maxlen : sequences.stream().mapToInt(s -> s.length).max().orElse(0);
  }

  private void place(int length, Cell cell) {
    for (int row = 0; row < sequences.size(); row++) {
      Number[] sequence = sequences.get(row);
      int count = Math.min(length, sequence.length);
      int from = truncating == Side.PRE ? sequence.length - count : 0;
      int to = row * length + (padding == Side.PRE ? length - count : 0);
      for (int i = 0; i < count; i++) {
        cell.put(to + i, sequence[from + i]);
      }
    }
  }

  private interface Cell {
    void put(int at, Number number);
  }
}
