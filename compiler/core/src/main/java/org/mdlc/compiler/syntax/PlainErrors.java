package org.mdlc.compiler.syntax;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.FailedPredicateException;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.NoViableAltException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.ATNState;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.source.Span;
import org.mdlc.grammar.MdlLexer;
import org.mdlc.grammar.MdlParser;

/**
 * Says in plain sentences what the parser did not expect, and finds the place to go on: the next
 * closing bracket, or the next line that can begin something. Brackets are balanced by now, so a
 * bracket that opens is skipped together with its partner.
 */
final class PlainErrors extends DefaultErrorStrategy {
  private final SyntaxErrors errors;
  private final Set<String> wordsUsedAsNames = new HashSet<>();

  PlainErrors(SyntaxErrors errors) {
    this.errors = errors;
  }

  // ---- what went wrong

  @Override
  protected void reportNoViableAlternative(Parser parser, NoViableAltException e) {
    report(parser, e.getOffendingToken(), expected(parser));
  }

  @Override
  protected void reportInputMismatch(Parser parser, InputMismatchException e) {
    report(parser, e.getOffendingToken(), expected(parser));
  }

  @Override
  protected void reportFailedPredicate(Parser parser, FailedPredicateException e) {
    report(parser, e.getOffendingToken(), expected(parser));
  }

  @Override
  protected void reportUnwantedToken(Parser parser) {
    if (!inErrorRecoveryMode(parser)) {
      beginErrorCondition(parser);
      report(parser, parser.getCurrentToken(), getExpectedTokens(parser));
    }
  }

  @Override
  protected void reportMissingToken(Parser parser) {
    if (!inErrorRecoveryMode(parser)) {
      beginErrorCondition(parser);
      report(parser, parser.getCurrentToken(), getExpectedTokens(parser));
    }
  }

  private static IntervalSet expected(Parser parser) {
    return parser.getState() < 0 ? new IntervalSet() : parser.getExpectedTokens();
  }

  private void report(Parser parser, Token found, IntervalSet expected) {
    if (Tokens.isInserted(found) || isEcho(parser, found)) {
      errors.silence(Math.min(found.getStartIndex(), errors.source().text().length()));
      return;
    }
    errors.report(diagnose(parser, found, expected));
  }

  /** Whether this is another use of a reserved word that was reported where it was made a name. */
  private boolean isEcho(Parser parser, Token found) {
    var previous = parser.getInputStream().LT(-1);
    return wordsUsedAsNames.contains(found.getText())
        || (previous != null && wordsUsedAsNames.contains(previous.getText()));
  }

  private Diagnostic diagnose(Parser parser, Token found, IntervalSet expected) {
    var previous = parser.getInputStream().LT(-1);
    return PythonSyntax.find(errors.source(), found, previous)
        .or(() -> misspeltKeyword(parser, found, previous))
        .or(() -> missingOperand(parser, found, previous))
        .or(() -> reservedWord(found, expected))
        .or(() -> comparison(found, expected))
        .or(() -> arrow(found, expected))
        .or(() -> colonForBrace(found, expected))
        .or(() -> missingComma(found, expected, previous))
        .or(() -> pythonTernary(found))
        .orElseGet(() -> plain(parser, found, expected, previous));
  }

  // ---- the usual suspects

  /** As in {@code modle Digits}: two names in a row, the first like a keyword. */
  private Optional<Diagnostic> misspeltKeyword(
      Parser parser, Token found, @Nullable Token previous) {
    if (isAtItem(parser)) {
      return keywordNear(found, Tokens.definitionWords());
    }
    var first = Tokens.isWord(found) ? previous : parser.getInputStream().LT(-2);
    var second = Tokens.isWord(found) ? found : previous;
    return first != null && second != null && isFirstOfTwoNames(first, second)
        ? keywordNear(
            first, isInTrainBlock(parser) ? Lexemes.trainWords() : Tokens.statementWords())
        : Optional.empty();
  }

  private static boolean isInTrainBlock(Parser parser) {
    var context = parser.getContext();
    while (context != null && !(context instanceof MdlParser.BlockContext)) {
      if (context instanceof MdlParser.TrainBodyContext) {
        return true;
      }
      context = context.getParent();
    }
    return false;
  }

  private boolean isFirstOfTwoNames(Token first, Token second) {
    return Tokens.isWord(second)
        && first.getLine() == second.getLine()
        && Tokens.isFirstOnLine(errors.source(), first);
  }

  private static boolean isAtItem(Parser parser) {
    return parser.getContext() instanceof MdlParser.FileContext
        || parser.getContext() instanceof MdlParser.ItemContext;
  }

  private Optional<Diagnostic> keywordNear(Token word, List<String> keywords) {
    if (word.getType() != MdlLexer.IDENT) {
      return Optional.empty();
    }
    return DidYouMean.nearest(word.getText(), keywords)
        .map(
            keyword ->
                Diagnostic.of(
                        Codes.UNEXPECTED_TOKEN,
                        span(word),
                        "there is no `" + word.getText() + "` here")
                    .help("did you mean `" + keyword + "`?", span(word), keyword));
  }

  /**
   * {@code a + )}: the parser blames the sign, which could also begin a value, but what is wrong
   * comes after it.
   */
  private Optional<Diagnostic> missingOperand(
      Parser parser, Token found, @Nullable Token previous) {
    var isSign = found.getType() == MdlLexer.PLUS || found.getType() == MdlLexer.MINUS;
    if (!isSign || previous == null || !Tokens.endsOperand(previous)) {
      return Optional.empty();
    }
    var next = parser.getInputStream().LT(2);
    if (Tokens.isFirstOnLine(errors.source(), next) && !Tokens.closes(next)) {
      return Optional.of(
          Diagnostic.of(
                  Codes.UNEXPECTED_TOKEN,
                  span(found),
                  "something is missing after `" + found.getText() + "`")
              .label("expected a value after this"));
    }
    return Optional.of(unexpected(next).label("expected a value").also(span(found), "after this"));
  }

  /** {@code let state = 3}. */
  private Optional<Diagnostic> reservedWord(Token found, IntervalSet expected) {
    var wantsOnlyName = expected.contains(MdlLexer.IDENT) && !expected.contains(MdlLexer.INT);
    if (!Tokens.isReserved(found) || !wantsOnlyName) {
      return Optional.empty();
    }
    var word = found.getText();
    wordsUsedAsNames.add(word);
    return Optional.of(
        Diagnostic.of(
                Codes.RESERVED_WORD,
                span(found),
                "`" + word + "` is part of the language and cannot be a name")
            .help("choose another name", span(found), word + "_"));
  }

  /** As in {@code if a = b}. */
  private Optional<Diagnostic> comparison(Token found, IntervalSet expected) {
    if (found.getType() != MdlLexer.ASSIGN || !expected.contains(MdlLexer.LBRACE)) {
      return Optional.empty();
    }
    return Optional.of(
        unexpected(found)
            .label("`=` gives a name to a value")
            .help("to compare, write `==`", span(found), "=="));
  }

  /** As in {@code if a <-1}. */
  private Optional<Diagnostic> arrow(Token found, IntervalSet expected) {
    if (found.getType() != MdlLexer.UPDATE || !expected.contains(MdlLexer.LBRACE)) {
      return Optional.empty();
    }
    return Optional.of(
        unexpected(found)
            .label("`<-` updates a state")
            .help("to compare with a negative number, put a space", span(found), "< -"));
  }

  /** {@code if a:} as in Python. */
  private Optional<Diagnostic> colonForBrace(Token found, IntervalSet expected) {
    if (found.getType() != MdlLexer.COLON || !expected.contains(MdlLexer.LBRACE)) {
      return Optional.empty();
    }
    return Optional.of(
        Diagnostic.of(Codes.FOREIGN_SYNTAX, span(found), "blocks stand in braces")
            .label("a colon begins no block")
            .help("write `{ ... }` instead", span(found), " {"));
  }

  /** {@code f(a b)}. */
  private Optional<Diagnostic> missingComma(Token found, IntervalSet expected, Token previous) {
    var inList =
        expected.contains(MdlLexer.COMMA)
            && (expected.contains(MdlLexer.RPAREN) || expected.contains(MdlLexer.RBRACK));
    if (previous == null || !inList || !beginsOperand(found)) {
      return Optional.empty();
    }
    var place = span(previous).after();
    return Optional.of(unexpected(found).help("put a comma between the two", place, ","));
  }

  /** {@code a if c else b}. */
  private Optional<Diagnostic> pythonTernary(Token found) {
    if (found.getType() != MdlLexer.ELSE) {
      return Optional.empty();
    }
    return Optional.of(
        Diagnostic.of(Codes.FOREIGN_SYNTAX, span(found), "this `else` belongs to no `if`")
            .help("a choice between values is written `if condition { a } else { b }`"));
  }

  private static boolean beginsOperand(Token token) {
    return Tokens.isWord(token)
        || Tokens.isNumber(token)
        || token.getType() == MdlLexer.STRING
        || Tokens.opens(token);
  }

  // ---- everything else

  private Diagnostic plain(
      Parser parser, Token found, IntervalSet expected, @Nullable Token previous) {
    var wanted = wanted(parser, found, expected);
    if (previous != null && endsTooEarly(parser, found)) {
      return Diagnostic.of(
              Codes.UNEXPECTED_TOKEN,
              span(previous),
              "something is missing after `" + previous.getText() + "`")
          .label("expected " + wanted + " after this");
    }
    var diagnostic = unexpected(found).label("expected " + wanted);
    return previous != null && isOperator(previous) && !isOperator(found)
        ? diagnostic.also(span(previous), "after this")
        : diagnostic;
  }

  /**
   * Whether the line before is what is wrong: something that it began is not there, and this token
   * begins the next line.
   */
  private boolean endsTooEarly(Parser parser, Token found) {
    var beginsBodyEntry =
        isBody(parser) || (parser.getContext().getStart().equals(found) && isEntry(parser));
    return !beginsBodyEntry
        && Tokens.isFirstOnLine(errors.source(), found)
        && !Tokens.closes(found);
  }

  private static boolean isEntry(Parser parser) {
    return parser.getContext() instanceof MdlParser.ItemContext
        || parser.getContext() instanceof MdlParser.StatementContext
        || parser.getContext() instanceof MdlParser.TrainItemContext;
  }

  private Diagnostic unexpected(Token found) {
    return Diagnostic.of(
        Codes.UNEXPECTED_TOKEN, span(found), describe(found) + " does not fit here");
  }

  private String describe(Token token) {
    return switch (token.getType()) {
      case Token.EOF -> isEndOfFile(token) ? "the end of the file" : "the end of the expression";
      case MdlLexer.STRING -> "a string";
      default ->
          Tokens.isNumber(token) ? "the number " + token.getText() : "`" + token.getText() + "`";
    };
  }

  /** An expression within a message ends before the file does. */
  private boolean isEndOfFile(Token token) {
    return token.getStartIndex() >= errors.source().text().length();
  }

  private static boolean isOperator(Token token) {
    var type = token.getType();
    return type == MdlLexer.ASSIGN || (type >= MdlLexer.PIPE && type <= MdlLexer.GREATER_EQUAL);
  }

  /** In words what could stand here. */
  private static String wanted(Parser parser, Token found, IntervalSet expected) {
    if (isAtItem(parser)) {
      return "a definition: `model`, `layer`, `fn`, `train` ...";
    }
    var isTrainEntry =
        parser.getContext() instanceof MdlParser.TrainItemContext t && t.getStart().equals(found);
    if (isTrainEntry || parser.getContext() instanceof MdlParser.TrainBodyContext) {
      return "a setting such as `loss`, `optimizer` or `batch 32`";
    }
    if (expected.contains(MdlLexer.LET) && expected.contains(MdlLexer.RBRACE)) {
      return "a statement or `}`";
    }
    if (expected.contains(MdlLexer.INT) && expected.contains(MdlLexer.IDENT)) {
      return expected.contains(MdlLexer.RPAREN) || expected.contains(MdlLexer.RBRACK)
          ? "a value or a closing bracket"
          : "a value";
    }
    if (expected.contains(MdlLexer.FN) && expected.contains(MdlLexer.IDENT)) {
      return "a type";
    }
    if (expected.contains(MdlLexer.IDENT)) {
      return "a name";
    }
    return symbols(expected);
  }

  private static final List<Integer> SHOWN =
      List.of(
          MdlLexer.LPAREN,
          MdlLexer.RPAREN,
          MdlLexer.LBRACK,
          MdlLexer.RBRACK,
          MdlLexer.LBRACE,
          MdlLexer.RBRACE,
          MdlLexer.COMMA,
          MdlLexer.COLON,
          MdlLexer.ASSIGN,
          MdlLexer.FAT_ARROW,
          MdlLexer.STRING,
          MdlLexer.IN,
          MdlLexer.AS,
          MdlLexer.OVER,
          MdlLexer.WITH);

  private static String symbols(IntervalSet expected) {
    var shown = SHOWN.stream().filter(expected::contains).map(PlainErrors::symbol).toList();
    return switch (shown.size()) {
      case 0 -> "something else";
      case 1 -> shown.getFirst();
      default -> String.join(", ", shown.subList(0, shown.size() - 1)) + " or " + shown.getLast();
    };
  }

  private static String symbol(int type) {
    return type == MdlLexer.STRING
        ? "a string"
        : MdlLexer.VOCABULARY.getLiteralName(type).replace('\'', '`');
  }

  private Span span(Token token) {
    return Tokens.span(errors.source(), token);
  }

  // ---- where to go on

  /** As inherited, but a body whose first entry is wrong goes on with the second. */
  @Override
  public void sync(Parser parser) {
    var state = parser.getInterpreter().atn.states.get(parser.getState());
    if (state.getStateType() == ATNState.STAR_LOOP_ENTRY
        && isBody(parser)
        && !inErrorRecoveryMode(parser)) {
      var next = parser.getATN().nextTokens(state);
      if (!next.contains(parser.getCurrentToken().getType()) && !next.contains(Token.EPSILON)) {
        reportUnwantedToken(parser);
        consumeUntil(parser, next.or(getErrorRecoverySet(parser)));
      }
      return;
    }
    super.sync(parser);
  }

  private static boolean isBody(Parser parser) {
    return parser.getContext() instanceof MdlParser.FileContext
        || parser.getContext() instanceof MdlParser.BlockContext
        || parser.getContext() instanceof MdlParser.TrainBodyContext;
  }

  /** A token that is not there stands right behind the one before it. */
  @Override
  protected Token getMissingSymbol(Parser parser) {
    var current = parser.getCurrentToken();
    var previous = parser.getInputStream().LT(-1);
    var type = getExpectedTokens(parser).getMinElement();
    return Tokens.inserted(
        current, type, "", previous == null ? current.getStartIndex() : Tokens.end(previous));
  }

  /** Never an opening bracket alone: its partner would be left over. */
  @Override
  protected @Nullable Token singleTokenDeletion(Parser parser) {
    return Tokens.opens(parser.getCurrentToken()) ? null : super.singleTokenDeletion(parser);
  }

  @Override
  protected void consumeUntil(Parser parser, IntervalSet set) {
    for (var token = parser.getCurrentToken();
        token.getType() != Token.EOF;
        token = parser.getCurrentToken()) {
      if (set.contains(token.getType()) && canGoOn(token)) {
        return;
      }
      if (Tokens.opens(token)) {
        skipGroup(parser);
      } else if (Tokens.closes(token)) {
        // an enclosing rule waits for it
        return;
      } else {
        parser.consume();
      }
    }
  }

  private boolean canGoOn(Token token) {
    return Tokens.closes(token)
        || token.getType() == MdlLexer.COMMA
        || token.getType() == MdlLexer.LBRACE
        || Tokens.beginsStatement(token)
        || Tokens.isFirstOnLine(errors.source(), token);
  }

  /** From an opening bracket to behind its partner. */
  private static void skipGroup(Parser parser) {
    int depth = 0;
    do {
      var token = parser.getCurrentToken();
      if (Tokens.opens(token)) {
        depth++;
      } else if (Tokens.closes(token)) {
        depth--;
      }
      parser.consume();
    } while (depth > 0 && parser.getCurrentToken().getType() != Token.EOF);
  }
}
