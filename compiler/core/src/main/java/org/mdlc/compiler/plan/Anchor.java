package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Reduction;
import org.mdlc.compiler.type.Dim;

/**
 * A value that a kernel computes for its own sake, or a part of one; everything between anchors is
 * computed on the way.
 *
 * @param id position among the anchors of the graph
 * @param value what is computed
 * @param source what one loop pass works out: the value itself, the operand of a reduction, or one
 *     part of a concatenation
 * @param reduction how the source becomes the value
 * @param part where a part of a concatenation goes
 * @param space the loops it needs
 * @param accesses the leaves its computation reads
 * @param work time of one loop pass, in additions
 * @param size instructions in the text of the kernel
 * @param nodeIndex position of its node in the graph
 */
record Anchor(
    int id,
    Value value,
    Value source,
    Optional<Reduction> reduction,
    Optional<Part> part,
    Space space,
    List<Access> accesses,
    int work,
    int size,
    int nodeIndex) {
  /**
   * @param axis of the concatenation
   * @param start of the part along it
   */
  record Part(int axis, Dim start) {}

  /**
   * A leaf read somewhere.
   *
   * @param whole true when it is read once per loop pass, element for element, and not repeated by
   *     a broadcast
   */
  record Access(Value leaf, Position at, boolean whole) {}

  Anchor {
    accesses = List.copyOf(accesses);
  }

  /** True when computing it again costs more than storing and loading it. */
  boolean isDear() {
    return work >= ChooseAnchors.DEAR
        || accesses.stream().filter(Access::whole).map(a -> a.leaf().id()).distinct().count()
            >= ChooseAnchors.MANY_LEAVES;
  }

  /** The loop position as a position in the source. */
  Position sourcePosition() {
    var shape = source.type().shape();
    return reduction.map(r -> space.atOperand(shape, r.axes())).orElseGet(() -> space.at(shape));
  }

  /** Where the result goes in the buffer of the value, in elements. */
  IndexExpr storeIndex() {
    var shape = value.type().shape();
    if (part.isEmpty()) {
      return space.at(shape).linear(shape);
    }
    var along = new ArrayList<>(((Position.Axes) space.at(source.type().shape())).along());
    int axis = part.get().axis();
    along.set(axis, along.get(axis).plus(part.get().start()));
    return IndexBounds.linear(along, shape);
  }
}
