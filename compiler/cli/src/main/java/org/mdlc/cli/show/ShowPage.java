package org.mdlc.cli.show;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.report.BufferReport;
import org.mdlc.compiler.report.Machine;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.compiler.report.Purpose;
import org.mdlc.compiler.report.StepKind;
import org.mdlc.compiler.report.StepReport;
import org.mdlc.compiler.report.Work;

/**
 * Programs as one page of HTML with pictures, which needs no other file, no network and no scripts:
 * hovering tells more, and links lead from the pictures to the table of steps.
 */
public final class ShowPage {
  private static final String STYLE = "show.css";

  private final ProgramReport report;
  private final Optional<Machine> machine;
  private final Optional<Timing> timing;
  private final Markup out;

  private ShowPage(ShownProgram shown, Markup out) {
    this.report = shown.report();
    this.machine = shown.machine();
    this.timing = shown.timing();
    this.out = out;
  }

  /**
   * @param programs of one model; one or more
   */
  public static String of(List<ShownProgram> programs) {
    var out = new Markup();
    out.raw("<!DOCTYPE html>\n");
    out.open("html", "lang", "en").open("head");
    out.leaf("meta", "charset", "utf-8");
    out.leaf("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    out.element("title", programs.getFirst().report().model() + ": the optimised program");
    out.open("style").raw(style()).close();
    out.close().open("body");
    for (int i = 0; i < programs.size(); i++) {
      new ShowPage(programs.get(i), out).program(i == 0 ? "step" : "step" + i + "-");
    }
    howCounted(out);
    out.close().close();
    return out.toString();
  }

  private static String style() {
    try (var in = ShowPage.class.getResourceAsStream(STYLE)) {
      return new String(Objects.requireNonNull(in, STYLE).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void program(String anchor) {
    out.open("header");
    out.open("h1").text(report.model()).element("span", report.program()).close();
    out.element("p", "a batch of " + report.batch() + ", after optimization", "class", "quiet");
    out.close();
    figures();
    section("Work and memory, step by step");
    legend();
    out.open("div", "class", "scroll");
    Timeline.draw(new ShownProgram(report, machine, timing), anchor, out);
    out.close().close();
    section("What is computed together");
    out.element(
        "p",
        "Each box is one step; a dashed one is a call of a library. What it does for a layer"
            + " stands in the layer’s row: a box over several rows is one kernel that was fused of"
            + " several layers.",
        "class",
        "quiet");
    out.open("div", "class", "scroll");
    FusionChart.draw(report, anchor, out);
    out.close().close();
    section("Steps");
    steps(anchor);
    out.close();
    timing.filter(t -> !t.byImplementation().isEmpty()).ifPresent(this::libraryCalls);
    section("Memory");
    memory();
    out.close();
  }

  private void section(String title) {
    out.open("section").element("h2", title);
  }

  // Figures

  private void figures() {
    var total = report.total();
    var memory = report.memory();
    out.open("div", "class", "figures");
    figure("steps", Integer.toString(report.steps().size()), Words.counts(report));
    figure("FLOPs", Quantity.count(total.flops()), shares());
    figure("moved", Quantity.bytes(total.bytes()), Words.moved(total));
    figure("FLOP/B", Quantity.ratio(total.intensity()), "over all steps");
    figure(
        "step memory",
        Quantity.bytes(memory.peakBytes()),
        "no plan has less than " + Quantity.bytes(memory.boundBytes()));
    machine.ifPresent(
        m ->
            figure(
                "at least",
                Quantity.time(report.floorNanos(m)),
                "at "
                    + Quantity.ratio(m.gigaflops())
                    + " GFLOP/s and "
                    + Quantity.ratio(m.gigabytesPerSecond())
                    + " GB/s"));
    timing.ifPresent(
        t ->
            figure(
                "a step",
                Quantity.time(t.profile().stepNanos()),
                "measured with "
                    + t.data()
                    + ", median of "
                    + t.profile().runs()
                    + " runs"
                    + machine
                        .map(m -> t.profile().stepNanos() / report.floorNanos(m))
                        .map(times -> ": " + Quantity.ratio(times) + " times the least")
                        .orElse("")));
    out.close();
  }

  private void figure(String name, String value, String remark) {
    out.open("div");
    out.element("b", value).element("span", name).element("small", remark);
    out.close();
  }

  private String shares() {
    var shares = new ArrayList<String>();
    long all = Math.max(1, report.total().flops());
    for (var purpose : Purpose.values()) {
      long flops = report.total(purpose).flops();
      if (flops > 0 && flops < all) {
        shares.add(purpose.text() + " " + Math.round(100.0 * flops / all) + "%");
      }
    }
    return String.join(", ", shares);
  }

  private void legend() {
    out.open("p", "class", "legend");
    var present =
        report.steps().stream().map(step -> LayerKind.of(step, report)).collect(Collectors.toSet());
    for (var kind : LayerKind.all().stream().filter(present::contains).toList()) {
      out.open("span").element("i", "", "class", "k-" + kind.id()).text(kind.text()).close();
    }
    out.open("span").element("i", "", "class", "bar flops").text("FLOPs").close();
    out.open("span").element("i", "", "class", "bar read").text("read").close();
    out.open("span").element("i", "", "class", "bar written").text("written").close();
    out.close();
  }

  // Steps

  private void steps(String anchor) {
    long mostFlops = most(false);
    long mostBytes = most(true);
    out.open("div", "class", "scroll").open("table", "class", "steps").open("thead").open("tr");
    out.element("th", "#", "class", "n").element("th", "step").element("th", "for");
    out.element("th", "FLOPs", "class", "n").element("th", "read + written", "class", "n");
    out.element("th", "FLOP/B", "class", "n");
    machine.ifPresent(_ -> out.element("th", "at least", "class", "n"));
    timing.ifPresent(_ -> out.element("th", "time", "class", "n"));
    out.close().close().open("tbody");
    for (var step : report.steps()) {
      out.open("tr", "id", anchor + step.number(), "class", "p-" + step.purpose().text());
      out.element("td", Integer.toString(step.number()), "class", "n");
      name(step);
      layers(step);
      work(
          step.work(),
          mostFlops,
          mostBytes,
          machine.map(m -> m.floorNanos(step.work())).orElse(0.0));
      timing.ifPresent(t -> time(t, t.nanos(step), machine.map(m -> m.floorNanos(step.work()))));
      out.close();
    }
    out.close().open("tfoot").open("tr");
    out.element("td", "").element("td", "all steps").element("td", "");
    work(report.total(), 0, 0, machine.map(report::floorNanos).orElse(0.0));
    timing.ifPresent(t -> time(t, t.allNanos(), machine.map(report::floorNanos)));
    out.close().close().close().close();
  }

  private long most(boolean bytes) {
    return report.steps().stream()
        .map(StepReport::work)
        .mapToLong(work -> bytes ? work.bytes() : work.flops())
        .max()
        .orElse(0);
  }

  private void time(Timing times, double nanos, Optional<Double> floorNanos) {
    out.open("td", "class", "n");
    out.open("span", "class", "bars");
    out.element("i", "", "class", "bar time", "style", width(times.share(nanos)));
    out.close();
    out.text(Quantity.time(nanos));
    floorNanos
        .filter(floor -> floor > 0)
        .ifPresent(floor -> out.element("small", Quantity.ratio(nanos / floor) + "×"));
    out.close();
  }

  private void name(StepReport step) {
    out.open("td", "class", "name");
    out.open("details", "class", "d" + Math.min(3, step.depth()));
    out.open("summary").text(step.name());
    if (step.runs() > 1) {
      out.element("small", step.runs() + "×");
    }
    out.close();
    out.open("dl");
    term("what", step.kind().text() + ": " + step.action());
    for (var line : step.lines()) {
      term(line.place(), line.text());
    }
    for (var served : step.serves()) {
      if (step.kind() == StepKind.KERNEL && !served.operations().isEmpty()) {
        term(report.layers().get(served.layer()).name(), String.join(", ", served.operations()));
      }
    }
    timing.flatMap(t -> t.part(step).implementation()).ifPresent(name -> term("by", name));
    buffers("reads", step.reads());
    buffers("writes", step.writes());
    out.close();
    step.kernel().ifPresent(kernel -> out.element("pre", kernel));
    out.close().close();
  }

  private void term(String name, String text) {
    out.element("dt", name).element("dd", text);
  }

  private void buffers(String word, List<String> names) {
    if (!names.isEmpty()) {
      term(word, String.join(", ", names));
    }
  }

  private void layers(StepReport step) {
    out.open("td", "class", "layers");
    for (var served : step.serves()) {
      var layer = report.layers().get(served.layer());
      out.element("span", layer.name(), "class", "tag k-" + LayerKind.of(layer).id());
    }
    out.close();
  }

  /**
   * @param mostFlops what a whole bar stands for; 0 for no bars
   * @param floorNanos shown if there is a machine
   */
  private void work(Work work, long mostFlops, long mostBytes, double floorNanos) {
    if (work.equals(Work.NONE)) {
      out.element("td", "").element("td", "").element("td", "");
      machine.ifPresent(_ -> out.element("td", ""));
      return;
    }
    out.open("td", "class", "n");
    if (mostFlops > 0) {
      out.open("span", "class", "bars");
      bar("flops", work.flops(), mostFlops);
      out.close();
    }
    out.text(Quantity.count(work.flops())).close();
    out.open("td", "class", "n", "title", Words.moved(work));
    if (mostBytes > 0) {
      out.open("span", "class", "bars");
      bar("read", work.bytesRead(), mostBytes);
      bar("written", work.bytesWritten(), mostBytes);
      out.close();
    }
    out.text(Quantity.bytes(work.bytes())).close();
    out.element("td", Quantity.ratio(work.intensity()), "class", "n");
    machine.ifPresent(
        m ->
            out.element(
                "td",
                Quantity.time(floorNanos),
                "class",
                "n",
                "title",
                m.isBoundByArithmetic(work) ? "bound by arithmetic" : "bound by memory"));
  }

  private void bar(String style, long part, long most) {
    out.element("i", "", "class", "bar " + style, "style", width(100.0 * part / most));
  }

  private static String width(double percent) {
    return "width:" + Markup.number(percent) + "%";
  }

  private void libraryCalls(Timing times) {
    section("Library calls");
    out.open("table").open("thead").open("tr");
    out.element("th", "implementation").element("th", "steps", "class", "n");
    out.element("th", "time", "class", "n");
    out.close().close().open("tbody");
    times
        .byImplementation()
        .forEach(
            (name, steps) -> {
              out.open("tr").element("td", name);
              out.element("td", Integer.toString(steps.size()), "class", "n");
              time(times, steps.stream().mapToDouble(times::nanos).sum(), Optional.empty());
              out.close();
            });
    out.close().close();
    long reorders = times.reorders();
    out.element(
        "p",
        "Operands brought into another layout: " + (reorders == 0 ? "none." : reorders + "."),
        "class",
        "quiet");
    out.close();
  }

  // Memory

  private void memory() {
    var memory = report.memory();
    out.open("table", "class", "memory").open("tbody");
    memory.arenas().forEach(a -> memory("arena " + a.name(), a.bytes()));
    memory("all arenas", memory.peakBytes());
    memory("needed at step " + memory.fullestStep() + ": the bound", memory.boundBytes());
    memory("inputs", memory.inputBytes());
    memory("results", memory.resultBytes());
    for (var role : Role.values()) {
      var bytes = memory.variableBytes().get(role);
      if (bytes != null) {
        memory(ShowText.words(role), bytes);
      }
    }
    out.close().close();
    out.open("details").element("summary", memory.buffers().size() + " buffers");
    out.open("div", "class", "scroll").open("table", "class", "buffers").open("thead").open("tr");
    out.element("th", "offset", "class", "n").element("th", "bytes", "class", "n");
    out.element("th", "steps").element("th", "buffer").element("th", "type");
    out.close().close().open("tbody");
    memory.buffersByOffset().forEach(this::buffer);
    out.close().close().close().close();
  }

  private void memory(String name, long bytes) {
    out.open("tr").element("td", name).element("td", Quantity.bytes(bytes), "class", "n").close();
  }

  private void buffer(BufferReport buffer) {
    out.open("tr");
    out.element("td", Long.toString(buffer.offset()), "class", "n");
    out.element("td", Long.toString(buffer.bytes()), "class", "n");
    out.element("td", buffer.first() + "–" + buffer.last());
    out.element("td", buffer.name()).element("td", buffer.type());
    out.close();
  }

  private static void howCounted(Markup out) {
    out.element(
        "footer",
        "FLOPs are operations on floats: a multiply-add is two, a comparison, a choice and a"
            + " value of a function one each, a random number 100; what is worked out again counts"
            + " again. Bytes are those of the buffer elements that a step touches, each once per"
            + " step. KB are 1024 bytes.",
        "class",
        "quiet");
  }
}
