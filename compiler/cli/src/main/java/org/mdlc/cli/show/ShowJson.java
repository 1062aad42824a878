package org.mdlc.cli.show;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.report.BufferReport;
import org.mdlc.compiler.report.LayerReport;
import org.mdlc.compiler.report.Machine;
import org.mdlc.compiler.report.MemoryReport;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.compiler.report.StepReport;
import org.mdlc.compiler.report.Work;

/** Programs for machines; docs/show.md tells the form. */
public final class ShowJson {
  private final Optional<Machine> machine;
  private final Optional<Timing> timing;

  private ShowJson(ShownProgram shown) {
    this.machine = shown.machine();
    this.timing = shown.timing();
  }

  /**
   * @param programs of one model and for one machine; one or more
   */
  public static JsonObject of(List<ShownProgram> programs) {
    var json = new JsonObject();
    programs
        .getFirst()
        .machine()
        .ifPresent(
            m -> {
              json.addProperty("peakGigaflops", m.gigaflops());
              json.addProperty("peakGigabytesPerSecond", m.gigabytesPerSecond());
            });
    json.add("programs", list(programs, shown -> new ShowJson(shown).program(shown.report())));
    return json;
  }

  private JsonObject program(ProgramReport report) {
    var json = new JsonObject();
    json.addProperty("model", report.model());
    json.addProperty("program", report.program());
    json.addProperty("batch", report.batch());
    addWork(json, report.total());
    machine.ifPresent(m -> json.addProperty("floorNanos", report.floorNanos(m)));
    timing.ifPresent(
        t -> {
          json.addProperty("data", t.data());
          json.addProperty("measuredRuns", t.profile().runs());
          json.addProperty("nanos", t.profile().stepNanos());
          json.addProperty("fillNanos", t.profile().fillNanos());
          json.addProperty("reorders", t.reorders());
        });
    json.add("layers", list(report.layers(), ShowJson::layer));
    json.add("steps", list(report.steps(), this::step));
    json.add("memory", memory(report.memory()));
    return json;
  }

  private static JsonObject layer(LayerReport layer) {
    var json = new JsonObject();
    json.addProperty("name", layer.name());
    json.addProperty("kind", layer.kind());
    json.add("reads", list(layer.reads(), JsonPrimitive::new));
    return json;
  }

  private JsonObject step(StepReport step) {
    var json = new JsonObject();
    json.addProperty("number", step.number());
    json.addProperty("depth", step.depth());
    json.addProperty("name", step.name());
    json.addProperty("kind", step.kind().text());
    json.addProperty("purpose", step.purpose().text());
    json.addProperty("action", step.action());
    json.add("serves", list(step.serves(), ShowJson::served));
    json.add("lines", list(step.lines(), ShowJson::line));
    json.add("reads", list(step.reads(), JsonPrimitive::new));
    json.add("writes", list(step.writes(), JsonPrimitive::new));
    json.addProperty("runs", step.runs());
    addWork(json, step.work());
    machine.ifPresent(m -> json.addProperty("floorNanos", m.floorNanos(step.work())));
    timing.ifPresent(
        t -> {
          json.addProperty("nanos", t.nanos(step));
          t.part(step)
              .implementation()
              .ifPresent(
                  name -> {
                    json.addProperty("implementation", name);
                    json.addProperty("reorders", t.part(step).reorders());
                  });
        });
    return json;
  }

  private static void addWork(JsonObject json, Work work) {
    json.addProperty("flops", work.flops());
    json.addProperty("bytesRead", work.bytesRead());
    json.addProperty("bytesWritten", work.bytesWritten());
  }

  private static JsonObject served(StepReport.Served served) {
    var json = new JsonObject();
    json.addProperty("layer", served.layer());
    json.add("operations", list(served.operations(), JsonPrimitive::new));
    return json;
  }

  private static JsonObject line(StepReport.Line line) {
    var json = new JsonObject();
    json.addProperty("place", line.place());
    json.addProperty("text", line.text());
    return json;
  }

  private static JsonObject memory(MemoryReport memory) {
    var json = new JsonObject();
    json.addProperty("peakBytes", memory.peakBytes());
    json.addProperty("boundBytes", memory.boundBytes());
    json.addProperty("fullestStep", memory.fullestStep());
    json.addProperty("inputBytes", memory.inputBytes());
    json.addProperty("resultBytes", memory.resultBytes());
    var variables = new JsonObject();
    for (var role : Role.values()) {
      if (memory.variableBytes().containsKey(role)) {
        variables.addProperty(role.text(), memory.variableBytes().get(role));
      }
    }
    json.add("variableBytes", variables);
    json.add("arenas", list(memory.arenas(), ShowJson::arena));
    json.add("buffers", list(memory.buffers(), ShowJson::buffer));
    return json;
  }

  private static JsonObject arena(MemoryReport.Arena arena) {
    var json = new JsonObject();
    json.addProperty("name", arena.name());
    json.addProperty("offset", arena.offset());
    json.addProperty("bytes", arena.bytes());
    return json;
  }

  private static JsonObject buffer(BufferReport buffer) {
    var json = new JsonObject();
    json.addProperty("name", buffer.name());
    json.addProperty("type", buffer.type());
    json.addProperty("arena", buffer.arena());
    json.addProperty("offset", buffer.offset());
    json.addProperty("bytes", buffer.bytes());
    json.addProperty("first", buffer.first());
    json.addProperty("last", buffer.last());
    return json;
  }

  private static <T> JsonArray list(List<T> elements, Function<T, JsonElement> json) {
    var list = new JsonArray();
    elements.forEach(element -> list.add(json.apply(element)));
    return list;
  }
}
