package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * From which step to which a buffer is needed, both included. Steps are numbered as they stand in
 * the text, from 0; a loop takes one number before and one after its body. A loop in which rows run
 * by themselves counts as one step.
 */
public record Lifetime(int first, int last) {
  /** How many numbers a step takes. */
  public static int count(Step step) {
    return step instanceof Step.Loop loop ? 2 + count(loop.body()) : 1;
  }

  /** How many numbers steps take together. */
  public static int count(List<Step> steps) {
    return steps.stream().mapToInt(Lifetime::count).sum();
  }

  /** The lifetime of every buffer that a step uses, by its id. */
  public static Map<Integer, Lifetime> of(List<Step> steps) {
    var uses = new Uses();
    uses.collect(steps, 0, List.of());
    var lifetimes = new TreeMap<Integer, Lifetime>();
    uses.byBuffer.forEach((id, all) -> lifetimes.put(id, Uses.lifetime(all)));
    return lifetimes;
  }

  private static final class Uses {
    /** A use is its step's number behind the first and last number of every loop around it. */
    private final Map<Integer, List<int[]>> byBuffer = new TreeMap<>();

    private void collect(List<Step> steps, int start, List<Integer> loops) {
      int at = start;
      for (var step : steps) {
        if (step instanceof Step.Loop loop && loop.byRow()) {
          use(loop, at, loops);
          use(loop, at + count(step) - 1, loops);
        } else if (step instanceof Step.Loop loop) {
          var inner = new ArrayList<>(loops);
          inner.add(at);
          inner.add(at + count(step) - 1);
          collect(loop.body(), at + 1, inner);
        } else {
          use(step, at, loops);
        }
        at += count(step);
      }
    }

    /** Rows may be at different steps of a loop: all that it touches is needed from end to end. */
    private void use(Step step, int at, List<Integer> loops) {
      if (step instanceof Step.Loop loop) {
        loop.body().forEach(s -> use(s, at, loops));
        return;
      }
      for (var operand : Operands.of(step)) {
        var use = new ArrayList<>(loops);
        use.add(at);
        byBuffer
            .computeIfAbsent(operand.buffer(), _ -> new ArrayList<>())
            .add(use.stream().mapToInt(i -> i).toArray());
      }
    }

    private static Lifetime lifetime(List<int[]> uses) {
      int common = commonLoops(uses);
      int first = Integer.MAX_VALUE;
      int last = -1;
      for (var use : uses) {
        boolean deeper = use.length - 1 > common;
        // used within a loop that not all uses are in: needed until the loop has made its last
        // round
        first = Math.min(first, deeper ? use[common] : use[use.length - 1]);
        last = Math.max(last, deeper ? use[common + 1] : use[use.length - 1]);
      }
      return new Lifetime(first, last);
    }

    private static int commonLoops(List<int[]> uses) {
      int common = uses.get(0).length - 1;
      for (var use : uses) {
        int same = 0;
        while (same < Math.min(common, use.length - 1) && use[same] == uses.get(0)[same]) {
          same++;
        }
        common = Math.min(common, same / 2 * 2);
      }
      return common;
    }
  }
}
