package org.mdlc.compiler.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.plan.Buffer;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.plan.Lifetime;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.type.DType;

/** Works out where the buffers of a program lie at a batch size, and how many are needed when. */
final class MakeMemoryReport {
  private final Program program;
  private final Map<String, Role> roles;
  private final List<StepReport> steps;
  private final int batch;
  private final Map<Arena, Long> starts = new EnumMap<>(Arena.class);
  private long inputBytes;
  private long resultBytes;
  private final Map<Role, Long> variableBytes = new EnumMap<>(Role.class);

  MakeMemoryReport(Program program, Map<String, Role> roles, List<StepReport> steps, int batch) {
    this.program = program;
    this.roles = roles;
    this.steps = steps;
    this.batch = batch;
  }

  MemoryReport make() {
    var arenas = arenas();
    var lifetimes = Lifetime.of(program.steps());
    var buffers = new ArrayList<BufferReport>();
    for (var buffer : program.buffers()) {
      switch (buffer.storage()) {
        case Buffer.Input _ -> inputBytes += reserved(buffer);
        case Buffer.Result _ -> resultBytes += reserved(buffer);
        case Buffer.Variable v ->
            variableBytes.merge(
                Known.in(roles, v.path()), buffer.elements().at(batch) * DType.BYTES, Long::sum);
        case Buffer.Planned p -> buffers.add(report(buffer, p, Known.in(lifetimes, buffer.id())));
      }
    }
    return new MemoryReport(
        arenas, buffers, alive(buffers), inputBytes, resultBytes, variableBytes);
  }

  private List<MemoryReport.Arena> arenas() {
    var arenas = new ArrayList<MemoryReport.Arena>();
    for (var arena : Arena.values()) {
      long bytes = program.arenaBytes(arena, batch);
      long start = program.arenaStart(arena, batch);
      starts.put(arena, start);
      if (bytes > 0) {
        arenas.add(new MemoryReport.Arena(arena.text(), start, bytes));
      }
    }
    return arenas;
  }

  private long reserved(Buffer buffer) {
    var arena = Arena.of(buffer.elements());
    return arena.size(buffer.elements(), DType.BYTES) * arena.scale(batch);
  }

  private BufferReport report(Buffer buffer, Buffer.Planned place, Lifetime life) {
    return new BufferReport(
        buffer.name(),
        buffer.type().text() + "[" + buffer.elements() + "]",
        place.arena().text(),
        Known.in(starts, place.arena()) + place.offset() * place.arena().scale(batch),
        reserved(buffer),
        life.first() + 1,
        life.last() + 1,
        maker(buffer.name()));
  }

  private int maker(String buffer) {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).writes().contains(buffer)) {
        return i;
      }
    }
    throw new CompilerBug("report", "nothing writes buffer " + buffer);
  }

  /** A result in the place of an operand is one piece of memory with it at the step of both. */
  private List<Long> alive(List<BufferReport> buffers) {
    var alive = new ArrayList<Long>();
    for (int number = 1; number <= Lifetime.count(program.steps()); number++) {
      long bytes = 0;
      var counted = new HashSet<Long>();
      for (var buffer : buffers) {
        boolean needed = buffer.first() <= number && number <= buffer.last();
        if (needed && buffer.bytes() > 0 && counted.add(buffer.offset())) {
          bytes += buffer.bytes();
        }
      }
      alive.add(bytes);
    }
    return alive;
  }
}
