package org.mdlc.compiler.format;

import java.util.Optional;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Parser;

/**
 * Puts mdl text into its one layout. There are no options.
 *
 * <p>Blanks, indentation and blank lines follow rules. Where a line may break, the breaks that the
 * writer made stay, and a line that is longer than {@value #WIDTH} characters gets more of them,
 * the outermost first. So a formatted text is its own layout, and the tree of the text never
 * changes; only a `;` and a comma before a closing bracket go where they say nothing. Lines end in
 * `\n`.
 *
 * <p>Steps: the tree becomes a row of {@link Piece}s, tokens and comments, each of which knows how
 * it may stand ({@link TakeApart}); then it is decided which of them begin a line ({@link
 * BreakLines}); then they are printed ({@link PrintLines}).
 */
public final class Formatter {
  /** Characters in a line, without a comment at its end. */
  static final int WIDTH = 140;

  private Formatter() {}

  /** The text in its layout; nothing when it has a syntax error, which has been reported. */
  public static Optional<String> format(SourceFile source, DiagnosticSink sink) {
    return Parser.concrete(source, sink)
        .map(file -> TakeApart.pieces(source, file))
        .map(pieces -> PrintLines.text(BreakLines.in(pieces)));
  }
}
