package org.mdlc.cli.layout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mdlc.cli.layout.LayeredLayout.Place;
import org.mdlc.cli.layout.LayeredLayout.Point;
import org.mdlc.cli.layout.LayeredLayout.Size;

/** The cells of one column: rows of boxes and of the places where long edges pass. */
final class Grid {
  /** In place of a box: where edges from another column come in. */
  static final int ENTRY = -1;

  /** A box, or a place that an edge passes. */
  static final class Cell {
    final boolean passage;
    final Size size;
    final int rank;
    final List<Link> above = new ArrayList<>();
    final List<Link> below = new ArrayList<>();

    /** Position in its row, from 0. */
    int order;

    /** Middle. */
    double x;

    Cell(boolean passage, Size size, int rank) {
      this.passage = passage;
      this.size = size;
      this.rank = rank;
    }
  }

  /**
   * A piece of an edge, from one row to the next.
   *
   * @param weight how much it matters that it is upright
   */
  record Link(Cell upper, Cell lower, double weight) {
    // A passage is upright, and so are boxes that follow each other; where both do not go, the edge
    // into a passage bends.
    static Link of(Cell upper, Cell lower) {
      double weight =
          upper.passage && lower.passage ? 400 : upper.passage || lower.passage ? 0.01 : 100;
      return new Link(upper, lower, weight);
    }
  }

  private final Map<Integer, Cell> cells = new LinkedHashMap<>();
  private final TreeMap<Integer, List<Cell>> byRank = new TreeMap<>();
  private final Map<Integer, List<Cell>> paths = new LinkedHashMap<>();
  private final Map<Long, List<Cell>> known = new HashMap<>();
  private final Map<Cell, Double> tops = new HashMap<>();
  private final Map<Integer, Double> rowHeights = new HashMap<>();
  private double width;
  private double height;
  private double left;

  void add(int box, Size size, int rank) {
    var cell = new Cell(false, size, rank);
    cells.put(box, cell);
    row(rank).add(cell);
  }

  private List<Cell> row(int rank) {
    return byRank.computeIfAbsent(rank, _ -> new ArrayList<>());
  }

  private List<List<Cell>> rows() {
    return List.copyOf(byRank.values());
  }

  /** An edge between two boxes that are there; edges between the same boxes share one path. */
  void connect(int edge, int from, int to) {
    paths.put(edge, known.computeIfAbsent(((long) from << 32) | to, _ -> path(from, to)));
  }

  private List<Cell> path(int from, int to) {
    var upper = cell(from);
    var lower = cell(to);
    var path = new ArrayList<Cell>();
    path.add(upper);
    for (int rank = upper.rank + 1; rank < lower.rank; rank++) {
      var passage = new Cell(true, new Size(0, 0), rank);
      row(rank).add(passage);
      path.add(passage);
    }
    path.add(lower);
    for (int i = 1; i < path.size(); i++) {
      var link = Link.of(path.get(i - 1), path.get(i));
      link.upper().below.add(link);
      link.lower().above.add(link);
    }
    return path;
  }

  private Cell cell(int box) {
    var cell = cells.get(box);
    if (cell == null) {
      throw new IllegalStateException("box " + box + " is not in this column");
    }
    return cell;
  }

  /** Orders the cells of each row and finds where they lie from left to right. */
  void arrange() {
    Crossings.reduce(rows());
    Coordinates.assign(rows());
    double right = Double.NEGATIVE_INFINITY;
    left = Double.POSITIVE_INFINITY;
    for (var row : byRank.values()) {
      for (var cell : row) {
        left = Math.min(left, cell.x - cell.size.width() / 2);
        right = Math.max(right, cell.x + cell.size.width() / 2);
      }
    }
    width = right - left;
  }

  /** Moves everything to its place, the upper left corner being here. */
  void place(double atX, double atY) {
    double y = atY;
    for (var row : byRank.values()) {
      double tallest = row.stream().mapToDouble(cell -> cell.size.height()).max().orElse(0);
      for (var cell : row) {
        cell.x += atX - left;
        // a passage is as tall as its row, so that an edge is upright between boxes
        tops.put(cell, cell.passage ? y : y + (tallest - cell.size.height()) / 2);
      }
      rowHeights.put(row.getFirst().rank, tallest);
      y += tallest + LayeredLayout.BELOW;
    }
    height = y - LayeredLayout.BELOW - atY;
  }

  double width() {
    return width;
  }

  double height() {
    return height;
  }

  Map<Integer, Place> boxes() {
    var places = new LinkedHashMap<Integer, Place>();
    cells.forEach(
        (box, cell) -> {
          if (box != ENTRY) {
            places.put(box, new Place(cell.x - cell.size.width() / 2, top(cell)));
          }
        });
    return places;
  }

  List<Point> route(int edge) {
    var points = new ArrayList<Point>();
    var path = paths.getOrDefault(edge, List.of());
    for (int i = 0; i < path.size(); i++) {
      var cell = path.get(i);
      if (i > 0) {
        points.add(new Point(cell.x, top(cell)));
      }
      if (i < path.size() - 1 && (i == 0 || cell.passage)) {
        points.add(new Point(cell.x, top(cell) + tall(cell)));
      }
    }
    return points;
  }

  private double top(Cell cell) {
    return tops.getOrDefault(cell, 0.0);
  }

  private double tall(Cell cell) {
    return cell.passage ? rowHeights.getOrDefault(cell.rank, 0.0) : cell.size.height();
  }
}
