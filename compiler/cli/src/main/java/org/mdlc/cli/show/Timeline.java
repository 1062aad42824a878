package org.mdlc.cli.show;

import static org.mdlc.cli.show.Markup.number;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import org.mdlc.compiler.report.BufferReport;
import org.mdlc.compiler.report.Machine;
import org.mdlc.compiler.report.MemoryReport;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.compiler.report.StepKind;
import org.mdlc.compiler.report.StepReport;

/**
 * Pictures one below the other that have the steps from left to right: their purpose, FLOPs, bytes
 * and times as bars; the bytes needed as a curve; the memory as a map in which every buffer is a
 * rectangle from its first step to its last.
 */
final class Timeline {
  private static final double GUTTER = 84;
  private static final double RIGHT = 12;
  private static final double WIDTH = 1078;
  private static final double NARROWEST_STEP = 3;
  private static final double WIDEST_STEP = 34;
  private static final double STRIP = 16;
  private static final double BARS = 64;
  private static final double MAP = 320;
  private static final double GAP = 26;
  private static final double TEXT = 10;

  /** A rectangle that is no higher has no border, which would cover it. */
  private static final double HAIR = 3;

  private final ProgramReport report;
  private final Optional<Machine> machine;
  private final Optional<Timing> timing;
  private final String anchor;
  private final int positions;
  private final double step;
  private final Markup out;
  private double y = 4;

  private Timeline(ShownProgram shown, String anchor, Markup out) {
    this.report = shown.report();
    this.machine = shown.machine();
    this.timing = shown.timing();
    this.anchor = anchor;
    this.positions = Math.max(1, report.memory().alive().size());
    this.step = Math.clamp(WIDTH / positions, NARROWEST_STEP, WIDEST_STEP);
    this.out = out;
  }

  /**
   * @param anchor what the names of the rows of the step table start with
   */
  static void draw(ShownProgram shown, String anchor, Markup out) {
    new Timeline(shown, anchor, out).draw();
  }

  private double height() {
    int bars = 2 + (machine.isPresent() ? 1 : 0) + (timing.isPresent() ? 1 : 0);
    return 4 + STRIP + bars * (GAP + BARS) + GAP + BARS + GAP + MAP + 22;
  }

  private double right() {
    return GUTTER + positions * step;
  }

  private double x(int number) {
    return GUTTER + (number - 1) * step;
  }

  private void draw() {
    double width = right() + RIGHT;
    out.picture(
        "timeline",
        width,
        height(),
        report.model() + " " + report.program() + ": work and memory by step");
    columns();
    purposes();
    bars(
        "FLOPs", s -> s.work().flops(), _ -> 0, flops -> Quantity.count((long) flops), "flops", "");
    bars(
        "bytes",
        s -> s.work().bytesRead(),
        s -> s.work().bytesWritten(),
        bytes -> Quantity.bytes((long) bytes),
        "read",
        "written");
    machine.ifPresent(
        m ->
            bars(
                "at least",
                s -> m.isBoundByArithmetic(s.work()) ? m.floorNanos(s.work()) : 0,
                s -> m.isBoundByArithmetic(s.work()) ? 0 : m.floorNanos(s.work()),
                Quantity::time,
                "flops",
                "read"));
    timing.ifPresent(
        t -> bars("time", s -> floor(t, s), s -> t.nanos(s) - floor(t, s), Quantity::time));
    needed();
    map();
    ticks();
    out.close();
  }

  /** The part of a step's time that it takes at least. */
  private double floor(Timing times, StepReport step) {
    return machine.map(m -> Math.min(times.nanos(step), m.floorNanos(step.work()))).orElse(0.0);
  }

  private void bars(
      String name,
      ToDoubleFunction<StepReport> least,
      ToDoubleFunction<StepReport> more,
      DoubleFunction<String> text) {
    bars(name, least, more, text, "floor", "time");
  }

  /** Over the whole height, so that a step is found again from picture to picture. */
  private void columns() {
    for (var one : report.steps()) {
      out.open("a", "href", "#" + anchor + one.number());
      var hover = Words.hover(one, report);
      out.hoverRect("column", x(one.number()), 0, step, height() - 18, hover);
      out.close();
    }
  }

  private void purposes() {
    var steps = report.steps();
    int from = 0;
    for (int i = 1; i <= steps.size(); i++) {
      if (i < steps.size() && steps.get(i).purpose() == steps.get(from).purpose()) {
        continue;
      }
      var purpose = steps.get(from).purpose().text();
      double left = x(steps.get(from).number());
      double width = (i < steps.size() ? x(steps.get(i).number()) : right()) - left;
      out.rect("purpose " + purpose, left, y, width - 0.5, STRIP);
      if (width > 56) {
        out.words("middle onpurpose", left + width / 2, y + STRIP - 4.5, purpose);
      }
      from = i;
    }
    y += STRIP;
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).kind() == StepKind.LOOP) {
        loop(i);
      }
    }
  }

  /** A line under the steps that are repeated. */
  private void loop(int first) {
    var loop = report.steps().get(first);
    int last = first + 1;
    while (last < report.steps().size() && report.steps().get(last).depth() > loop.depth()) {
      last++;
    }
    double left = x(loop.number()) + 1;
    double right = x(report.steps().get(last - 1).number() + 2) - 1;
    double at = y + 4 + 3 * loop.depth();
    line("loop", left, at, right, at);
    var label = Words.fitting(loop.action(), right - left, TEXT);
    if (loop.depth() == 0 && !label.isEmpty()) {
      out.words("middle quiet", (left + right) / 2, at + 11, label);
    }
  }

  private void track(String name, double height, String most) {
    y += GAP;
    out.words("end track", GUTTER - 10, y + (height > BARS ? 22 : height - 2), name);
    out.words("end quiet", GUTTER - 10, y + 8, most);
    line("grid", GUTTER, y, right(), y);
    line("axis", GUTTER, y + height, right(), y + height);
  }

  /** Two values a step, one upon the other. */
  private void bars(
      String name,
      ToDoubleFunction<StepReport> first,
      ToDoubleFunction<StepReport> second,
      DoubleFunction<String> text,
      String firstStyle,
      String secondStyle) {
    double most =
        report.steps().stream()
            .mapToDouble(s -> first.applyAsDouble(s) + second.applyAsDouble(s))
            .max()
            .orElse(0);
    track(name, BARS, text.apply(most));
    if (most > 0) {
      for (var one : report.steps()) {
        double lower = first.applyAsDouble(one) / most * BARS;
        double upper = second.applyAsDouble(one) / most * BARS;
        bar(firstStyle, one, y + BARS - lower, lower);
        bar(secondStyle, one, y + BARS - lower - upper, upper);
      }
    }
    y += BARS;
  }

  private void bar(String style, StepReport one, double top, double height) {
    if (height > 0.05) {
      out.rect("bar " + style, x(one.number()) + step * 0.1, top, step * 0.8, height);
    }
  }

  private void needed() {
    var memory = report.memory();
    long most = memory.boundBytes();
    track("needed", BARS, Quantity.bytes(most));
    if (most > 0) {
      var path = new StringBuilder("M" + number(GUTTER) + " " + number(y + BARS));
      for (int number = 1; number <= memory.alive().size(); number++) {
        double top = y + BARS - (double) memory.alive().get(number - 1) / most * BARS;
        path.append('V').append(number(top)).append('H').append(number(x(number + 1)));
      }
      path.append('V').append(number(y + BARS)).append('Z');
      out.leaf("path", "class", "needed", "d", path.toString());
      double fullest = x(memory.fullestStep()) + step / 2;
      line("fullest", fullest, y, fullest, y + BARS + GAP + MAP);
    }
    y += BARS;
  }

  // The map

  private void map() {
    var memory = report.memory();
    long peak = memory.peakBytes();
    track("memory", MAP, Quantity.bytes(peak));
    if (peak > 0) {
      memory.arenas().forEach(arena -> arena(arena, peak));
      memory.buffers().stream()
          .sorted(Comparator.comparingInt(BufferReport::first))
          .forEach(buffer -> buffer(buffer, peak));
    }
    y += MAP;
  }

  /** Offset 0 is at the bottom. */
  private double height(long bytes, long peak) {
    return (double) bytes / peak * MAP;
  }

  private void arena(MemoryReport.Arena arena, long peak) {
    double top = y + MAP - height(arena.offset() + arena.bytes(), peak);
    double height = height(arena.bytes(), peak);
    var hover = "arena " + arena.name() + ", " + Quantity.bytes(arena.bytes());
    out.hoverRect("arena", GUTTER - 5, top, 3, Math.max(0.5, height - 1), hover);
    if (height > 34 && height < MAP - 34) {
      out.words("end quiet", GUTTER - 10, top + height / 2 + 4, arena.name());
    }
  }

  private void buffer(BufferReport buffer, long peak) {
    var maker = report.steps().get(buffer.maker());
    double left = x(buffer.first());
    double width = (buffer.last() - buffer.first() + 1) * step;
    double height = height(buffer.bytes(), peak);
    double top = y + MAP - height(buffer.offset(), peak) - height;
    out.open("g", "class", height > HAIR ? "buffer" : "buffer thin");
    var style = "k-" + LayerKind.of(maker, report).id() + " p-" + maker.purpose().text();
    out.hoverRect(style, left + 0.3, top, width - 0.6, height, hover(buffer, maker));
    if (height >= TEXT + 2) {
      var label = Words.fitting(buffer.name(), width - 8, TEXT);
      if (!label.isEmpty()) {
        out.words("label", left + 4, top + Math.min(height / 2 + 3.5, TEXT + 3), label);
      }
    }
    out.close();
  }

  private String hover(BufferReport buffer, StepReport maker) {
    var layers = Words.layers(maker, report);
    return String.join(
        "\n",
        List.of(
            buffer.name(),
            buffer.type() + ", " + Quantity.bytes(buffer.bytes()) + " at " + buffer.offset(),
            "steps " + buffer.first() + " to " + buffer.last(),
            "made by " + maker.name() + (layers.isEmpty() ? "" : " for " + layers)));
  }

  private void ticks() {
    int every = every();
    for (int number = 1; number <= positions; number++) {
      if (number == 1 || number % every == 0) {
        out.words("middle quiet", x(number) + step / 2, y + 14, Integer.toString(number));
      }
    }
  }

  /** So many steps that their numbers do not touch. */
  private int every() {
    for (int every : List.of(1, 2, 5, 10, 20, 50, 100)) {
      if (every * step >= 26) {
        return every;
      }
    }
    return 200;
  }

  private void line(String style, double x1, double y1, double x2, double y2) {
    out.leaf(
        "line",
        "class",
        style,
        "x1",
        number(x1),
        "y1",
        number(y1),
        "x2",
        number(x2),
        "y2",
        number(y2));
  }
}
