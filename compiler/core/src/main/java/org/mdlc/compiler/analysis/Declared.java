package org.mdlc.compiler.analysis;

import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/**
 * A name that a text gives to something, and where it can be seen.
 *
 * @param kind as one would call it: {@code let}, {@code input}, {@code model}, {@code layer}
 * @param name where it is written
 * @param from offset from which on the name means this
 * @param to offset at which it ends to do so
 * @param tree what declares it
 * @param doc its comment; may be empty
 */
record Declared(String kind, String text, Span name, int from, int to, Ast.Node tree, String doc) {
  boolean isSeenAt(int offset) {
    return from <= offset && offset <= to;
  }
}
