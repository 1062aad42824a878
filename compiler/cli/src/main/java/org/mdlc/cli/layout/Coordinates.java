package org.mdlc.cli.layout;

import java.util.List;
import org.mdlc.cli.layout.Grid.Cell;
import org.mdlc.cli.layout.Grid.Link;

/**
 * Where cells lie from left to right: as near as their order and size allow to the weighted mean of
 * those that they are linked to. Row after row this is a least-squares problem with a fixed order,
 * which pooling neighbours that come too close solves exactly (isotonic regression).
 */
final class Coordinates {
  private static final int ROUGH = 8;
  private static final int FINE = 400;

  private Coordinates() {}

  static void assign(List<List<Cell>> rows) {
    for (var row : rows) {
      double x = 0;
      for (int i = 0; i < row.size(); i++) {
        x += i == 0 ? 0 : apart(row.get(i - 1), row.get(i));
        row.get(i).x = x;
      }
    }
    // One side at a time carries a position along a whole chain at once; both sides settle it.
    for (int i = 0; i < ROUGH; i++) {
      rows.forEach(row -> move(row, true, false));
      rows.reversed().forEach(row -> move(row, false, true));
    }
    for (int i = 0; i < FINE; i++) {
      (i % 2 == 0 ? rows : rows.reversed()).forEach(row -> move(row, true, true));
    }
    rows.forEach(row -> row.forEach(cell -> cell.x = Math.round(cell.x)));
  }

  /** Between the middles of two cells side by side. */
  private static double apart(Cell left, Cell right) {
    return (left.size.width() + right.size.width()) / 2 + LayeredLayout.BESIDE;
  }

  private static void move(List<Cell> row, boolean byAbove, boolean byBelow) {
    int n = row.size();
    // positions without the room between: then the order is all that is left of the constraints
    double[] means = new double[n];
    double[] weights = new double[n];
    int[] lengths = new int[n];
    double[] offsets = new double[n];
    int blocks = 0;
    for (int i = 0; i < n; i++) {
      var cell = row.get(i);
      offsets[i] = i == 0 ? 0 : offsets[i - 1] + apart(row.get(i - 1), cell);
      double weight = 0;
      double sum = 0;
      if (byAbove) {
        for (Link link : cell.above) {
          weight += link.weight();
          sum += link.weight() * link.upper().x;
        }
      }
      if (byBelow) {
        for (Link link : cell.below) {
          weight += link.weight();
          sum += link.weight() * link.lower().x;
        }
      }
      // what nothing pulls stays, unless others push
      means[blocks] = (weight == 0 ? cell.x : sum / weight) - offsets[i];
      weights[blocks] = Math.max(weight, 1e-6);
      lengths[blocks] = 1;
      blocks++;
      while (blocks > 1 && means[blocks - 2] > means[blocks - 1]) {
        double both = weights[blocks - 2] + weights[blocks - 1];
        means[blocks - 2] =
            (means[blocks - 2] * weights[blocks - 2] + means[blocks - 1] * weights[blocks - 1])
                / both;
        weights[blocks - 2] = both;
        lengths[blocks - 2] += lengths[blocks - 1];
        blocks--;
      }
    }
    int cell = 0;
    for (int block = 0; block < blocks; block++) {
      for (int i = 0; i < lengths[block]; i++, cell++) {
        row.get(cell).x = means[block] + offsets[cell];
      }
    }
  }
}
