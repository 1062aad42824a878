package org.mdlc.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.Token;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.grammar.MdlLexer;

/**
 * A text cut into words, for who must understand a text that need not parse: an editor in which
 * somebody types.
 */
public final class Lexemes {
  private static final Set<Integer> COMMENTS =
      Set.of(
          MdlLexer.DOC,
          MdlLexer.COMMENT,
          MdlLexer.BLOCK_COMMENT,
          MdlLexer.OPEN_COMMENT,
          MdlLexer.HASH_COMMENT);

  private static final Set<Integer> STRINGS =
      Set.of(MdlLexer.STRING, MdlLexer.OPEN_STRING, MdlLexer.QUOTED);

  /** What a piece of text is. */
  public enum Kind {
    /** A name or a word of the language. */
    WORD,
    NUMBER,
    STRING,
    COMMENT,
    SYMBOL
  }

  /** A piece of text. */
  public record Lexeme(Kind kind, String text, Span span) {
    public boolean is(String other) {
      return text.equals(other);
    }
  }

  private Lexemes() {}

  /** All pieces in order, comments included; blanks are left out. */
  public static List<Lexeme> of(SourceFile source) {
    var lexer = new MdlLexer(new SourceChars(source, 0, source.text().length()));
    lexer.removeErrorListeners();
    var lexemes = new ArrayList<Lexeme>();
    for (var token = lexer.nextToken(); token.getType() != Token.EOF; token = lexer.nextToken()) {
      lexemes.add(new Lexeme(kind(token), token.getText(), Tokens.span(source, token)));
    }
    return lexemes;
  }

  private static Kind kind(Token token) {
    int type = token.getType();
    if (COMMENTS.contains(type)) {
      return Kind.COMMENT;
    }
    if (STRINGS.contains(type)) {
      return Kind.STRING;
    }
    if (type == MdlLexer.INT || type == MdlLexer.FLOAT || type == MdlLexer.DOT_NUMBER) {
      return Kind.NUMBER;
    }
    char first = token.getText().charAt(0);
    return Character.isLetter(first) || first == '_' ? Kind.WORD : Kind.SYMBOL;
  }

  /** What begins a line of a train block, beside its settings. */
  public static List<String> trainWords() {
    return List.of(
        "data",
        "holdout",
        "validation",
        "loss",
        "metrics",
        "weighted_metrics",
        "optimizer",
        "callbacks",
        "stage",
        "freeze",
        "unfreeze",
        "adapt",
        "minimize",
        "let");
  }
}
