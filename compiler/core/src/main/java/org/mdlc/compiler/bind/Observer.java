package org.mdlc.compiler.bind;

import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.Dim;

/**
 * Hears, while the user's files are bound, what stands where: for editors. One place may come up
 * several times, with other values: in a loop, in each use of a block, in each phase.
 */
public interface Observer {
  /** Hears nothing. */
  Observer NONE = new Observer() {};

  /**
   * What an expression or a name came to.
   *
   * @param type {@code f32[batch, 10]}, {@code int}, {@code layer Dense}
   * @param value of what has one that can be written down, else empty
   */
  record Meaning(String type, String value) {}

  /** An expression, or the name in a declaration, without an error in it. */
  default void value(Span place, Meaning meaning) {}

  /**
   * A layer after a call.
   *
   * @param made where it was made
   * @param path of names, as in a summary
   * @param parameters number of elements of all weights and states inside
   */
  default void layer(Span made, String path, Dim parameters) {}

  /** A file that was found and read. */
  default void imported(Ast.Import tree, Ast.File file) {}
}
