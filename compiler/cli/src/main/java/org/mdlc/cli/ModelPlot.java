package org.mdlc.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.mdlc.cli.layout.LayeredLayout;
import org.mdlc.cli.layout.LayeredLayout.Edge;
import org.mdlc.cli.layout.LayeredLayout.Place;
import org.mdlc.cli.layout.LayeredLayout.Point;
import org.mdlc.cli.layout.LayeredLayout.Route;
import org.mdlc.cli.layout.LayeredLayout.Size;
import org.mdlc.compiler.summary.ModelSummary;
import org.mdlc.runtime.plot.Drawing;
import org.mdlc.runtime.plot.Drawing.Align;

/** A model as boxes and arrows; Keras's {@code plot_model}. */
final class ModelPlot {
  /**
   * What to show.
   *
   * @param shapes of the outputs
   * @param dtypes of the outputs
   * @param names of the layers
   * @param sideways from left to right instead of from top to bottom
   */
  record Options(boolean shapes, boolean dtypes, boolean names, boolean sideways) {}

  private static final String INK = "#1f2328";
  private static final String QUIET = "#59636e";
  private static final String BORDER = "#8c959f";
  private static final String ARROW = "#6e7781";
  private static final double MARGIN = 24;
  private static final double TITLE = 44;
  private static final double PADDING = 12;
  private static final double KIND_SIZE = 13;
  private static final double TEXT_SIZE = 11;
  private static final double LINE = 15;
  private static final double HEAD = 7;

  /** How much wider bold letters are. */
  private static final double BOLD = 1.12;

  /** By what a layer does; the first pattern that its kind has in it. */
  private static final Map<Pattern, String> FILLS = fills();

  private final ModelSummary summary;
  private final Options options;

  private ModelPlot(ModelSummary summary, Options options) {
    this.summary = summary;
    this.options = options;
  }

  static Drawing draw(ModelSummary summary, Options options) {
    return new ModelPlot(summary, options).draw();
  }

  private static Map<Pattern, String> fills() {
    var fills = new LinkedHashMap<Pattern, String>();
    fills.put(Pattern.compile("InputLayer"), "#eaeef2");
    fills.put(Pattern.compile("Attention"), "#fff3c4");
    fills.put(Pattern.compile("LSTM|GRU|RNN|Bidirectional"), "#ffe0e6");
    fills.put(Pattern.compile("Conv"), "#dbeafe");
    fills.put(Pattern.compile("Dense|Embedding"), "#ffe8cc");
    fills.put(Pattern.compile("Normalization"), "#dcf5e3");
    fills.put(Pattern.compile("Pool|Flatten|Reshape|UpSampling|Padding|Cropping"), "#efe4ff");
    return fills;
  }

  private Drawing draw() {
    var layers = summary.layers();
    var sizes = layers.stream().map(this::size).toList();
    var layout = LayeredLayout.of(sizes.stream().map(this::turned).toList(), edges());
    double width = options.sideways ? layout.height() : layout.width();
    double height = options.sideways ? layout.width() : layout.height();
    var title = summary.model();
    var parameters = parameters(summary.trainable() + summary.nonTrainable());
    double titleWidth = BOLD * Drawing.widthOf(title, 18);
    double heading = titleWidth + 12 + Drawing.widthOf(parameters, KIND_SIZE);
    double total = Math.max(width, heading) + 2 * MARGIN;
    double left = (total - width) / 2;
    double top = MARGIN + TITLE;
    var drawing =
        new Drawing(total, top + height + MARGIN, title + ": " + layers.size() + " layers");
    drawing.add(new Drawing.Words(MARGIN, MARGIN + 16, title, 18, true, Align.START, INK));
    drawing.add(
        new Drawing.Words(
            MARGIN + titleWidth + 12,
            MARGIN + 16,
            parameters,
            KIND_SIZE,
            false,
            Align.START,
            QUIET));
    for (var route : layout.routes()) {
      arrow(drawing, route, left, top);
    }
    for (int i = 0; i < layers.size(); i++) {
      var place = turned(layout.boxes().get(i));
      box(drawing, layers.get(i), sizes.get(i), left + place.x(), top + place.y());
    }
    return drawing;
  }

  private List<Edge> edges() {
    var positions = new LinkedHashMap<String, Integer>();
    summary.layers().forEach(layer -> positions.put(layer.name(), positions.size()));
    var edges = new LinkedHashSet<Edge>();
    for (var layer : summary.layers()) {
      for (var connection : layer.connections()) {
        var from = positions.get(connection.layer());
        var to = positions.get(layer.name());
        // a layer that reads what it gave itself, as in a hand-written recurrence, has no arrow
        if (from != null && to != null && from < to) {
          edges.add(new Edge(from, to));
        }
      }
    }
    return List.copyOf(edges);
  }

  private Size turned(Size size) {
    return options.sideways ? size.turned() : size;
  }

  private Place turned(Place place) {
    return options.sideways ? new Place(place.y(), place.x()) : place;
  }

  private Point turned(Point point) {
    return options.sideways ? new Point(point.y(), point.x()) : point;
  }

  // Boxes

  private Size size(ModelSummary.Layer layer) {
    double width = BOLD * Drawing.widthOf(layer.kind(), KIND_SIZE);
    for (var line : lines(layer)) {
      width = Math.max(width, Drawing.widthOf(line, TEXT_SIZE));
    }
    return new Size(Math.max(96, Math.ceil(width) + 2 * PADDING), 28 + LINE * lines(layer).size());
  }

  /** Below the kind: the name, what it gives, how many parameters it has. */
  private List<String> lines(ModelSummary.Layer layer) {
    var lines = new ArrayList<String>();
    if (options.names) {
      lines.add(layer.name());
    }
    var output = output(layer);
    if (!output.isEmpty()) {
      lines.add(output);
    }
    if (layer.parameters() > 0) {
      lines.add(parameters(layer.parameters()));
    }
    return lines;
  }

  private String output(ModelSummary.Layer layer) {
    var dtypes =
        layer.outputs().stream().map(ModelSummary.Output::dtype).collect(Collectors.joining(", "));
    return (options.shapes ? layer.shapeText() : "")
        + (options.shapes && options.dtypes ? " " : "")
        + (options.dtypes ? dtypes : "");
  }

  private static String parameters(long count) {
    return String.format(Locale.ROOT, count == 1 ? "%,d param" : "%,d params", count);
  }

  private void box(Drawing drawing, ModelSummary.Layer layer, Size size, double x, double y) {
    drawing.add(new Drawing.Box(x, y, size.width(), size.height(), 6, fill(layer.kind()), BORDER));
    double middle = x + size.width() / 2;
    drawing.add(
        new Drawing.Words(middle, y + 19, layer.kind(), KIND_SIZE, true, Align.MIDDLE, INK));
    double line = y + 19;
    for (var text : lines(layer)) {
      line += LINE;
      drawing.add(new Drawing.Words(middle, line, text, TEXT_SIZE, false, Align.MIDDLE, QUIET));
    }
  }

  private static String fill(String kind) {
    return FILLS.entrySet().stream()
        .filter(fill -> fill.getKey().matcher(kind).find())
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("#ffffff");
  }

  // Arrows

  private void arrow(Drawing drawing, Route route, double left, double top) {
    var points = route.points();
    var path = new ArrayList<Drawing.Move>();
    for (int i = 0; i < points.size(); i++) {
      var point = moved(points.get(i), left, top);
      if (i == 0) {
        path.add(new Drawing.Start(point.x(), point.y()));
      } else if (i < route.corners() || isUpright(points.get(i - 1), points.get(i))) {
        path.add(new Drawing.To(point.x(), point.y()));
      } else {
        path.add(bend(points.get(i - 1), points.get(i), left, top));
      }
    }
    drawing.add(Drawing.Line.solid(path, ARROW, 1.2));
    head(drawing, moved(points.getLast(), left, top));
  }

  private static boolean isUpright(Point a, Point b) {
    return Math.abs(a.x() - b.x()) < 0.5;
  }

  /** Leaves and arrives in the direction of the plot. */
  private Drawing.Curve bend(Point from, Point to, double left, double top) {
    double half = (from.y() + to.y()) / 2;
    var first = moved(new Point(from.x(), half), left, top);
    var second = moved(new Point(to.x(), half), left, top);
    var end = moved(to, left, top);
    return new Drawing.Curve(first.x(), first.y(), second.x(), second.y(), end.x(), end.y());
  }

  private Point moved(Point point, double left, double top) {
    var turned = turned(point);
    return new Point(left + turned.x(), top + turned.y());
  }

  private void head(Drawing drawing, Point tip) {
    double x = tip.x();
    double y = tip.y();
    double half = HEAD / 2;
    List<Drawing.Move> triangle =
        options.sideways
            ? List.of(
                new Drawing.Start(x, y),
                new Drawing.To(x - HEAD, y - half),
                new Drawing.To(x - HEAD, y + half),
                new Drawing.To(x, y))
            : List.of(
                new Drawing.Start(x, y),
                new Drawing.To(x - half, y - HEAD),
                new Drawing.To(x + half, y - HEAD),
                new Drawing.To(x, y));
    drawing.add(new Drawing.Line(triangle, ARROW, 0, false, ARROW));
  }
}
