package org.mdlc.cli.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mdlc.cli.layout.LayeredLayout.Edge;

/** Where a long graph goes on in another column. */
final class Columns {
  /** Ranks that one column always holds. */
  private static final int SHORT = 15;

  /** Height of a rank of a usual box over the width of a column: makes the picture a square. */
  private static final double SLIMNESS = 0.3;

  private Columns() {}

  /** The last rank of every column but the last, ascending. */
  static List<Integer> cuts(int[] ranks, List<Edge> edges) {
    int count = Arrays.stream(ranks).max().orElse(0) + 1;
    if (count <= SHORT) {
      return List.of();
    }
    var possible = possible(ranks, edges, count);
    int columns = (int) Math.max(2, Math.round(Math.sqrt(count * SLIMNESS)));
    double length = (double) count / columns;
    var cuts = new ArrayList<Integer>();
    for (int column = 1; column < columns; column++) {
      double wanted = column * length - 1;
      int last = cuts.isEmpty() ? -1 : cuts.getLast();
      possible.stream()
          .filter(rank -> rank > last && Math.abs(rank - wanted) <= length / 2)
          .min((a, b) -> Double.compare(Math.abs(a - wanted), Math.abs(b - wanted)))
          .ifPresent(cuts::add);
    }
    return cuts;
  }

  /** The ranks below which all edges come from the only box there. */
  private static List<Integer> possible(int[] ranks, List<Edge> edges, int count) {
    int[] boxes = new int[count];
    for (int rank : ranks) {
      boxes[rank]++;
    }
    boolean[] passed = new boolean[count];
    for (var edge : edges) {
      for (int rank = ranks[edge.from()] + 1; rank < ranks[edge.to()]; rank++) {
        passed[rank] = true;
      }
    }
    var possible = new ArrayList<Integer>();
    for (int rank = 0; rank < count - 1; rank++) {
      if (boxes[rank] == 1 && !passed[rank]) {
        possible.add(rank);
      }
    }
    return possible;
  }
}
