package org.mdlc.runtime;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * What a callback needs to go on after training was killed, by names of its own; {@link
 * BackupAndRestore} keeps it with the model. Every bit of a number is kept.
 */
public final class SavedState {
  private final Map<String, HostTensor> tensors;
  private final int epoch;
  private final long batches;

  SavedState(Map<String, HostTensor> tensors, int epoch, long batches) {
    this.tensors = new LinkedHashMap<>(tensors);
    this.epoch = epoch;
    this.batches = batches;
  }

  /** The epoch that training goes on with, from 0. */
  public int epoch() {
    return epoch;
  }

  /**
   * How many batches of {@link #epoch} are done. With 0, the epoch begins with {@link
   * Callback#onEpochBegin}; else it has begun, and goes on with the next batch.
   */
  public long batches() {
    return batches;
  }

  /** Keeps numbers. */
  public void put(String name, double... values) {
    int[] bits = new int[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      long all = Double.doubleToRawLongBits(values[i]);
      bits[2 * i] = (int) (all >>> 32);
      bits[2 * i + 1] = (int) all;
    }
    put(name, HostTensor.of(bits, values.length, 2));
  }

  /** Keeps a number, or that there is none. */
  public void put(String name, OptionalDouble value) {
    put(name, value.stream().toArray());
  }

  /** Keeps an array. */
  public void put(String name, HostTensor value) {
    tensors.put(name, value);
  }

  /** Keeps a text. */
  public void put(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] words = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      words[i] = bytes[i];
    }
    put(name, HostTensor.of(words, words.length));
  }

  /** Whether something was kept under that name. */
  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /**
   * The numbers of that name.
   *
   * @throws DataException if there are none
   */
  public double[] numbers(String name) {
    HostTensor pairs = tensor(name);
    if (pairs.dtype() != DType.I32 || pairs.rank() != 2 || pairs.dim(1) != 2) {
      throw new DataException(name + " of a callback's state holds no numbers but " + pairs);
    }
    int[] bits = pairs.ints();
    double[] values = new double[pairs.rows()];
    for (int i = 0; i < values.length; i++) {
      long all = ((long) bits[2 * i] << 32) | (bits[2 * i + 1] & 0xFFFF_FFFFL);
      values[i] = Double.longBitsToDouble(all);
    }
    return values;
  }

  /**
   * The only number of that name.
   *
   * @throws DataException if there is not one
   */
  public double number(String name) {
    return optional(name)
        .orElseThrow(() -> new DataException(name + " of a callback's state holds no number"));
  }

  /**
   * The number of that name, if there was one.
   *
   * @throws DataException if nothing was kept under that name
   */
  public OptionalDouble optional(String name) {
    double[] values = numbers(name);
    return values.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(values[0]);
  }

  /**
   * The array of that name.
   *
   * @throws DataException if there is none
   */
  public HostTensor tensor(String name) {
    HostTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new DataException(
          "a callback's state has no "
              + name
              + ": the backup was made by another version of the callback");
    }
    return tensor;
  }

  /**
   * The text of that name.
   *
   * @throws DataException if there is none
   */
  public String text(String name) {
    HostTensor tensor = tensor(name);
    byte[] bytes = new byte[tensor.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) tensor.ints()[i];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  Map<String, HostTensor> tensors() {
    return tensors;
  }
}
