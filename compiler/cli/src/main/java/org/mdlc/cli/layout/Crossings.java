package org.mdlc.cli.layout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.cli.layout.Grid.Cell;
import org.mdlc.cli.layout.Grid.Link;

/**
 * Orders each row so that few edges cross: cells go by turns to the mean position of those above
 * and of those below; the best order seen stays.
 */
final class Crossings {
  private static final int SWEEPS = 24;

  private Crossings() {}

  static void reduce(List<List<Cell>> rows) {
    rows.forEach(Crossings::number);
    var best = copy(rows);
    long fewest = count(rows);
    for (int sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
      boolean down = sweep % 2 == 0;
      for (var row : down ? rows : rows.reversed()) {
        sort(row, down);
      }
      long crossings = count(rows);
      if (crossings < fewest) {
        fewest = crossings;
        best = copy(rows);
      }
    }
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).clear();
      rows.get(i).addAll(best.get(i));
      number(rows.get(i));
    }
  }

  private static List<List<Cell>> copy(List<List<Cell>> rows) {
    return rows.stream().map(List::copyOf).toList();
  }

  private static void number(List<Cell> row) {
    for (int i = 0; i < row.size(); i++) {
      row.get(i).order = i;
    }
  }

  /** Cells without neighbours on that side keep their position as well as they can. */
  private static void sort(List<Cell> row, boolean byAbove) {
    Map<Cell, Double> wanted = new HashMap<>();
    for (var cell : row) {
      wanted.put(
          cell,
          byAbove
              ? cell.above.stream().mapToInt(l -> l.upper().order).average().orElse(cell.order)
              : cell.below.stream().mapToInt(l -> l.lower().order).average().orElse(cell.order));
    }
    row.sort(Comparator.comparingDouble(cell -> wanted.getOrDefault(cell, 0.0)));
    number(row);
  }

  private static long count(List<List<Cell>> rows) {
    long crossings = 0;
    for (var row : rows) {
      var links = new ArrayList<Link>();
      row.forEach(cell -> links.addAll(cell.below));
      for (int i = 0; i < links.size(); i++) {
        for (int j = i + 1; j < links.size(); j++) {
          crossings += cross(links.get(i), links.get(j)) ? 1 : 0;
        }
      }
    }
    return crossings;
  }

  private static boolean cross(Link a, Link b) {
    int above = Integer.compare(a.upper().order, b.upper().order);
    int below = Integer.compare(a.lower().order, b.lower().order);
    return above * below < 0;
  }
}
