package org.mdlc.runtime.kernel;

import java.util.List;

/**
 * One operation of oneDNN in parts that the {@link Team} runs side by side, each a primitive of its
 * own with its own scratch memory. Argument i of {@link #set} is the i-th of every primitive.
 */
final class DnnParts implements Team.Work, AutoCloseable {
  /** One part. */
  static final class Part {
    private final DnnPrimitive primitive;
    private final long[] offsets;

    /**
     * @param offsets bytes from the start of each argument of the operation to that of the part
     */
    Part(DnnPrimitive primitive, long[] offsets) {
      this.primitive = primitive;
      this.offsets = offsets;
    }
  }

  private static final int MANY_THREADS = 8;

  /** To start a part takes a hundredth of this. */
  private static final long LONG_NANOS = 100_000;

  private final Part[] parts;
  private final long scratchOfPart;

  DnnParts(List<Part> parts) {
    this.parts = parts.toArray(Part[]::new);
    long scratch = 0;
    for (Part part : parts) {
      scratch = Math.max(scratch, part.primitive.scratchBytes());
    }
    scratchOfPart = DnnPrimitive.aligned(scratch);
  }

  /**
   * How many parts are worth their while.
   *
   * @param nanos about how long one thread needs for all of them
   */
  static int count(double nanos) {
    return OmpThreads.areKnown() ? (int) Cut.partsFor(Team.get().size(), nanos) : 1;
  }

  /**
   * As {@link #count}, or several for each thread if they are long: one that is held up by other
   * work of the machine then leaves parts to the others.
   */
  static int countOfMany(double nanos) {
    int threads = Team.get().size();
    int many = (int) Math.min(Integer.getInteger("conv.many", 4) * threads, nanos / LONG_NANOS);
    return threads == 1 ? 1 : Math.max(count(nanos), many);
  }

  /**
   * How many parts pay, on whatever machine: for an operation whose result depends on their number.
   *
   * @param nanos about how long one thread needs for all of them
   */
  static int countForAnyMachine(double nanos) {
    return OmpThreads.areKnown() ? (int) Cut.partsFor(MANY_THREADS, nanos) : 1;
  }

  /**
   * Where part {@code part} begins of {@code size} elements that are cut in whole {@code unit}s.
   */
  static long start(long size, long unit, int parts, int part) {
    return Math.min(Math.ceilDiv(size, unit) * part / parts * unit, size);
  }

  /** Points argument {@code index} at native memory. */
  void set(int index, long target) {
    for (Part part : parts) {
      part.primitive.set(index, target + part.offsets[index]);
    }
  }

  /** Points argument {@code index} of one part at native memory. */
  void set(int part, int index, long target) {
    parts[part].primitive.set(index, target);
  }

  void setScratch(long target) {
    for (int i = 0; i < parts.length; i++) {
      parts[i].primitive.setScratch(target + i * scratchOfPart);
    }
  }

  void run() {
    if (parts.length == 1) {
      parts[0].primitive.run();
    } else {
      Team.get().run(this, 0, parts.length);
    }
  }

  @Override
  public void run(int id, int part) {
    parts[part].primitive.run();
  }

  int count() {
    return parts.length;
  }

  long scratchBytes() {
    return scratchOfPart * parts.length;
  }

  /** Which of oneDNN's implementations was chosen for the first part. */
  String implementation() {
    return parts[0].primitive.implementation();
  }

  @Override
  public void close() {
    for (Part part : parts) {
      part.primitive.close();
    }
  }
}
