package org.mdlc.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.kernel.Memory;
import org.mdlc.runtime.random.PythonRandom;

/**
 * All variables of a model in one block of memory outside the Java heap: weights, layer state,
 * optimizer slots, metric sums, random seeds. Steps read and write the block in place; this class
 * gives access by name. Used by one thread at a time.
 */
public final class Variables implements AutoCloseable {
  /** Every variable starts at a multiple of this many bytes: one cache line, one AVX-512 vector. */
  public static final int ALIGNMENT = 64;

  private final ModelSpec spec;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;
  private final Map<String, VariableSpec> byName = new HashMap<>();

  /** Allocates the variables of a model, all zero. */
  public Variables(ModelSpec spec) {
    this.spec = spec;
    long bytes = Math.max(spec.variableBytes(), ALIGNMENT);
    this.segment = arena.allocate(bytes + Memory.SLACK, ALIGNMENT).asSlice(0, bytes);
    spec.variables().forEach(variable -> byName.put(variable.name(), variable));
  }

  /** The next multiple of {@link #ALIGNMENT}. */
  public static long aligned(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  /** The memory itself, in which steps address variables by their offsets. */
  public MemorySegment segment() {
    return segment;
  }

  /** What the variables are, in the order of the model. */
  public List<VariableSpec> specs() {
    return spec.variables();
  }

  /** Whether there is a variable of that name. */
  public boolean has(String name) {
    return byName.containsKey(name);
  }

  /**
   * What the variable of that name is.
   *
   * @throws DataException if there is none, naming those there are
   */
  public VariableSpec spec(String name) {
    VariableSpec variable = byName.get(name);
    if (variable == null) {
      throw new DataException(
          spec.name()
              + " has no variable "
              + name
              + "; it has "
              + String.join(", ", spec.variables().stream().map(VariableSpec::name).toList()));
    }
    return variable;
  }

  /** A copy of the variable's value. */
  public HostTensor get(String name) {
    return get(spec(name));
  }

  HostTensor get(VariableSpec variable) {
    return get(segment, variable);
  }

  private static HostTensor get(MemorySegment segment, VariableSpec variable) {
    int[] shape = variable.shape().stream().mapToInt(Integer::intValue).toArray();
    HostTensor value = HostTensor.zeros(variable.dtype(), shape);
    switch (variable.dtype()) {
      case F32 ->
          MemorySegment.copy(
              segment,
              ValueLayout.JAVA_FLOAT,
              variable.offset(),
              value.floats(),
              0,
              variable.size());
      case I32 ->
          MemorySegment.copy(
              segment, ValueLayout.JAVA_INT, variable.offset(), value.ints(), 0, variable.size());
    }
    return value;
  }

  /**
   * Gives the variable a new value.
   *
   * @throws DataException if type or shape differ from the variable's
   */
  public void set(String name, HostTensor value) {
    set(segment, spec(name), value);
  }

  private static void set(MemorySegment segment, VariableSpec variable, HostTensor value) {
    if (value.dtype() != variable.dtype() || !variable.shape().equals(boxed(value.shape()))) {
      throw new DataException(
          variable.name() + " is " + variable.type() + ", the value is " + value);
    }
    switch (value.dtype()) {
      case F32 ->
          MemorySegment.copy(
              value.floats(),
              0,
              segment,
              ValueLayout.JAVA_FLOAT,
              variable.offset(),
              variable.size());
      case I32 ->
          MemorySegment.copy(
              value.ints(), 0, segment, ValueLayout.JAVA_INT, variable.offset(), variable.size());
    }
  }

  /** The only element of a variable, such as {@code optimizer/learning_rate}. */
  public double scalar(String name) {
    VariableSpec variable = requireScalar(name);
    return switch (variable.dtype()) {
      case F32 -> segment.get(ValueLayout.JAVA_FLOAT, variable.offset());
      case I32 -> segment.get(ValueLayout.JAVA_INT, variable.offset());
    };
  }

  /** Sets the only element of a variable; rounds to the variable's type. */
  public void setScalar(String name, double value) {
    fill(requireScalar(name), value);
  }

  /** Gives every metric variable its initial value again, as at the start of an epoch. */
  public void resetMetrics() {
    for (VariableSpec variable : spec.variables()) {
      if (variable.role() == Role.METRIC) {
        fill(variable, variable.initial().value());
      }
    }
  }

  /** Gives these variables their initial value again, one number each. */
  void reset(List<String> names) {
    for (String name : names) {
      VariableSpec variable = spec(name);
      fill(variable, variable.initial().value());
    }
  }

  /** A copy of every bit of every variable. */
  public Snapshot snapshot() {
    MemorySegment copy = Arena.ofAuto().allocate(segment.byteSize(), ALIGNMENT);
    return new Snapshot(spec, copy.copyFrom(segment));
  }

  /**
   * Brings back every bit of a snapshot of this model.
   *
   * @throws IllegalArgumentException if the snapshot is of another model
   */
  public void restore(Snapshot snapshot) {
    requireSameModel(snapshot);
    segment.copyFrom(snapshot.bits);
  }

  /** Brings back parameters and layer state only, as Keras's {@code set_weights} does. */
  public void restoreWeights(Snapshot snapshot) {
    requireSameModel(snapshot);
    for (VariableSpec variable : spec.variables()) {
      if (variable.isWeight()) {
        MemorySegment.copy(
            snapshot.bits, variable.offset(), segment, variable.offset(), variable.bytes());
      }
    }
  }

  /** Parameters and layer state of a snapshot, by name. */
  Map<String, HostTensor> weights(Snapshot snapshot) {
    requireSameModel(snapshot);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    for (VariableSpec variable : spec.variables()) {
      if (variable.isWeight()) {
        weights.put(variable.name(), get(snapshot.bits, variable));
      }
    }
    return weights;
  }

  /**
   * A snapshot with these parameters and layer state.
   *
   * @param weights gives a value by name; null when there is none
   * @return null unless there is a value for each
   */
  @Nullable Snapshot snapshotOf(Function<String, @Nullable HostTensor> weights) {
    Snapshot snapshot = snapshot();
    for (VariableSpec variable : spec.variables()) {
      if (variable.isWeight()) {
        HostTensor value = weights.apply(variable.name());
        if (value == null) {
          return null;
        }
        set(snapshot.bits, variable, value);
      }
    }
    return snapshot;
  }

  /** Frees the memory; the variables are gone. */
  @Override
  public void close() {
    arena.close();
  }

  /** Writes all initial values but those the initialize step computes; takes the draws in order. */
  void initialize(PythonRandom draws) {
    segment.fill((byte) 0);
    int[] drawn = new int[spec.drawCount()];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = draws.nextSeed();
    }
    for (VariableSpec variable : spec.variables()) {
      switch (variable.initial().kind()) {
        case FILL -> fill(variable, variable.initial().value());
        case DRAWN ->
            segment.set(
                ValueLayout.JAVA_INT, variable.offset(), drawn[(int) variable.initial().value()]);
        case SEEDED ->
            segment.set(
                ValueLayout.JAVA_INT, variable.offset(), (int) (long) variable.initial().value());
        case COMPUTED -> {}
      }
    }
  }

  private void fill(VariableSpec variable, double value) {
    for (int i = 0; i < variable.size(); i++) {
      long offset = variable.offset() + (long) i * DType.BYTES;
      switch (variable.dtype()) {
        case F32 -> segment.set(ValueLayout.JAVA_FLOAT, offset, (float) value);
        case I32 -> segment.set(ValueLayout.JAVA_INT, offset, (int) value);
      }
    }
  }

  private VariableSpec requireScalar(String name) {
    VariableSpec variable = spec(name);
    if (variable.size() != 1) {
      throw new DataException(name + " is " + variable.type() + ", not one number");
    }
    return variable;
  }

  private void requireSameModel(Snapshot snapshot) {
    if (!snapshot.spec.equals(spec)) {
      throw new IllegalArgumentException(
          "a snapshot of " + snapshot.spec.name() + " does not fit " + spec.name());
    }
  }

  static List<Integer> boxed(int[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  /** All bits of the variables at one moment; the garbage collector frees it. */
  public static final class Snapshot {
    private final ModelSpec spec;
    private final MemorySegment bits;

    private Snapshot(ModelSpec spec, MemorySegment bits) {
      this.spec = spec;
      this.bits = bits;
    }
  }
}
