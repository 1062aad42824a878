package org.mdlc.cli.show;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.report.Machine;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.compiler.report.Purpose;
import org.mdlc.compiler.report.StepKind;
import org.mdlc.compiler.report.StepReport;
import org.mdlc.compiler.report.Work;

/** A program for a terminal: its steps one a line, then totals, then the memory. */
public final class ShowText {
  private static final String BOLD = "\u001b[1m";
  private static final String QUIET = "\u001b[2m";
  private static final String RESET = "\u001b[0m";
  private static final String BARS = "▁▂▃▄▅▆▇█";

  /** Letters of a line before the name of a step, and of its figures. */
  private static final int BEFORE = 7;

  private static final int FIGURES = 9 + 10 + 10 + 8;
  private static final int TIME = 10;

  /** Where times were measured: time, share, floor, how often the floor. */
  private static final int TIMES = 10 + 7 + 10 + 7;

  /** FLOPs and bytes beside times, on a line that is long enough. */
  private static final int FIGURES_BESIDE_TIMES = 9 + 10;

  private static final int WIDE = 96;

  /** Of a line, so that nobody has to read across a wide screen. */
  private static final int WIDEST = 132;

  private static final int NARROWEST = 76;

  private final ProgramReport report;
  private final Optional<Machine> machine;
  private final Optional<Timing> timing;
  private final boolean details;
  private final boolean byTime;
  private final int width;
  private final boolean coloured;
  private final StringBuilder out = new StringBuilder();

  private ShowText(ShownProgram shown, Form form) {
    this.report = shown.report();
    this.machine = shown.machine();
    this.timing = shown.timing();
    this.details = form.details();
    this.byTime = form.byTime();
    this.width = Math.clamp(form.columns(), NARROWEST, WIDEST);
    this.coloured = form.coloured();
  }

  /**
   * How a program is printed.
   *
   * @param details also what each step computes for which layer and line, and all buffers
   * @param byTime the step that takes longest comes first, where that was measured
   * @param columns of the terminal
   */
  public record Form(boolean details, boolean byTime, int columns, boolean coloured) {}

  public static String of(ShownProgram shown, Form form) {
    return new ShowText(shown, form).print();
  }

  private String print() {
    heading();
    steps();
    totals();
    memory();
    return out.toString();
  }

  private void line(String text) {
    out.append(text.stripTrailing()).append('\n');
  }

  private String styled(String style, String text) {
    return coloured ? style + text + RESET : text;
  }

  // Steps

  private void heading() {
    line(styled(BOLD, report.model() + ": " + report.program()) + ", a batch of " + report.batch());
    line(report.steps().size() + " steps: " + Words.counts(report));
    line("");
  }

  private int nameWidth() {
    int widest = report.steps().stream().mapToInt(s -> indented(s).length()).max().orElse(0);
    return Math.clamp(widest, 4, room() * 11 / 20);
  }

  /** For names and layers. */
  private int room() {
    int figures = FIGURES + (machine.isPresent() ? TIME : 0);
    int times = TIMES + (isWide() ? FIGURES_BESIDE_TIMES : 0);
    return width - BEFORE - (timing.isPresent() ? times : figures) - 1;
  }

  private boolean isWide() {
    return width >= WIDE;
  }

  private List<StepReport> ordered() {
    if (!byTime || timing.isEmpty()) {
      return report.steps();
    }
    var times = timing.get();
    return report.steps().stream()
        .sorted(Comparator.comparingDouble((StepReport step) -> times.nanos(step)).reversed())
        .toList();
  }

  private static String indented(StepReport step) {
    return "  ".repeat(step.depth())
        + step.name()
        + (step.kind() == StepKind.LOOP ? ": " + step.action() : "");
  }

  private void steps() {
    var headed = timing.isPresent() ? timesHead() : figuresHead();
    row("#", "", "step", "for", headed);
    for (var step : ordered()) {
      row(
          Integer.toString(step.number()),
          step.purpose().text().substring(0, 1),
          indented(step),
          layers(step),
          timing.isPresent()
              ? times(
                  timing.get().nanos(step),
                  step.work(),
                  machine.map(m -> m.floorNanos(step.work())))
              : figures(step.work(), machine.map(m -> m.floorNanos(step.work()))));
      if (details) {
        details(step);
      }
    }
    var floor = machine.map(report::floorNanos);
    row(
        "",
        "",
        "all steps",
        "",
        timing.isPresent()
            ? times(timing.get().allNanos(), report.total(), floor)
            : figures(report.total(), floor));
    line("");
    var present = report.steps().stream().map(StepReport::purpose).distinct().sorted().toList();
    if (present.size() > 1) {
      line(
          present.stream()
              .map(p -> p.text().charAt(0) + " " + p.text())
              .collect(Collectors.joining(", ")));
      line("");
    }
  }

  private void row(String number, String purpose, String name, String layers, String figures) {
    int names = nameWidth();
    line(
        String.format(
            Locale.ROOT,
            "%4s %1s %-" + names + "s %-" + (room() - names) + "s%s",
            number,
            purpose,
            shortened(name, names),
            layers,
            figures));
  }

  private String figuresHead() {
    return columns("FLOPs", "read", "written", "FLOP/B", "at least");
  }

  private String figures(Work work, Optional<Double> floorNanos) {
    return work.equals(Work.NONE)
        ? ""
        : columns(
            Quantity.count(work.flops()),
            Quantity.bytes(work.bytesRead()),
            Quantity.bytes(work.bytesWritten()),
            Quantity.ratio(work.intensity()),
            floorNanos.map(Quantity::time).orElse(""));
  }

  private String columns(
      String flops, String read, String written, String intensity, String floor) {
    return String.format(
        Locale.ROOT,
        "%9s%10s%10s%8s%s",
        flops,
        read,
        written,
        intensity,
        machine.isPresent() ? String.format(Locale.ROOT, "%10s", floor) : "");
  }

  private String timesHead() {
    return timeColumns("time", "share", "at least", "times", "FLOPs", "moved");
  }

  private String times(double nanos, Work work, Optional<Double> floorNanos) {
    boolean nothing = work.equals(Work.NONE);
    double floor = nothing ? 0 : floorNanos.orElse(0.0);
    double share = timing.map(t -> t.share(nanos)).orElse(0.0);
    return timeColumns(
        Quantity.time(nanos),
        String.format(Locale.ROOT, "%.1f%%", share),
        floor > 0 ? Quantity.time(floor) : "",
        floor > 0 ? Quantity.ratio(nanos / floor) : "",
        nothing ? "" : Quantity.count(work.flops()),
        nothing ? "" : Quantity.bytes(work.bytes()));
  }

  private String timeColumns(
      String time, String share, String floor, String times, String flops, String moved) {
    var columns = String.format(Locale.ROOT, "%10s%7s%10s%7s", time, share, floor, times);
    return isWide() ? columns + String.format(Locale.ROOT, "%9s%10s", flops, moved) : columns;
  }

  /** As many names as there is room for, and the number of the rest. */
  private String layers(StepReport step) {
    var names = step.serves().stream().map(s -> report.layers().get(s.layer()).name()).toList();
    int room = room() - nameWidth() - 1;
    for (int count = names.size(); count > 0; count--) {
      int rest = names.size() - count;
      var text = String.join(", ", names.subList(0, count)) + (rest == 0 ? "" : " +" + rest);
      if (text.length() <= room) {
        return text;
      }
    }
    var rest = names.size() < 2 ? "" : " +" + (names.size() - 1);
    return names.isEmpty() ? "" : shortened(names.getFirst(), room - rest.length()) + rest;
  }

  /** Without its middle, because names differ at their ends. */
  private static String shortened(String text, int width) {
    if (text.length() <= width) {
      return text;
    }
    int end = (width - 1) / 2;
    return text.substring(0, width - 1 - end) + "…" + text.substring(text.length() - end);
  }

  private void details(StepReport step) {
    step.lines().forEach(l -> detail(l.place() + "  " + l.text()));
    detail(step.action());
    for (var served : step.serves()) {
      if (step.kind() == StepKind.KERNEL && !served.operations().isEmpty()) {
        detail(
            report.layers().get(served.layer()).name()
                + ": "
                + String.join(", ", served.operations()));
      }
    }
    timing.flatMap(t -> t.part(step).implementation()).ifPresent(name -> detail("by " + name));
    buffers("reads ", step.reads());
    buffers("writes ", step.writes());
  }

  private void buffers(String word, List<String> names) {
    if (!names.isEmpty()) {
      detail(word + String.join(", ", names));
    }
  }

  private void detail(String text) {
    var indent = " ".repeat(BEFORE + 2);
    line(indent + styled(QUIET, shortenedAtEnd(text, width - indent.length())));
  }

  private static String shortenedAtEnd(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "…";
  }

  // Totals

  private void totals() {
    for (var kind : StepKind.values()) {
      if (report.count(kind) > 0 && kind != StepKind.LOOP) {
        total(kind.count(report.count(kind)), report.total(kind), step -> step.kind() == kind);
      }
    }
    for (var purpose : Purpose.values()) {
      if (!report.total(purpose).equals(report.total())
          && !report.total(purpose).equals(Work.NONE)) {
        total(purpose.text(), report.total(purpose), step -> step.purpose() == purpose);
      }
    }
    machine.ifPresent(
        m ->
            line(
                "At "
                    + Quantity.ratio(m.gigaflops())
                    + " GFLOP/s and "
                    + Quantity.ratio(m.gigabytesPerSecond())
                    + " GB/s: "
                    + Quantity.time(report.floorNanos(m))
                    + " at least, step after step."));
    timing.ifPresent(this::measured);
    line("");
  }

  private void measured(Timing times) {
    var profile = times.profile();
    var text =
        "Measured with "
            + times.data()
            + ", median of "
            + profile.runs()
            + " runs: "
            + Quantity.time(profile.stepNanos())
            + " a step"
            + machine
                .map(m -> profile.stepNanos() / report.floorNanos(m))
                .map(ratio -> ", " + Quantity.ratio(ratio) + " times the least")
                .orElse("")
            + ". With a clock between the steps they take "
            + Quantity.time(times.allNanos())
            + ". Filling in a batch takes "
            + Quantity.time(profile.fillNanos())
            + " more.";
    wrapped(List.of(text.split(" ")), width).forEach(this::line);
    if (!times.byImplementation().isEmpty()) {
      line("");
      line(styled(BOLD, "Library calls"));
      times.byImplementation().forEach((name, steps) -> implementation(name, steps, times));
      long reorders = times.reorders();
      line("  operands brought into another layout: " + (reorders == 0 ? "none" : reorders));
    }
  }

  private void implementation(String name, List<StepReport> steps, Timing times) {
    double nanos = steps.stream().mapToDouble(times::nanos).sum();
    line(
        String.format(
            Locale.ROOT, "  %-32s %9s%4.0f%%", name, Quantity.time(nanos), times.share(nanos)));
    for (var text : wrapped(steps.stream().map(StepReport::name).toList(), width - 4)) {
      line("    " + styled(QUIET, text));
    }
  }

  private static List<String> wrapped(List<String> words, int width) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    for (var word : words) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(shortened(word, width));
    }
    lines.add(line.toString());
    return lines;
  }

  private void total(String name, Work work, Predicate<StepReport> steps) {
    if (timing.isPresent()) {
      timedTotal(name, work, timing.get().nanos(steps));
      return;
    }
    long all = Math.max(1, report.total().flops());
    long bytes = Math.max(1, report.total().bytes());
    line(
        String.format(
            Locale.ROOT,
            "  %-17s %7s FLOPs%4.0f%% %9s moved%4.0f%% %6s FLOP/B",
            name,
            Quantity.count(work.flops()),
            100.0 * work.flops() / all,
            Quantity.bytes(work.bytes()),
            100.0 * work.bytes() / bytes,
            Quantity.ratio(work.intensity())));
  }

  private void timedTotal(String name, Work work, double nanos) {
    line(
        String.format(
            Locale.ROOT,
            "  %-17s %9s %5.1f%% %7s GFLOP/s %6s GB/s",
            name,
            Quantity.time(nanos),
            timing.map(t -> t.share(nanos)).orElse(0.0),
            Quantity.ratio(work.flops() / Math.max(1, nanos)),
            Quantity.ratio(work.bytes() / Math.max(1, nanos))));
  }

  // Memory

  private void memory() {
    var memory = report.memory();
    line(styled(BOLD, "Memory"));
    memory.arenas().forEach(a -> memory("arena " + a.name(), a.bytes(), ""));
    memory("all arenas", memory.peakBytes(), aboveBound());
    memory(
        "the bound",
        memory.boundBytes(),
        memory.boundBytes() == 0
            ? ""
            : "needed at step " + memory.fullestStep() + "; no plan has less");
    memory("inputs", memory.inputBytes(), "");
    memory("results", memory.resultBytes(), "");
    for (var role : Role.values()) {
      var bytes = memory.variableBytes().get(role);
      if (bytes != null) {
        memory(words(role), bytes, "");
      }
    }
    line("");
    needed();
    if (details) {
      line("");
      buffers();
    }
  }

  private void memory(String name, long bytes, String remark) {
    line(String.format(Locale.ROOT, "  %-20s %9s  %s", name, Quantity.bytes(bytes), remark));
  }

  private String aboveBound() {
    var memory = report.memory();
    return memory.peakBytes() == memory.boundBytes()
        ? ""
        : String.format(
            Locale.ROOT,
            "%s (%.1f%%) above the bound",
            Quantity.bytes(memory.peakBytes() - memory.boundBytes()),
            100.0 * memory.peakBytes() / memory.boundBytes() - 100);
  }

  static String words(Role role) {
    return switch (role) {
      case PARAM -> "weights";
      case STATE -> "states";
      case SLOT -> "optimizer";
      case METRIC -> "metrics";
      case SEED -> "random keys";
      case HYPER -> "hyperparameters";
      case DATA, TARGET, RESULT -> role.text();
    };
  }

  /** A curve of the bytes needed, one letter for one step or several. */
  private void needed() {
    var alive = report.memory().alive();
    long most = report.memory().boundBytes();
    if (most == 0) {
      return;
    }
    int perLetter = Math.ceilDiv(alive.size(), width - 4);
    var curve = new StringBuilder();
    for (int from = 0; from < alive.size(); from += perLetter) {
      long bytes =
          alive.subList(from, Math.min(alive.size(), from + perLetter)).stream()
              .max(Comparator.naturalOrder())
              .orElseThrow();
      curve.append(BARS.charAt((int) Math.min(7, bytes * 8 / most)));
    }
    line("  needed at steps 1 to " + alive.size() + ", at most " + Quantity.bytes(most));
    line("  " + curve);
  }

  private void buffers() {
    line(
        String.format(
            Locale.ROOT, "%12s%11s  %-9s %-18s %s", "offset", "bytes", "steps", "type", "buffer"));
    report
        .memory()
        .buffersByOffset()
        .forEach(
            b ->
                line(
                    String.format(
                        Locale.ROOT,
                        "%12d%11d  %-9s %-18s %s",
                        b.offset(),
                        b.bytes(),
                        b.first() + "-" + b.last(),
                        shortened(b.type(), 18),
                        shortened(b.name(), width - 53))));
  }
}
