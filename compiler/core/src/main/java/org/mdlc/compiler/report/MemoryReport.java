package org.mdlc.compiler.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.ir.Role;

/**
 * The memory of a program.
 *
 * @param arenas in order; that of rows may begin within the fixed one
 * @param buffers within the arenas
 * @param alive bytes that are needed at each step number, from number 1 on
 * @param inputBytes filled by the caller
 * @param resultBytes read by the caller
 * @param variableBytes of the model's variables that the program uses, by role
 */
public record MemoryReport(
    List<Arena> arenas,
    List<BufferReport> buffers,
    List<Long> alive,
    long inputBytes,
    long resultBytes,
    Map<Role, Long> variableBytes) {
  /**
   * @param offset of its first byte
   */
  public record Arena(String name, long offset, long bytes) {}

  public MemoryReport {
    arenas = List.copyOf(arenas);
    buffers = List.copyOf(buffers);
    alive = List.copyOf(alive);
    variableBytes = Map.copyOf(variableBytes);
  }

  /** All arenas together: up to the end of the last. */
  public long peakBytes() {
    return arenas.stream().mapToLong(a -> a.offset() + a.bytes()).max().orElse(0);
  }

  /** The most that is needed at one time: no plan for these steps can do with less. */
  public long boundBytes() {
    return alive.stream().mapToLong(a -> a).max().orElse(0);
  }

  /** The first step number at which the most is needed, from 1; 0 when there are no steps. */
  public int fullestStep() {
    return alive.indexOf(boundBytes()) + 1;
  }

  public long allVariableBytes() {
    return variableBytes.values().stream().mapToLong(b -> b).sum();
  }

  /** The buffers from the lowest to the highest; those at one place in the order of time. */
  public List<BufferReport> buffersByOffset() {
    return buffers.stream()
        .sorted(
            Comparator.comparingLong(BufferReport::offset).thenComparingInt(BufferReport::first))
        .toList();
  }
}
