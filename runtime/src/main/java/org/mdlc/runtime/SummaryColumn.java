package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * A column of the summary.
 *
 * @param width of the text, without the blanks beside it
 */
record SummaryColumn(String title, int width, boolean alignRight) {
  private static final int CHAIN_WIDTH = 88;
  private static final int NETWORK_WIDTH = 108;

  /** What five columns need; Keras refuses where it has no room. */
  private static final int LEAST = 56;

  private static final String LAYER = "Layer (type)";
  private static final String SHAPE = "Output Shape";
  private static final String PARAMETERS = "Param #";

  /** Of layers that read each the one above. */
  static List<SummaryColumn> chain(int terminal) {
    return columns(
        width(CHAIN_WIDTH, terminal),
        List.of(LAYER, SHAPE, PARAMETERS),
        List.of(0.45, 0.80, 1.0),
        2,
        3);
  }

  /** With what each layer reads. */
  static List<SummaryColumn> network(int terminal) {
    return columns(
        width(NETWORK_WIDTH, terminal),
        List.of(LAYER, SHAPE, PARAMETERS, "Connected to"),
        List.of(0.3, 0.56, 0.74, 1.0),
        2,
        3);
  }

  /** With arithmetic and memory. */
  static List<SummaryColumn> detailed(int terminal) {
    return columns(
        width(NETWORK_WIDTH, terminal),
        List.of(LAYER, SHAPE, PARAMETERS, "FLOPs", "Memory"),
        List.of(0.29, 0.553, 0.724, 0.856, 1.0),
        2,
        5);
  }

  private static int width(int most, int terminal) {
    return Math.max(LEAST, Math.min(most, terminal - 4));
  }

  /**
   * As Keras and rich share out the width: each column ends at its part of the whole; what blanks
   * and bars take is then taken from all columns alike, from left to right.
   *
   * @param firstRight the columns from here to {@code lastRight}, exclusive, are aligned right
   */
  private static List<SummaryColumn> columns(
      int total, List<String> titles, List<Double> ends, int firstRight, int lastRight) {
    int[] widths = new int[titles.size()];
    int begin = 0;
    for (int i = 0; i < widths.length; i++) {
      int end = (int) (ends.get(i) * total);
      widths[i] = end - begin + 2;
      begin = end;
    }
    int excess = begin + 2 * widths.length - (total - widths.length - 1);
    List<SummaryColumn> columns = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      // Python's round: a half goes to the even neighbour
      int less = (int) Math.rint((double) excess / (widths.length - i));
      excess -= less;
      columns.add(
          new SummaryColumn(titles.get(i), widths[i] - less - 2, i >= firstRight && i < lastRight));
    }
    return columns;
  }
}
