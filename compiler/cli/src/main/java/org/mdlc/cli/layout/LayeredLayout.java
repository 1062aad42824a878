package org.mdlc.cli.layout;

import java.util.ArrayList;
import java.util.List;

/**
 * Boxes in ranks from top to bottom, each below all that lead to it. A graph that is long and
 * narrow goes on in a further column where only one box leads on.
 *
 * @param boxes in the order in which they were given
 * @param routes in the order of the edges
 */
public record LayeredLayout(List<Place> boxes, List<Route> routes, double width, double height) {
  /** Between boxes side by side. */
  static final double BESIDE = 28;

  /** Between ranks, where edges bend. */
  static final double BELOW = 34;

  /** Between columns. */
  private static final double COLUMN_GAP = 56;

  /** How far an edge leads past the ends of a column on its way to the next. */
  private static final double DETOUR = 18;

  /** Width and height of a box. */
  public record Size(double width, double height) {
    /** As wide as this is high. */
    public Size turned() {
      var wide = height;
      var high = width;
      return new Size(wide, high);
    }
  }

  /** From one box to another, by their positions in the list. */
  public record Edge(int from, int to) {}

  /** The upper left corner of a box. */
  public record Place(double x, double y) {}

  /** A point that an edge goes through. */
  public record Point(double x, double y) {}

  /**
   * How an edge goes: from point to point, in curves that start and end downward where x changes.
   *
   * @param corners how many points at its start are joined by straight lines, because the edge goes
   *     sideways and up to another column; 0 for all others
   */
  public record Route(List<Point> points, int corners) {
    /** Copies the points. */
    public Route {
      points = List.copyOf(points);
    }
  }

  /** Copies the lists. */
  public LayeredLayout {
    boxes = List.copyOf(boxes);
    routes = List.copyOf(routes);
  }

  /**
   * Places the boxes of an acyclic graph.
   *
   * @param edges in any order; several between the same two boxes are drawn over each other
   * @throws IllegalArgumentException if the edges form a cycle
   */
  public static LayeredLayout of(List<Size> sizes, List<Edge> edges) {
    var ranks = Ranks.of(sizes.size(), edges);
    var cuts = Columns.cuts(ranks, edges);
    return new Builder(sizes, edges, ranks, cuts).build();
  }

  /** Lays out column after column and joins them. */
  private static final class Builder {
    private final List<Size> sizes;
    private final List<Edge> edges;
    private final int[] ranks;

    /** The last rank of each column but the last. */
    private final List<Integer> cuts;

    private final Place[] places;
    private final Route[] routes;

    Builder(List<Size> sizes, List<Edge> edges, int[] ranks, List<Integer> cuts) {
      this.sizes = sizes;
      this.edges = edges;
      this.ranks = ranks;
      this.cuts = cuts;
      places = new Place[sizes.size()];
      routes = new Route[edges.size()];
    }

    LayeredLayout build() {
      double left = 0;
      double height = 0;
      for (int column = 0; column <= cuts.size(); column++) {
        var grid = grid(column);
        double top = cuts.isEmpty() ? 0 : DETOUR;
        grid.place(left, top);
        grid.boxes().forEach((box, place) -> places[box] = place);
        for (int e = 0; e < edges.size(); e++) {
          if (columnOf(edges.get(e).to()) == column) {
            routes[e] = route(e, column, grid, left);
          }
        }
        left += grid.width() + COLUMN_GAP;
        height = Math.max(height, top + grid.height() + (column < cuts.size() ? DETOUR : 0));
      }
      return new LayeredLayout(List.of(places), List.of(routes), left - COLUMN_GAP, height);
    }

    private int columnOf(int box) {
      int column = 0;
      while (column < cuts.size() && ranks[box] > cuts.get(column)) {
        column++;
      }
      return column;
    }

    /** The boxes of a column and, above them, a place where edges come in from the one before. */
    private Grid grid(int column) {
      int first = column == 0 ? 0 : cuts.get(column - 1) + 1;
      int entry = column == 0 ? 0 : 1;
      var grid = new Grid();
      if (entry == 1) {
        grid.add(Grid.ENTRY, new Size(0, 0), 0);
      }
      for (int box = 0; box < sizes.size(); box++) {
        if (columnOf(box) == column) {
          grid.add(box, sizes.get(box), ranks[box] - first + entry);
        }
      }
      for (int e = 0; e < edges.size(); e++) {
        var edge = edges.get(e);
        if (columnOf(edge.to()) == column) {
          grid.connect(e, columnOf(edge.from()) == column ? edge.from() : Grid.ENTRY, edge.to());
        }
      }
      grid.arrange();
      return grid;
    }

    private Route route(int edge, int column, Grid grid, double left) {
      int from = edges.get(edge).from();
      var points = new ArrayList<>(grid.route(edge));
      if (columnOf(from) == column) {
        return new Route(points, 0);
      }
      var start = places[from];
      double x = start.x() + sizes.get(from).width() / 2;
      double y = start.y() + sizes.get(from).height();
      double between = left - COLUMN_GAP / 2;
      var turn =
          List.of(
              new Point(x, y),
              new Point(x, y + DETOUR),
              new Point(between, y + DETOUR),
              new Point(between, points.getFirst().y()));
      points.addAll(0, turn);
      return new Route(points, turn.size() + 1);
    }
  }
}
