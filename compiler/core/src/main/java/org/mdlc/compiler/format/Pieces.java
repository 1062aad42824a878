package org.mdlc.compiler.format;

import java.util.List;

/**
 * A text as a row of pieces.
 *
 * @param braces the groups of blocks, inner ones first
 * @param items the definitions, in order
 */
record Pieces(List<Piece> all, List<Group> braces, List<Scope> items) {
  Pieces {
    all = List.copyOf(all);
    braces = List.copyOf(braces);
    items = List.copyOf(items);
  }
}
