package org.mdlc.compiler.syntax;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.Token;
import org.mdlc.grammar.MdlLexer;

/**
 * Measures how deep the tree of a text will be, on its tokens, before anything recursive sees it.
 * Every open bracket counts, and every operator, call or `else` in the expression so far at each
 * level.
 */
final class Nesting {
  /** Levels of brackets. Each costs the parser about a dozen stack frames. */
  static final int MAX_BRACKETS = 100;

  /** Brackets and operators together; the tree is at most this deep. */
  static final int MAX_DEPTH = 1_000;

  private final ArrayDeque<Integer> outerLinks = new ArrayDeque<>();
  private int depth;
  private int links;

  private Nesting() {}

  /** The first token that lies too deep. */
  static Optional<Token> tooDeep(List<Token> tokens) {
    var nesting = new Nesting();
    int previous = Token.INVALID_TYPE;
    for (var token : tokens) {
      nesting.count(token, previous);
      if (nesting.outerLinks.size() > MAX_BRACKETS || nesting.depth > MAX_DEPTH) {
        return Optional.of(token);
      }
      previous = token.getType();
    }
    return Optional.empty();
  }

  private void count(Token token, int previous) {
    if (Tokens.opens(token)) {
      link();
      outerLinks.push(links);
      links = 0;
    } else if (Tokens.closes(token)) {
      depth -= links;
      links = outerLinks.isEmpty() ? 0 : outerLinks.pop();
    } else if (beginsAnew(token, previous)) {
      depth -= links;
      links = 0;
    } else if (!isOperand(token.getType())) {
      link();
    }
  }

  private void link() {
    links++;
    depth++;
  }

  /**
   * Whether the expression before this token is surely over: two operands in a row never belong to
   * one.
   */
  private static boolean beginsAnew(Token token, int previous) {
    return switch (token.getType()) {
      case MdlLexer.COMMA, MdlLexer.SEMICOLON, MdlLexer.ASSIGN, MdlLexer.UPDATE, MdlLexer.COLON ->
          true;
      case MdlLexer.IF -> previous == MdlLexer.RBRACE || previous == MdlLexer.LBRACE;
      case MdlLexer.MODEL, MdlLexer.TRAIN, MdlLexer.IMPORT -> true;
      default ->
          Tokens.beginsStatement(token) || (isOperand(token.getType()) && endsOperand(previous));
    };
  }

  private static boolean endsOperand(int type) {
    return isOperand(type)
        || type == MdlLexer.RPAREN
        || type == MdlLexer.RBRACK
        || type == MdlLexer.RBRACE;
  }

  /**
   * Names and literals add no depth of their own; operators, `else`, `fn`, `not` and the like do.
   */
  private static boolean isOperand(int type) {
    return switch (type) {
      case MdlLexer.STRING,
          MdlLexer.INT,
          MdlLexer.FLOAT,
          MdlLexer.IDENT,
          MdlLexer.TRUE,
          MdlLexer.FALSE,
          MdlLexer.NONE,
          MdlLexer.TRAINING ->
          true;
      case MdlLexer.AS, MdlLexer.WITH, MdlLexer.OVER, MdlLexer.REVERSE, MdlLexer.WEIGHT -> false;
      default -> type >= MdlLexer.LAYER && type <= MdlLexer.WEIGHT;
    };
  }
}
