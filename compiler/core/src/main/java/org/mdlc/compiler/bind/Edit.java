package org.mdlc.compiler.bind;

import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;

/** A change of the user's text: {@code text} in the place of what stands in {@code place}. */
record Edit(Span place, String text) {
  /** Both changes, of one file and apart from one another, as one. */
  Edit and(Edit other) {
    if (other.place.start() < place.start()) {
      return other.and(this);
    }
    var gap = place.after().to(other.place.before());
    return new Edit(place.to(other.place), text + gap.text() + other.text);
  }

  /** A diagnostic that advises this. */
  Diagnostic advisedBy(Diagnostic diagnostic, String advice) {
    return diagnostic.help(advice, place, text);
  }

  /** Removes a statement: with its line, when nothing else stands there. */
  static Edit remove(Span statement) {
    var text = statement.file().text();
    int start = statement.start();
    while (start > 0 && isBlank(text.charAt(start - 1))) {
      start--;
    }
    int end = statement.end();
    while (end < text.length() && isBlank(text.charAt(end))) {
      end++;
    }
    boolean ownLine =
        start > 0
            && text.charAt(start - 1) == '\n'
            && end < text.length()
            && text.charAt(end) == '\n';
    return ownLine
        ? new Edit(statement.file().span(start, end + 1), "")
        : new Edit(statement.file().span(statement.start(), Math.max(end, statement.end())), "");
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
