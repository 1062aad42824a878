package org.mdlc.compiler.format;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.mdlc.compiler.format.Piece.Kind;
import org.mdlc.compiler.format.Piece.Place;
import org.mdlc.compiler.format.Piece.Start;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Concrete;
import org.mdlc.compiler.syntax.Concrete.Word;

/** The pieces so far. Each token brings the comments that stand before it. */
final class Row {
  private final SourceFile source;
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Scope> beginning = new ArrayList<>();

  /** How the next token stands. */
  private Place next = Place.joined(0, new Scope(), 0);

  /** How comments before it stand. */
  private Place nextComment = next;

  /** Offset behind the last piece in the source. */
  private int end;

  /** Whether the comma before the next token began a line. */
  private boolean isCommaBroken;

  Row(SourceFile source) {
    this.source = source;
  }

  List<Piece> pieces() {
    return pieces;
  }

  int size() {
    return pieces.size();
  }

  /** A scope that begins with the next token. */
  Scope scope() {
    var scope = new Scope();
    beginning.add(scope);
    return scope;
  }

  /** Says how the next token stands. */
  void next(Place place) {
    next(place, place);
  }

  void next(Place token, Place comment) {
    next = token;
    nextComment = comment;
  }

  /** Whether there is no comment between the last piece and this word. */
  boolean isDirectlyBefore(Concrete word) {
    return word instanceof Word w && nextComment(end, w.span().start()) == w.span().start();
  }

  void add(Word word) {
    add(word, false);
  }

  /** A break behind an operator counts as one before it. */
  void addOperator(Word word) {
    int behind = skipBlanks(word.span().end());
    var isCommented = source.text().startsWith("/", behind) && isComment(behind);
    add(word, !isCommented && newlines(word.span().end(), behind) > 0);
  }

  private void add(Word word, boolean isBroken) {
    int known = pieces.size();
    comments(word.span().start());
    var comments = pieces.subList(known, pieces.size());
    int newlines = newlines(end, word.span().start());
    var isBehindFirst = newlines == 0 && comments.stream().anyMatch(Row::beginsLine);
    var hasComments = !comments.isEmpty();
    var text = word.text();
    var place = hasComments && !text.matches("[,)\\]]") ? next.withBlanks(1) : next;
    if (isBehindFirst) {
      place = place.withinLine(); // a comment begins the line instead
    }
    var start = start(place, newlines > 0 || isBroken || isCommaBroken);
    beginning.forEach(scope -> scope.begin(pieces.size()));
    beginning.clear();
    if (place.group() != null) {
      place.group().add(pieces.size());
    }
    pieces.add(new Piece(text, Kind.TOKEN, place, newlines, start));
    end = word.span().end();
    isCommaBroken = text.equals(",") && newlines > 0 && !hasComments;
  }

  private static boolean beginsLine(Piece piece) {
    return piece.start() != Start.WITHIN;
  }

  private Start start(Place place, boolean isWanted) {
    if (pieces.isEmpty()) {
      return Start.WITHIN;
    }
    if (pieces.getLast().endsLine()) {
      return Start.FORCED;
    }
    return switch (place.wrap()) {
      case NEVER -> Start.WITHIN;
      case MAY -> isWanted ? Start.CHOSEN : Start.WITHIN;
      case ALWAYS -> Start.CHOSEN;
    };
  }

  /** The comments behind the last token. */
  void end() {
    comments(source.text().length());
  }

  // ---- comments

  private void comments(int until) {
    for (int at = nextComment(end, until); at < until; at = nextComment(end, until)) {
      var isLine = source.text().charAt(at + 1) == '/';
      int stop = isLine ? endOfLine(at) : source.text().indexOf("*/", at) + 2;
      int newlines = newlines(end, at);
      var isAfterOpener = !pieces.isEmpty() && pieces.getLast().text().matches("[(\\[]");
      pieces.add(
          new Piece(
              stripped(source.text().substring(at, stop)),
              isLine ? Kind.LINE_COMMENT : Kind.BLOCK_COMMENT,
              nextComment.withinLine().withBlanks(isAfterOpener ? 0 : 1),
              newlines,
              !pieces.isEmpty() && (newlines > 0 || pieces.getLast().endsLine())
                  ? Start.FORCED
                  : Start.WITHIN));
      end = stop;
    }
  }

  /** Offset of the next comment: between tokens there is nothing else but blanks and what goes. */
  private int nextComment(int from, int until) {
    for (int i = from; i < until; i++) {
      if (isComment(i)) {
        return i;
      }
    }
    return until;
  }

  private boolean isComment(int offset) {
    return source.text().startsWith("//", offset) || source.text().startsWith("/*", offset);
  }

  private int endOfLine(int from) {
    int i = from;
    while (i < source.text().length() && !isLineBreak(source.text().charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isLineBreak(char c) {
    return c == '\n' || c == '\r';
  }

  private static String stripped(String comment) {
    return comment.lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
  }

  private int skipBlanks(int from) {
    int i = from;
    while (i < source.text().length() && Character.isWhitespace(source.text().charAt(i))) {
      i++;
    }
    return i;
  }

  /** How many lines end between two offsets. */
  private int newlines(int from, int to) {
    return source.line(to) - source.line(from);
  }
}
