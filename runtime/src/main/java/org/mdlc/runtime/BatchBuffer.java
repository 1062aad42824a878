package org.mdlc.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.Element;

/**
 * A batch outside the heap, filled again and again; one thread at a time has it. Its memory goes
 * with the object.
 */
final class BatchBuffer {
  private final List<BatchLayout.Port> ports;
  private final MemorySegment[] segments; // by port
  private int capacity;
  private int rows;

  /**
   * @param usualRows for how many rows to make room at first
   */
  BatchBuffer(BatchLayout layout, int usualRows) {
    ports = layout.ports();
    segments = new MemorySegment[ports.size()];
    grow(usualRows);
  }

  /** Makes the rows of an element, each straight into its place. */
  void fill(Element element) {
    rows = 0;
    element.makeTo(this::append);
    if (rows == 0) {
      throw new DataException("it has no rows");
    }
  }

  /** Takes the rows of a batch that needed more than a copy. */
  void fill(Feed feed) {
    rows = 0;
    require(feed.rows());
    for (int i = 0; i < segments.length; i++) {
      ports.get(i).copy(feed.values(i), segments[i], 0);
    }
    rows = feed.rows();
  }

  int rows() {
    return rows;
  }

  /** Gives its inputs to a step of as many rows. */
  void giveTo(Step step) {
    for (int i = 0; i < segments.length; i++) {
      step.setInput(i, segments[i], ports.get(i).width());
    }
  }

  private void append(ArrayDataset piece) {
    int end = Math.addExact(rows, piece.rows());
    require(end);
    for (int i = 0; i < segments.length; i++) {
      ports.get(i).copy(piece, segments[i], rows);
    }
    rows = end;
  }

  private void require(int wanted) {
    if (wanted > capacity) {
      grow(Math.max(wanted, capacity * 2));
    }
  }

  private void grow(int newCapacity) {
    for (int i = 0; i < segments.length; i++) {
      int rowBytes = Math.multiplyExact(ports.get(i).width(), DType.BYTES);
      @Nullable MemorySegment old = segments[i];
      segments[i] =
          Arena.ofAuto()
              .allocate(Math.multiplyExact((long) newCapacity, rowBytes), Variables.ALIGNMENT);
      if (old != null) {
        MemorySegment.copy(old, 0, segments[i], 0, (long) rows * rowBytes);
      }
    }
    capacity = newCapacity;
  }
}
