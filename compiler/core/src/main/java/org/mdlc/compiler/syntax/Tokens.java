package org.mdlc.compiler.syntax;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.grammar.MdlLexer;
import org.mdlc.grammar.MdlParser;

/** Facts about single tokens. */
final class Tokens {
  /** Words that begin a statement and are never names. */
  private static final Set<Integer> STATEMENT_WORDS =
      Set.of(
          MdlLexer.LET,
          MdlLexer.VAR,
          MdlLexer.PARAM,
          MdlLexer.STATE,
          MdlLexer.RETURN,
          MdlLexer.REQUIRE,
          MdlLexer.REPEAT,
          MdlLexer.FOR,
          MdlLexer.INPUT,
          MdlLexer.OUTPUT);

  /** Words that begin a definition. */
  private static final Set<Integer> DEFINITION_WORDS =
      Set.of(
          MdlLexer.IMPORT,
          MdlLexer.MODEL,
          MdlLexer.FN,
          MdlLexer.TRAIN,
          MdlLexer.LAYER,
          MdlLexer.BLOCK,
          MdlLexer.LOSS,
          MdlLexer.METRIC,
          MdlLexer.OPTIMIZER,
          MdlLexer.SCHEDULE,
          MdlLexer.INITIALIZER,
          MdlLexer.REGULARIZER,
          MdlLexer.CONSTRAINT);

  private static final Map<Integer, Integer> CLOSERS =
      Map.of(
          MdlLexer.LPAREN, MdlLexer.RPAREN,
          MdlParser.LPAREN_LINE, MdlLexer.RPAREN,
          MdlLexer.LBRACK, MdlLexer.RBRACK,
          MdlParser.LBRACK_LINE, MdlLexer.RBRACK,
          MdlLexer.LBRACE, MdlLexer.RBRACE);

  private Tokens() {}

  static boolean beginsStatement(Token token) {
    return STATEMENT_WORDS.contains(token.getType());
  }

  static boolean beginsDefinition(Token token) {
    return DEFINITION_WORDS.contains(token.getType());
  }

  static boolean opens(Token token) {
    return CLOSERS.containsKey(token.getType());
  }

  static boolean closes(Token token) {
    return CLOSERS.containsValue(token.getType());
  }

  /** The type of the token that closes an opening one. */
  static int closer(Token opener) {
    return CLOSERS.getOrDefault(opener.getType(), Token.INVALID_TYPE);
  }

  static boolean isNumber(Token token) {
    return token.getType() == MdlLexer.INT || token.getType() == MdlLexer.FLOAT;
  }

  /** Whether a value can end here. */
  static boolean endsOperand(Token token) {
    return isWord(token) || isNumber(token) || token.getType() == MdlLexer.STRING || closes(token);
  }

  /** Whether the token is a word of letters, reserved or not. */
  static boolean isWord(Token token) {
    return token.getType() == MdlLexer.IDENT
        || (token.getType() >= MdlLexer.IMPORT && token.getType() <= MdlLexer.WEIGHT);
  }

  /** Whether the token is a word that the grammar never takes as a name. */
  static boolean isReserved(Token token) {
    return token.getType() >= MdlLexer.IMPORT && token.getType() <= MdlLexer.NOT;
  }

  /** Whether the second token follows the first without a space. */
  static boolean touch(Token first, Token second) {
    return end(first) == second.getStartIndex();
  }

  /** Whether the token was put in by the compiler. */
  static boolean isInserted(Token token) {
    return token.getType() != Token.EOF && token.getStopIndex() < token.getStartIndex();
  }

  static boolean isFirstOnLine(SourceFile source, Token token) {
    var start = Math.min(token.getStartIndex(), source.text().length());
    var lineStart = source.lineStart(source.line(start));
    return source.text().substring(lineStart, start).isBlank();
  }

  /** Offset after the last char of a token. */
  static int end(Token token) {
    return Math.max(token.getStartIndex(), token.getStopIndex() + 1);
  }

  static Span span(SourceFile source, Token token) {
    var length = source.text().length();
    return source.span(Math.min(token.getStartIndex(), length), Math.min(end(token), length));
  }

  /** A copy of a token as another type. */
  static CommonToken retyped(Token token, int type) {
    var copy = new CommonToken(token);
    copy.setType(type);
    return copy;
  }

  /** A token of no width at an offset. */
  static CommonToken inserted(Token model, int type, String text, int offset) {
    var token = new CommonToken(model);
    token.setType(type);
    token.setText(text);
    token.setStartIndex(offset);
    token.setStopIndex(offset - 1);
    return token;
  }

  static List<String> definitionWords() {
    return List.of(
        "model",
        "layer",
        "block",
        "fn",
        "loss",
        "metric",
        "optimizer",
        "schedule",
        "initializer",
        "regularizer",
        "constraint",
        "train",
        "import",
        "let");
  }

  static List<String> statementWords() {
    return List.of(
        "let", "var", "param", "state", "return", "require", "repeat", "for", "input", "output",
        "if", "else");
  }
}
