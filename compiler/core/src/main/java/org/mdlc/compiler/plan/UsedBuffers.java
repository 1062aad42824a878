package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;

/**
 * Steps with the buffers that they use, numbered without gaps.
 *
 * @param buffers in the order they had
 */
record UsedBuffers(List<Step> steps, List<Buffer> buffers) {
  static UsedBuffers of(List<Step> steps, List<Buffer> all) {
    var used = new TreeSet<Integer>();
    collect(steps, used);
    var names = new HashMap<Integer, Integer>();
    var buffers = new ArrayList<Buffer>();
    for (int old : used) {
      var buffer = all.get(old);
      names.put(old, buffers.size());
      buffers.add(
          new Buffer(
              buffers.size(), buffer.name(), buffer.type(), buffer.elements(), buffer.storage()));
    }
    return new UsedBuffers(
        steps.stream().map(s -> Operands.renamed(s, names::get)).toList(), buffers);
  }

  private static void collect(List<Step> steps, TreeSet<Integer> into) {
    for (var step : steps) {
      Operands.of(step).forEach(o -> into.add(o.buffer()));
      if (step instanceof Step.Loop loop) {
        collect(loop.body(), into);
      }
    }
  }
}
