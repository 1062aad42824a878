package org.mdlc.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.kernel.Memory;
import org.mdlc.runtime.kernel.Team;

/**
 * One phase of a model for one batch size: a straight-line program over one planned block of
 * memory. A generated class extends this, builds everything it needs (library calls included) in
 * its constructor, and allocates nothing in {@link #run}.
 *
 * <p>The block has a fixed part, whose size does not depend on the batch, and a row part, in which
 * a buffer planned at row offset {@code o} lies {@code o * paddedBatch} bytes after the start. So
 * one plan serves every batch size.
 *
 * <p>A step is used by one thread at a time, and has large pieces of its work done by the {@link
 * Team} of the process.
 */
public abstract class Step implements AutoCloseable, Team.Work {
  /** Batches are padded to a multiple of this, so that every row buffer is aligned to 64 bytes. */
  public static final int BATCH_PADDING = 16;

  /** The {@link #inputOffset} of an input that a phase does nothing with. */
  public static final long NOT_READ = -1;

  /** Number of rows of the batches this step takes. */
  protected final int batch;

  /** {@link #batch} rounded up to a multiple of {@link #BATCH_PADDING}. */
  protected final int paddedBatch;

  /** The memory of the model's variables, shared by all of its steps. */
  protected final MemorySegment variables;

  /** The memory of this step alone: inputs, targets, intermediate values, outputs, metrics. */
  protected final MemorySegment memory;

  /** Byte offset in {@link #memory} at which the row part starts; the fixed part starts at 0. */
  protected final long rowBase;

  /**
   * Whether {@link #run} was never done: large kernels then run as plain loops, which are quicker as
   * long as HotSpot has not compiled the ones with vectors, and give the same bits.
   */
  protected boolean isFirstRun = true;

  private final long squareBase;

  private final Arena arena;

  /**
   * Allocates the memory of the step, all zero.
   *
   * @param variables the variables of the model
   * @param batch number of rows of a batch, at least 1
   * @param fixedBytes size of the fixed part
   * @param rowBytes size of the row part for one row
   * @param squareBytes size for one pair of rows of the part that grows with the square of the
   *     batch
   */
  protected Step(Variables variables, int batch, long fixedBytes, long rowBytes, long squareBytes) {
    if (batch < 1) {
      throw new IllegalArgumentException("a batch has at least one row, not " + batch);
    }
    this.batch = batch;
    this.paddedBatch = padded(batch);
    this.variables = variables.segment();
    this.rowBase = Variables.aligned(fixedBytes);
    this.squareBase = Math.addExact(rowBase, Math.multiplyExact(rowBytes, paddedBatch));
    this.arena = Arena.ofShared();
    long pairs = Math.multiplyExact((long) paddedBatch, paddedBatch);
    long bytes = Math.addExact(squareBase, Math.multiplyExact(squareBytes, pairs));
    this.memory = arena.allocate(bytes + Memory.SLACK, Variables.ALIGNMENT).asSlice(0, bytes);
  }

  /** {@code batch} rounded up to a multiple of {@link #BATCH_PADDING}. */
  public static int padded(int batch) {
    return Math.ceilDiv(batch, BATCH_PADDING) * BATCH_PADDING;
  }

  /** Runs the program once on what the inputs and targets hold. */
  public abstract void run();

  /**
   * Does one part of a piece of work that {@link #run()} has cut into parts: what the {@link Team}
   * calls.
   *
   * @throws IndexOutOfBoundsException if this step has no such piece of work
   */
  @Override
  public void run(int id, int part) {
    throw new IndexOutOfBoundsException("this step has no piece of work " + id);
  }

  /**
   * Byte offset in the step's memory of input {@code index}: first the inputs, then the targets,
   * then the weights, in the order of the {@link ModelSpec}. Rows follow each other without gaps.
   * {@link #NOT_READ} for an input that this phase does nothing with.
   *
   * @throws IndexOutOfBoundsException if this phase has no such input
   */
  public long inputOffset(int index) {
    throw new IndexOutOfBoundsException("this step has no input " + index);
  }

  /**
   * Byte offset in the step's memory of output {@code index} of the {@link ModelSpec}.
   *
   * @throws IndexOutOfBoundsException if this phase has no such output
   */
  public long outputOffset(int index) {
    throw new IndexOutOfBoundsException("this step has no output " + index);
  }

  /**
   * Byte offset in the step's memory of one float: the value after {@link #run} of metric {@code
   * index} of the {@link ModelSpec}, over all rows since the metrics were reset.
   *
   * @throws IndexOutOfBoundsException if this phase has no such metric
   */
  public long metricOffset(int index) {
    throw new IndexOutOfBoundsException("this step has no metric " + index);
  }

  /** Number of rows of the batches this step takes. */
  public final int batch() {
    return batch;
  }

  /** Size of the step's memory in bytes. */
  public final long memoryBytes() {
    return memory.byteSize();
  }

  /** The value of metric {@code index} after {@link #run}. */
  public final float metric(int index) {
    return memory.get(ValueLayout.JAVA_FLOAT, metricOffset(index));
  }

  /**
   * Fills input {@code index} with the rows {@code first} to {@code first + batch - 1}.
   *
   * @param source [rows, ...] with the element type and row shape of the input
   */
  public final void setInput(int index, HostTensor source, int first) {
    int width = source.rowSize();
    long offset = inputOffset(index);
    if (offset != NOT_READ) {
      copyIn(source, first * width, offset, batch * width);
    }
  }

  /**
   * Fills input {@code index} with the rows {@code order[first]} to {@code order[first + batch -
   * 1]}.
   *
   * @param source [rows, ...] with the element type and row shape of the input
   */
  public final void setInput(int index, HostTensor source, int[] order, int first) {
    int width = source.rowSize();
    long offset = inputOffset(index);
    if (offset == NOT_READ) {
      return;
    }
    for (int i = 0; i < batch; i++) {
      copyIn(source, order[first + i] * width, offset, width);
      offset += (long) width * DType.BYTES;
    }
  }

  /**
   * Fills input {@code index}, whose rows have {@code width} elements, with one value per row.
   *
   * @param source [rows], floats
   * @param order the rows of the batch are {@code order[first]} and following; null for {@code
   *     first} and following
   */
  final void stretchInput(
      int index, HostTensor source, int width, int @Nullable [] order, int first) {
    long offset = inputOffset(index);
    if (offset == NOT_READ) {
      return;
    }
    for (int i = 0; i < batch; i++) {
      float value = source.floats()[order == null ? first + i : order[first + i]];
      for (int j = 0; j < width; j++) {
        memory.set(ValueLayout.JAVA_FLOAT, offset, value);
        offset += DType.BYTES;
      }
    }
  }

  /**
   * Fills input {@code index} with the first rows of a segment of rows that has enough of them.
   *
   * @param source elements of the type and row shape of the input
   * @param width elements of a row
   */
  final void setInput(int index, MemorySegment source, int width) {
    long bytes = (long) batch * width * DType.BYTES;
    long offset = inputOffset(index);
    if (offset != NOT_READ) {
      MemorySegment.copy(source, 0, memory, offset, bytes);
    }
  }

  /**
   * Copies output {@code index} to the rows {@code first} to {@code first + batch - 1}.
   *
   * @param target [rows, ...] with the element type and row shape of the output
   */
  public final void getOutput(int index, HostTensor target, int first) {
    int width = target.rowSize();
    long offset = outputOffset(index);
    switch (target.dtype()) {
      case F32 ->
          MemorySegment.copy(
              memory,
              ValueLayout.JAVA_FLOAT,
              offset,
              target.floats(),
              first * width,
              batch * width);
      case I32 ->
          MemorySegment.copy(
              memory, ValueLayout.JAVA_INT, offset, target.ints(), first * width, batch * width);
    }
  }

  /** Frees the step's memory. A class that holds library objects frees them first. */
  @Override
  public void close() {
    arena.close();
  }

  /** Byte offset of a buffer of the row part, planned at {@code rowOffset} bytes per row. */
  protected final long row(long rowOffset) {
    return rowBase + rowOffset * paddedBatch;
  }

  /** Byte offset of a buffer planned at {@code squareOffset} bytes per pair of rows. */
  protected final long square(long squareOffset) {
    return squareBase + squareOffset * paddedBatch * paddedBatch;
  }

  /**
   * Memory that lives as long as the step, for what is known only when library operations are
   * built.
   *
   * @return its address, a multiple of 64
   */
  protected final long allocate(long bytes) {
    return arena.allocate(Math.max(bytes, Variables.ALIGNMENT), Variables.ALIGNMENT).address();
  }

  private void copyIn(HostTensor source, int from, long offset, int count) {
    switch (source.dtype()) {
      case F32 ->
          MemorySegment.copy(source.floats(), from, memory, ValueLayout.JAVA_FLOAT, offset, count);
      case I32 ->
          MemorySegment.copy(source.ints(), from, memory, ValueLayout.JAVA_INT, offset, count);
    }
  }
}
