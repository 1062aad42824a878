package org.mdlc.cli.show;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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

  /** Of a line, so that nobody has to read across a wide screen. */
  private static final int WIDEST = 132;

  private static final int NARROWEST = 76;

  private final ProgramReport report;
  private final Optional<Machine> machine;
  private final boolean details;
  private final int width;
  private final boolean coloured;
  private final StringBuilder out = new StringBuilder();

  private ShowText(
      ProgramReport report,
      Optional<Machine> machine,
      boolean details,
      int columns,
      boolean coloured) {
    this.report = report;
    this.machine = machine;
    this.details = details;
    this.width = Math.clamp(columns, NARROWEST, WIDEST);
    this.coloured = coloured;
  }

  /**
   * @param machine what times are worked out for; without it there are none
   * @param details also what each step computes for which layer and line, and all buffers
   * @param columns of the terminal
   */
  public static String of(
      ProgramReport report,
      Optional<Machine> machine,
      boolean details,
      int columns,
      boolean coloured) {
    return new ShowText(report, machine, details, columns, coloured).print();
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
    return width - BEFORE - FIGURES - (machine.isPresent() ? TIME : 0) - 1;
  }

  private static String indented(StepReport step) {
    return "  ".repeat(step.depth())
        + step.name()
        + (step.kind() == StepKind.LOOP ? ": " + step.action() : "");
  }

  private void steps() {
    row("#", "", "step", "for", "FLOPs", "read", "written", "FLOP/B", "at least");
    for (var step : report.steps()) {
      row(
          Integer.toString(step.number()),
          step.purpose().text().substring(0, 1),
          indented(step),
          layers(step),
          step.work());
      if (details) {
        details(step);
      }
    }
    var total = report.total();
    row(
        "",
        "",
        "all steps",
        "",
        Quantity.count(total.flops()),
        Quantity.bytes(total.bytesRead()),
        Quantity.bytes(total.bytesWritten()),
        Quantity.ratio(total.intensity()),
        machine.map(m -> Quantity.time(report.floorNanos(m))).orElse(""));
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

  private void row(String number, String purpose, String name, String layers, Work work) {
    boolean nothing = work.equals(Work.NONE);
    row(
        number,
        purpose,
        name,
        layers,
        nothing ? "" : Quantity.count(work.flops()),
        nothing ? "" : Quantity.bytes(work.bytesRead()),
        nothing ? "" : Quantity.bytes(work.bytesWritten()),
        nothing ? "" : Quantity.ratio(work.intensity()),
        nothing ? "" : machine.map(m -> Quantity.time(m.floorNanos(work))).orElse(""));
  }

  private void row(
      String number,
      String purpose,
      String name,
      String layers,
      String flops,
      String read,
      String written,
      String intensity,
      String time) {
    int names = nameWidth();
    line(
        String.format(
            Locale.ROOT,
            "%4s %1s %-" + names + "s %-" + (room() - names) + "s%9s%10s%10s%8s%s",
            number,
            purpose,
            shortened(name, names),
            layers,
            flops,
            read,
            written,
            intensity,
            machine.isPresent() ? String.format(Locale.ROOT, "%10s", time) : ""));
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
        total(kind.count(report.count(kind)), report.total(kind));
      }
    }
    for (var purpose : Purpose.values()) {
      if (!report.total(purpose).equals(report.total())
          && !report.total(purpose).equals(Work.NONE)) {
        total(purpose.text(), report.total(purpose));
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
    line("");
  }

  private void total(String name, Work work) {
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
