package org.mdlc.compiler.plan;

import java.util.List;
import java.util.stream.Collectors;
import org.mdlc.compiler.type.Dim;

/**
 * Where a step reads or writes: a buffer, from an offset on.
 *
 * @param buffer id
 * @param offset in elements
 * @param advances by how much the start moves per iteration of each loop around the step
 */
public record Operand(int buffer, Dim offset, List<Advance> advances) {
  /**
   * @param loop {@link Step.Loop#id()}
   * @param stride in elements per iteration
   */
  public record Advance(int loop, Dim stride) {}

  public Operand {
    advances = List.copyOf(advances);
  }

  /** The whole buffer. */
  public static Operand of(int buffer) {
    return new Operand(buffer, Dim.ZERO, List.of());
  }

  /** {@code b3}, {@code b3+64}, {@code b3+(64*batch)*t0}. */
  @Override
  public String toString() {
    return "b"
        + buffer
        + (offset.is(0) ? "" : "+" + parenthesised(offset))
        + advances.stream()
            .map(a -> "+" + parenthesised(a.stride()) + "*t" + a.loop())
            .collect(Collectors.joining());
  }

  private static String parenthesised(Dim dim) {
    return dim.isConstant() ? dim.toString() : "(" + dim + ")";
  }
}
