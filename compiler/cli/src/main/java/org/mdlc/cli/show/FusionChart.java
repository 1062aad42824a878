package org.mdlc.cli.show;

import static org.mdlc.cli.show.Markup.number;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.mdlc.compiler.report.LayerReport;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.compiler.report.Purpose;
import org.mdlc.compiler.report.StepKind;
import org.mdlc.compiler.report.StepReport;
import org.mdlc.runtime.plot.Drawing;

/**
 * What is computed together: a row for each layer of the model, from top to bottom, with arcs from
 * layer to layer at its left; a column for each purpose. A step is a box. What a step does for a
 * layer stands in the row of that layer, so a box over several rows is a kernel that was fused of
 * several layers.
 */
final class FusionChart {
  private static final double ARCS = 48;

  /** Where the dots of layers stand, and how large they are. */
  private static final double DOTS = ARCS - 6;

  private static final double RADIUS = 4.5;
  private static final double NAMES = 182;
  private static final double LANE = 126;
  private static final double LANE_GAP = 5;
  private static final double COLUMN_GAP = 16;
  private static final double HEAD = 28;
  private static final double LINE = 21;
  private static final double PADDING = 4;
  private static final double TEXT = 10;

  /** A step in its lane; the rows that it covers. */
  private record Box(StepReport step, int lane, int first, int last) {}

  private final ProgramReport report;
  private final String anchor;
  private final Markup out;
  private final Map<Purpose, List<Box>> columns = new EnumMap<>(Purpose.class);
  private final Map<Purpose, Double> lefts = new EnumMap<>(Purpose.class);
  private final double[] tops;
  private final double width;

  private FusionChart(ProgramReport report, String anchor, Markup out) {
    this.report = report;
    this.anchor = anchor;
    this.out = out;
    for (var purpose : Purpose.values()) {
      var boxes = boxes(purpose);
      if (!boxes.isEmpty()) {
        columns.put(purpose, boxes);
      }
    }
    double left = ARCS + NAMES;
    for (var column : columns.entrySet()) {
      lefts.put(column.getKey(), left);
      int lanes = column.getValue().stream().mapToInt(Box::lane).max().orElse(0) + 1;
      left += lanes * (LANE + LANE_GAP) - LANE_GAP + COLUMN_GAP;
    }
    this.width = left;
    this.tops = new double[report.layers().size() + 1];
    tops[0] = HEAD;
    for (int row = 0; row < report.layers().size(); row++) {
      tops[row + 1] = tops[row] + Math.max(1, lines(row)) * LINE + PADDING;
    }
  }

  static void draw(ProgramReport report, String anchor, Markup out) {
    new FusionChart(report, anchor, out).draw();
  }

  /** Steps for one layer are stacked in the first lane; others get the first lane that is free. */
  private List<Box> boxes(Purpose purpose) {
    var boxes = new ArrayList<Box>();
    for (var step : report.steps()) {
      if (step.purpose() == purpose && step.serves().size() == 1) {
        int row = step.serves().getFirst().layer();
        boxes.add(new Box(step, 0, row, row));
      }
    }
    for (var step : report.steps()) {
      if (step.purpose() == purpose && step.serves().size() > 1) {
        int first = step.serves().getFirst().layer();
        int last = step.serves().getLast().layer();
        boxes.add(new Box(step, freeLane(boxes, first, last), first, last));
      }
    }
    return boxes;
  }

  private static int freeLane(List<Box> boxes, int first, int last) {
    int lane = 0;
    while (isTaken(boxes, lane, first, last)) {
      lane++;
    }
    return lane;
  }

  private static boolean isTaken(List<Box> boxes, int lane, int first, int last) {
    return boxes.stream()
        .anyMatch(box -> box.lane() == lane && box.first() <= last && first <= box.last());
  }

  /** How many boxes stand in a row one below the other. */
  private long lines(int row) {
    return columns.values().stream()
        .mapToLong(boxes -> boxes.stream().filter(b -> b.first() == row && b.last() == row).count())
        .max()
        .orElse(0);
  }

  private void draw() {
    double height = tops[report.layers().size()] + 4;
    out.picture(
        "fusion",
        width,
        height,
        report.model() + " " + report.program() + ": what is computed together");
    for (int row = 0; row < report.layers().size(); row++) {
      row(row);
    }
    arcs();
    lefts.forEach(
        (purpose, left) -> out.words("head t-" + purpose.text(), left, HEAD - 12, purpose.text()));
    columns.forEach(
        (purpose, boxes) -> {
          var lines = new int[report.layers().size()];
          for (var box : boxes) {
            if (box.first() == box.last()) {
              single(box, lines[box.first()]++);
            } else {
              group(box);
            }
          }
        });
    out.close();
  }

  // Layers

  private void row(int row) {
    var layer = report.layers().get(row);
    if (row % 2 == 0) {
      out.rect("stripe", 0, tops[row], width, tops[row + 1] - tops[row]);
    }
    out.leaf(
        "circle",
        "class",
        "dot k-" + LayerKind.of(layer).id(),
        "cx",
        number(DOTS),
        "cy",
        number(middle(row)),
        "r",
        number(RADIUS));
    var name = Words.fitting(layer.name(), NAMES - 16, 12);
    out.words("layer", ARCS + 6, middle(row) + 4, name);
    if (!saysKind(layer)) {
      double used = Drawing.widthOf(name, 12) + 6;
      var kind = Words.fitting(layer.kind(), NAMES - used - 16, TEXT);
      out.words("quiet", ARCS + 6 + used, middle(row) + 4, kind);
    }
  }

  /** {@code max_pooling2d_1} for a MaxPooling2D. */
  private static boolean saysKind(LayerReport layer) {
    var letters = layer.name().replace("_", "").toLowerCase(Locale.ROOT);
    return letters.startsWith(layer.kind().toLowerCase(Locale.ROOT));
  }

  private double middle(int row) {
    return tops[row] + (LINE + PADDING) / 2;
  }

  /** A straight line to the next layer, an arc around those in between. */
  private void arcs() {
    for (int row = 0; row < report.layers().size(); row++) {
      for (int read : report.layers().get(row).reads()) {
        int first = Math.min(read, row);
        int last = Math.max(read, row);
        out.leaf("path", "class", "arc", "d", last - first == 1 ? line(first) : arc(first, last));
      }
    }
  }

  private String line(int row) {
    return "M" + number(DOTS) + " " + number(middle(row) + 5) + "V" + number(middle(row + 1) - 5);
  }

  /** The wider, the more it passes by. */
  private String arc(int first, int last) {
    var from = number(middle(first));
    var to = number(middle(last));
    var start = number(DOTS - RADIUS);
    var bend = number(DOTS - Math.min(DOTS - 2, 13 + 5 * (last - first)));
    return "M%s %sC%s %s %s %s %s %s".formatted(start, from, bend, from, bend, to, start, to);
  }

  // Steps

  private double left(Box box) {
    return lefts.getOrDefault(box.step().purpose(), 0.0) + box.lane() * (LANE + LANE_GAP);
  }

  private void single(Box box, int line) {
    double top = tops[box.first()] + PADDING / 2 + 1 + line * LINE;
    open(box, top, LINE - 2);
    chip(box, 0, top);
    out.close();
    out.close();
  }

  private void group(Box box) {
    double top = tops[box.first()] + 1.5;
    open(box, top, tops[box.last() + 1] - tops[box.first()] - 3);
    for (int part = 0; part < box.step().serves().size(); part++) {
      int row = box.step().serves().get(part).layer();
      chip(box, part, tops[row] + PADDING / 2 + 1);
    }
    out.close();
    out.close();
  }

  private void open(Box box, double top, double height) {
    var step = box.step();
    out.open("a", "href", "#" + anchor + step.number());
    out.open("g", "class", "step p-" + step.purpose().text());
    out.element("title", Words.hover(step, report) + operations(step));
    var style = "box " + (step.kind() == StepKind.KERNEL ? "kernel" : "call");
    out.rect(style, left(box), top, LANE, height, "rx", "4");
  }

  private String operations(StepReport step) {
    var text = new StringBuilder();
    for (var served : step.serves()) {
      if (!served.operations().isEmpty()) {
        text.append('\n').append(report.layers().get(served.layer()).name()).append(": ");
        text.append(String.join(", ", served.operations()));
      }
    }
    return text.toString();
  }

  /** What a step does for one layer. */
  private void chip(Box box, int part, double top) {
    var step = box.step();
    var served = step.serves().get(part);
    var kind = LayerKind.of(report.layers().get(served.layer())).id();
    out.rect("chip k-" + kind, left(box) + 3, top + 2.5, LANE - 6, LINE - 7, "rx", "2.5");
    var repeated = step.runs() == 1 ? "" : step.runs() + "×";
    double room = LANE - 14 - (repeated.isEmpty() ? 0 : Drawing.widthOf(repeated, TEXT) + 8);
    out.words("op", left(box) + 7, top + 13, label(step, served, room));
    if (!repeated.isEmpty() && part == 0) {
      out.words("end op", left(box) + LANE - 7, top + 13, repeated);
    }
  }

  /** The operations; before them the weights of the layer that get a new value. */
  private String label(StepReport step, StepReport.Served served, double room) {
    var layer = report.layers().get(served.layer()).name() + "/";
    var weights =
        step.variables().stream()
            .filter(path -> path.startsWith(layer))
            .map(path -> path.substring(layer.length()))
            .collect(Collectors.joining(", "));
    if (weights.isEmpty() || step.purpose() != Purpose.UPDATE) {
      return Words.fitting(served.operations(), room, TEXT);
    }
    var shown = Words.fitting(weights, room, TEXT);
    var count = " (" + served.operations().size() + ")";
    return Drawing.widthOf(shown + count, TEXT) <= room ? shown + count : shown;
  }
}
