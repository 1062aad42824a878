package org.mdlc.cli.layout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.mdlc.cli.layout.LayeredLayout.Edge;

/** The rank of every box: one more than the largest rank that leads to it. */
final class Ranks {
  private Ranks() {}

  static int[] of(int boxes, List<Edge> edges) {
    List<List<Integer>> next = new ArrayList<>();
    for (int box = 0; box < boxes; box++) {
      next.add(new ArrayList<>());
    }
    int[] open = new int[boxes];
    for (var edge : edges) {
      next.get(edge.from()).add(edge.to());
      open[edge.to()]++;
    }
    int[] ranks = new int[boxes];
    var ready = new ArrayDeque<Integer>();
    for (int box = 0; box < boxes; box++) {
      if (open[box] == 0) {
        ready.add(box);
      }
    }
    int done = 0;
    while (!ready.isEmpty()) {
      int box = ready.remove();
      done++;
      for (int to : next.get(box)) {
        ranks[to] = Math.max(ranks[to], ranks[box] + 1);
        if (--open[to] == 0) {
          ready.add(to);
        }
      }
    }
    if (done < boxes) {
      throw new IllegalArgumentException("the edges of the graph form a cycle");
    }
    moveSourcesDown(ranks, next, edges);
    return ranks;
  }

  /** What nothing leads to stands just above what it leads to first. */
  private static void moveSourcesDown(int[] ranks, List<List<Integer>> next, List<Edge> edges) {
    boolean[] hasSource = new boolean[ranks.length];
    edges.forEach(edge -> hasSource[edge.to()] = true);
    for (int box = 0; box < ranks.length; box++) {
      if (!hasSource[box]) {
        ranks[box] = next.get(box).stream().mapToInt(to -> ranks[to] - 1).min().orElse(0);
      }
    }
  }
}
