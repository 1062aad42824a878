package org.mdlc.compiler.plan;

import java.util.Locale;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * A contiguous piece of memory, row-major, four bytes an element.
 *
 * @param id position in {@link Program#buffers()}
 * @param name a word from the model, unique within the program
 * @param elements how many, as a function of the batch size
 */
public record Buffer(int id, String name, DType type, Dim elements, Storage storage) {
  /** True for memory within the step whose place is not chosen yet. */
  boolean isOpen() {
    return storage instanceof Planned planned && planned.isOpen();
  }

  /** Where a buffer lives. */
  public sealed interface Storage {}

  /** A variable of the model, kept between steps. */
  public record Variable(String path) implements Storage {}

  /** Filled by the caller before the step. */
  public record Input(String name) implements Storage {}

  /** Read by the caller after the step. */
  public record Result(String name) implements Storage {}

  /**
   * Within the step's own memory, at {@code offset * scale} bytes, the scale being that of the
   * arena.
   */
  public record Planned(Arena arena, long offset) implements Storage {
    private static final long OPEN = -1;

    /** A place not chosen yet: only while a program is made. */
    static Planned open(Dim elements) {
      return new Planned(Arena.of(elements), OPEN);
    }

    /** Within a loop whose rounds are shared by threads: each has its own. */
    static Planned openForThread() {
      return new Planned(Arena.THREAD, OPEN);
    }

    boolean isOpen() {
      return offset == OPEN;
    }

    @Override
    public String toString() {
      return arena.text() + (isOpen() ? "" : "+" + offset);
    }
  }

  /**
   * The memories of a step. One plan made at compile time is right for every batch size: an offset
   * counts bytes per padded batch row, the padded batch being the batch size rounded up to a
   * multiple of 16, so that every buffer starts at a multiple of 64 bytes.
   */
  public enum Arena {
    /** Size does not depend on the batch: the scale is 1. */
    FIXED(0),
    /** Size grows with the batch: the scale is the padded batch. */
    ROW(1),
    /** One row per pair of samples: the scale is the square of the padded batch. */
    SQUARE(2),
    /**
     * What lives within one round of a loop whose rounds are shared by threads: each thread has all
     * of it to itself, the scale is 1.
     */
    THREAD(0);

    /** Rows of the padded batch are a multiple of this. */
    public static final int ROW_MULTIPLE = 16;

    /** Every buffer starts at a multiple of this many bytes. */
    public static final int ALIGNMENT = 64;

    private final int degree;

    Arena(int degree) {
      this.degree = degree;
    }

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The factor of offsets and sizes for a batch size. */
    public long scale(long batch) {
      long padded = paddedBatch(batch);
      return switch (degree) {
        case 0 -> 1;
        case 1 -> padded;
        default -> padded * padded;
      };
    }

    public static long paddedBatch(long batch) {
      return (batch + ROW_MULTIPLE - 1) / ROW_MULTIPLE * ROW_MULTIPLE;
    }

    /** The arena that holds this many elements. */
    public static Arena of(Dim elements) {
      int degree = DimBound.degree(elements);
      return switch (degree) {
        case 0 -> FIXED;
        case 1 -> ROW;
        case 2 -> SQUARE;
        default ->
            throw new IllegalArgumentException(
                "size " + elements + " grows with the batch to the power of " + degree);
      };
    }

    /**
     * Bytes to reserve, in units of the scale: whole, and never too few for a batch of one or more.
     */
    public long size(Dim elements, int bytesPerElement) {
      long bytes = DimBound.coefficientSum(elements) * bytesPerElement;
      return degree == 0 ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : bytes;
    }
  }
}
