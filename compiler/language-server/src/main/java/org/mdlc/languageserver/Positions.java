package org.mdlc.languageserver;

import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;

/** Between offsets and the protocol's lines and columns: both count UTF-16 units. */
final class Positions {
  private Positions() {}

  /** A position beyond the line is its end, one beyond the text the text's. */
  static int offset(SourceFile source, Position position) {
    int line = position.getLine() + 1;
    if (line < 1) {
      return 0;
    }
    if (line > source.lineCount()) {
      return source.text().length();
    }
    int start = source.lineStart(line);
    int end = start + source.lineText(line).length();
    return Math.clamp((long) start + Math.max(0, position.getCharacter()), start, end);
  }

  static Position position(SourceFile source, int offset) {
    int line = source.line(offset);
    return new Position(line - 1, offset - source.lineStart(line));
  }

  static Range range(Span span) {
    return new Range(position(span.file(), span.start()), position(span.file(), span.end()));
  }
}
