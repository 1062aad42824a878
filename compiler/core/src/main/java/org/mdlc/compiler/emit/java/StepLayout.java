package org.mdlc.compiler.emit.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.plan.Buffer;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.plan.Operand;
import org.mdlc.compiler.plan.Program;

/**
 * Where each buffer of a program lies in the memory of its generated step class, and what it is
 * called there: behind the scratch memory of kernels the fixed arena, then that of rows, which may
 * begin within the planned part of the fixed one, then that of pairs of rows. Inputs and results,
 * which the caller owns between runs, come first in the fixed arena and last in the others.
 */
final class StepLayout {
  /**
   * A buffer's place: an arena's byte offset (times the arena's scale), or an offset among the
   * variables.
   */
  record Place(Buffer buffer, String constant, boolean variable, Arena arena, long offset) {}

  private final List<Place> places;
  private final Program program;
  private final Map<Arena, Long> sizes = new HashMap<>();
  private long fixedPorts;

  private StepLayout(Program program, List<Place> places) {
    this.program = program;
    this.places = places;
  }

  static StepLayout of(Program program, Map<String, Long> variableOffsets) {
    var layout = new StepLayout(program, new ArrayList<>());
    for (var arena : Arena.values()) {
      long planned = program.arenaSizes().getOrDefault(arena, 0L);
      layout.sizes.put(arena, arena == Arena.FIXED ? 0 : planned);
    }
    layout.fixedPorts =
        program.buffers().stream()
            .filter(b -> isPort(b) && Arena.of(b.elements()) == Arena.FIXED)
            .mapToLong(b -> Arena.FIXED.size(b.elements(), Float.BYTES))
            .sum();
    var taken = new HashSet<>(IMPORTED);
    for (var buffer : program.buffers()) {
      layout.places.add(layout.place(buffer, constantName(buffer.name(), taken), variableOffsets));
    }
    return layout;
  }

  private static boolean isPort(Buffer buffer) {
    return buffer.storage() instanceof Buffer.Input || buffer.storage() instanceof Buffer.Result;
  }

  /** Constants that generated classes import or inherit. */
  private static final Set<String> IMPORTED =
      Set.of("ORDER", "ALL", "FLOATS", "INTS", "BATCH_PADDING", "SPEC");

  private Place place(Buffer buffer, String constant, Map<String, Long> variableOffsets) {
    return switch (buffer.storage()) {
      case Buffer.Variable v -> {
        var offset = variableOffsets.get(v.path());
        if (offset == null) {
          throw new IllegalStateException("no variable " + v.path());
        }
        yield new Place(buffer, constant, true, Arena.FIXED, offset);
      }
      case Buffer.Planned p -> {
        long ports = p.arena() == Arena.FIXED ? fixedPorts : 0;
        yield new Place(buffer, constant, false, p.arena(), ports + p.offset());
      }
      case Buffer.Input _, Buffer.Result _ -> {
        var arena = Arena.of(buffer.elements());
        long offset = bytes(arena);
        sizes.put(arena, offset + arena.size(buffer.elements(), Float.BYTES));
        yield new Place(buffer, constant, false, arena, offset);
      }
    };
  }

  private static String constantName(String name, Set<String> taken) {
    String constant =
        name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
            .replaceAll("[^A-Za-z0-9]+", "_")
            .toUpperCase(Locale.ROOT);
    if (constant.isEmpty() || Character.isDigit(constant.charAt(0))) {
      constant = "B" + constant;
    }
    String unique = constant;
    for (int i = 2; !taken.add(unique); i++) {
      unique = constant + "_" + i;
    }
    return unique;
  }

  List<Place> places() {
    return places;
  }

  /** Bytes of an arena of the rows or of their pairs, in units of its scale. */
  long bytes(Arena arena) {
    return sizes.getOrDefault(arena, 0L);
  }

  /** How many bytes behind the scratch memory the rows begin, as a Java expression. */
  String bytesBeforeRows() {
    String most = fixedPorts + "L";
    for (var meeting : program.meetings()) {
      String end = fixedPorts + meeting.fixedEnd() + "L";
      most =
          meeting.rowOffset() == 0
              ? most.equals(fixedPorts + "L") ? end : "Math.max(" + most + ", " + end + ")"
              : "Math.max("
                  + most
                  + ", "
                  + end
                  + " - "
                  + meeting.rowOffset()
                  + "L * padded(batch))";
    }
    return most;
  }

  /** The address of a buffer as a Java expression over the fields of a step class. */
  String address(int buffer) {
    var place = places.get(buffer);
    if (place.variable()) {
      return "variableBase + " + place.constant();
    }
    return switch (place.arena()) {
      case FIXED -> "fixedBase + " + place.constant();
      case ROW -> "rowStart + " + place.constant() + " * paddedBatch";
      case SQUARE -> "squareStart + " + place.constant() + " * paddedBatch * paddedBatch";
    };
  }

  /** The address of an operand: offset and the advance of the loops around it included. */
  String address(Operand operand) {
    var text = new StringBuilder(address(operand.buffer()));
    if (!operand.offset().is(0)) {
      text.append(" + 4L * ").append(Numbers.factor(operand.offset(), "L"));
    }
    for (var advance : operand.advances()) {
      text.append(" + 4L * ")
          .append(Numbers.factor(advance.stride(), "L"))
          .append(" * t")
          .append(advance.loop());
    }
    return text.toString();
  }

  /**
   * Byte offset from the start of the step's memory, for callers that fill inputs and read results.
   */
  String memoryOffset(int buffer) {
    var place = places.get(buffer);
    return switch (place.arena()) {
      case FIXED -> "$lanes:T.SCRATCH_BYTES + " + place.constant();
      case ROW -> "row(" + place.constant() + ")";
      case SQUARE -> "square(" + place.constant() + ")";
    };
  }
}
