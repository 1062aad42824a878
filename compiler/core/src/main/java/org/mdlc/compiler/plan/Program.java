package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.type.DType;

/**
 * A step made ready to print: an ordered list of library calls, kernels and copies over buffers at
 * planned places.
 *
 * <p>Variables are updated in place; a variable's buffer holds its old value until the step that
 * writes it.
 *
 * @param arenaSizes bytes of each arena in units of its scale; an absent arena is empty
 * @param meetings how far the fixed and the row arena must be apart
 */
public record Program(
    String name,
    List<Buffer> buffers,
    List<Step> steps,
    Map<Arena, Long> arenaSizes,
    List<Meeting> meetings,
    MemoryReport memory) {
  /**
   * A block of the fixed arena and one of the row arena are alive together, so the row arena begins
   * at least {@code fixedEnd - rowOffset * scale} bytes behind the fixed one.
   *
   * @param fixedEnd where the one ends, in bytes
   * @param rowOffset where the other begins, in bytes per row of the padded batch
   */
  public record Meeting(long fixedEnd, long rowOffset) {
    /** Whether this keeps the arenas as far apart at every batch size, and is not the same. */
    boolean covers(Meeting other) {
      return !equals(other) && fixedEnd >= other.fixedEnd && rowOffset <= other.rowOffset;
    }

    long distance(long batch) {
      return fixedEnd - rowOffset * Arena.ROW.scale(batch);
    }
  }

  /**
   * What the plan needs.
   *
   * @param batch the batch size that the figures are for
   * @param peakBytes all arenas together
   * @param boundBytes the most that is alive at one time: no plan can do with less
   * @param variableBytes weights, states and optimizer memory touched by this step
   */
  public record MemoryReport(long batch, long peakBytes, long boundBytes, long variableBytes) {
    public static final MemoryReport NONE = new MemoryReport(0, 0, 0, 0);
  }

  public Program {
    buffers = List.copyOf(buffers);
    steps = List.copyOf(steps);
    arenaSizes = Map.copyOf(arenaSizes);
    meetings = List.copyOf(meetings);
    for (int i = 0; i < buffers.size(); i++) {
      if (buffers.get(i).id() != i) {
        throw new IllegalStateException(
            name + ": buffer " + buffers.get(i).id() + " stands at " + i);
      }
    }
    verify(name, buffers, steps);
  }

  public Buffer buffer(Operand operand) {
    return buffers.get(operand.buffer());
  }

  Program withReport(MemoryReport report) {
    return new Program(name, buffers, steps, arenaSizes, meetings, report);
  }

  /**
   * Where an arena begins behind the fixed one, at a batch size. The row arena may begin within the
   * fixed one, where their buffers are not alive together.
   */
  public long arenaStart(Arena arena, long batch) {
    return switch (arena) {
      case FIXED -> 0;
      case ROW -> meetings.stream().mapToLong(m -> m.distance(batch)).reduce(0, Math::max);
      case SQUARE -> arenaStart(Arena.ROW, batch) + arenaBytes(Arena.ROW, batch);
    };
  }

  /** Bytes of all arenas together at a batch size. */
  public long peakBytes(long batch) {
    return arenaStart(Arena.SQUARE, batch) + arenaBytes(Arena.SQUARE, batch);
  }

  /** Bytes of an arena at a batch size. */
  public long arenaBytes(Arena arena, long batch) {
    return arenaSizes.getOrDefault(arena, 0L) * arena.scale(batch);
  }

  /**
   * Bytes of the memory of a step that runs this, at a batch size: the arenas, and what its caller
   * fills and reads, each arena from a multiple of {@link Arena#ALIGNMENT} on.
   */
  public long stepBytes(long batch) {
    long bytes = peakBytes(batch);
    for (var buffer : buffers) {
      if (isOutside(buffer)) {
        var arena = Arena.of(buffer.elements());
        bytes += arena.size(buffer.elements(), DType.BYTES) * arena.scale(batch);
      }
    }
    return bytes;
  }

  private static boolean isOutside(Buffer buffer) {
    return buffer.storage() instanceof Buffer.Input || buffer.storage() instanceof Buffer.Result;
  }

  /** The buffer of a variable, if this step touches it. */
  public Optional<Buffer> variable(String path) {
    return buffers.stream()
        .filter(b -> b.storage() instanceof Buffer.Variable v && v.path().equals(path))
        .findFirst();
  }

  /** All steps, those within loops after their loop. */
  public List<Step> flattened() {
    var all = new ArrayList<Step>();
    flatten(steps, all);
    return List.copyOf(all);
  }

  private static void flatten(List<Step> steps, List<Step> into) {
    for (var step : steps) {
      into.add(step);
      if (step instanceof Step.Loop loop) {
        flatten(loop.body(), into);
      }
    }
  }

  private static void verify(String name, List<Buffer> buffers, List<Step> steps) {
    var names = new HashSet<String>();
    for (var buffer : buffers) {
      if (!names.add(buffer.name())) {
        throw new IllegalStateException(name + ": two buffers are called " + buffer.name());
      }
    }
    var stepNames = new HashSet<String>();
    verifySteps(name, buffers, steps, stepNames, new HashSet<>());
  }

  private static void verifySteps(
      String name,
      List<Buffer> buffers,
      List<Step> steps,
      HashSet<String> names,
      HashSet<Integer> loops) {
    for (var step : steps) {
      if (!names.add(step.name())) {
        throw new IllegalStateException(name + ": two steps are called " + step.name());
      }
      for (var operand : Operands.of(step)) {
        if (operand.buffer() < 0 || operand.buffer() >= buffers.size()) {
          throw new IllegalStateException(
              name + ": " + step.name() + " uses " + operand + ", which is no buffer");
        }
        for (var advance : operand.advances()) {
          if (!loops.contains(advance.loop())) {
            throw new IllegalStateException(
                name
                    + ": "
                    + step.name()
                    + " advances by t"
                    + advance.loop()
                    + " outside of that loop");
          }
        }
      }
      if (step instanceof Step.KernelCall call) {
        for (int i = 0; i < call.arguments().size(); i++) {
          var type = buffers.get(call.arguments().get(i).buffer()).type();
          if (type != call.kernel().params().get(i).type()) {
            throw new IllegalStateException(
                name + ": " + step.name() + " argument " + i + " is " + type.text());
          }
        }
      }
      if (step instanceof Step.Loop loop) {
        loops.add(loop.id());
        verifySteps(name, buffers, loop.body(), names, loops);
        loops.remove(loop.id());
      }
    }
  }
}
