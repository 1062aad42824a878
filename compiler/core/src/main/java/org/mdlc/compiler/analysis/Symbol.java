package org.mdlc.compiler.analysis;

import java.util.List;
import org.mdlc.compiler.source.Span;

/**
 * A part of a file that one may want to go to.
 *
 * @param kind {@code model}, {@code layer}, {@code input} ..
 * @param detail beside the name; may be empty
 */
public record Symbol(
    String name, String kind, String detail, Span whole, Span place, List<Symbol> parts) {
  public Symbol {
    parts = List.copyOf(parts);
  }
}
