package org.mdlc.compiler.syntax;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.ParseCancellationException;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.grammar.MdlLexer;
import org.mdlc.grammar.MdlParser;

/**
 * Reads mdl text. Whatever the text, the result is a tree and, when something is wrong,
 * diagnostics: nothing is thrown.
 *
 * <p>Steps: letters to tokens; habits of other languages mended; brackets balanced; nesting
 * measured; then the ANTLR parser, fast first (SLL) and with recovery only when that fails; then
 * the tree, with the checks that a grammar cannot say well.
 */
public final class Parser {
  /** More is surely not a model description. */
  private static final int MAX_CHARS = 4_000_000;

  private final SourceFile source;
  private final SyntaxErrors errors;

  private Parser(SourceFile source, DiagnosticSink sink) {
    this.source = source;
    this.errors = new SyntaxErrors(source, sink);
  }

  /**
   * Reads a whole file. Definitions that cannot be read are left out or have holes ({@link
   * Ast.ErrorExpr}), and have been reported.
   */
  public static Ast.File parse(SourceFile source, DiagnosticSink sink) {
    return new Parser(source, sink).file();
  }

  /** Reads a stretch of a file that holds whole definitions; places are those in the file. */
  public static Ast.File parse(SourceFile source, int start, int end, DiagnosticSink sink) {
    return new Parser(source, sink).file(start, end);
  }

  /**
   * Reads a whole file for who writes it anew; nothing when it has an error, which has been
   * reported.
   */
  public static Optional<Concrete.Branch> concrete(SourceFile source, DiagnosticSink sink) {
    return new Parser(source, sink).concrete();
  }

  /** Reads one expression, as given to {@code --set}. */
  public static Ast.Expr parseExpression(SourceFile source, DiagnosticSink sink) {
    return new Parser(source, sink).expression(0, source.text().length());
  }

  private Ast.File file() {
    return isTooLarge() ? empty() : file(0, source.text().length());
  }

  private Ast.File file(int start, int end) {
    return read(start, end, MdlParser::file)
        .map(reading -> builder(reading).file(reading.tree()))
        .orElseGet(this::empty);
  }

  private Optional<Concrete.Branch> concrete() {
    var reading =
        isTooLarge()
            ? Optional.<Reading<MdlParser.FileContext>>empty()
            : read(0, source.text().length(), MdlParser::file);
    reading.ifPresent(r -> builder(r).file(r.tree())); // some errors show only there
    return reading.filter(r -> !errors.any()).map(r -> new ConcreteBuilder(source).file(r.tree()));
  }

  private boolean isTooLarge() {
    if (source.text().length() <= MAX_CHARS) {
      return false;
    }
    errors.report(
        Diagnostic.of(
                Codes.FILE_TOO_LARGE,
                source.span(0, 0),
                "this file has more than 4 million characters")
            .help("split it and use `import`"));
    return true;
  }

  private Ast.File empty() {
    return new Ast.File(source, List.of(), source.whole());
  }

  /** The expression in a stretch of the file. */
  Ast.Expr expression(int start, int end) {
    return read(start, end, MdlParser::oneExpression)
        .map(reading -> builder(reading).expr(reading.tree().expr()))
        .orElseGet(() -> new Ast.ErrorExpr(source.span(start, end)));
  }

  private TreeBuilder builder(Reading<?> reading) {
    return new TreeBuilder(errors, reading.docs(), this::expression);
  }

  /**
   * @param docs documentation by the offset of the token after it
   */
  private record Reading<T>(T tree, Map<Integer, String> docs) {}

  private <T extends ParserRuleContext> Optional<Reading<T>> read(
      int start, int end, Function<MdlParser, T> rule) {
    var docs = new HashMap<Integer, String>();
    var visible = visible(new MdlLexer(new SourceChars(source, start, end)), docs);
    var tokens = BalanceBrackets.balance(errors, markLineStarts(MendHabits.mend(errors, visible)));
    var tooDeep = Nesting.tooDeep(tokens);
    if (tooDeep.isPresent()) {
      errors.reportAlways(
          Diagnostic.of(
                  Codes.NESTED_TOO_DEEP,
                  Tokens.span(source, tooDeep.get()),
                  "this is nested too deeply")
              .label(
                  "level "
                      + Nesting.MAX_BRACKETS
                      + " of brackets, or operator "
                      + Nesting.MAX_DEPTH
                      + " of one expression")
              .help("give parts of it names with `let`, or move them into a `fn` or `block`"));
      return Optional.empty();
    }
    return Optional.of(new Reading<>(parse(tokens, rule), docs));
  }

  /**
   * The tokens that the parser sees, up to the end of the file; comments before them go to {@code
   * docs}.
   */
  private static List<Token> visible(MdlLexer lexer, Map<Integer, String> docs) {
    lexer.removeErrorListeners();
    var visible = new ArrayList<Token>();
    var doc = new StringBuilder();
    for (var token = lexer.nextToken(); ; token = lexer.nextToken()) {
      if (token.getType() == MdlLexer.DOC) {
        doc.append(doc.isEmpty() ? "" : "\n").append(token.getText().substring(3).strip());
      } else if (token.getChannel() == Token.DEFAULT_CHANNEL) {
        if (!doc.isEmpty()) {
          docs.put(token.getStartIndex(), doc.toString());
          doc.setLength(0);
        }
        visible.add(token);
      }
      if (token.getType() == Token.EOF) {
        return visible;
      }
    }
  }

  /** A `(` or `[` that opens a line never continues the line before. */
  private List<Token> markLineStarts(List<Token> tokens) {
    var marked = new ArrayList<Token>(tokens.size());
    int line = 0;
    for (var token : tokens) {
      var isFirst = token.getLine() != line;
      line = token.getLine();
      marked.add(
          isFirst && token.getType() == MdlLexer.LPAREN
              ? Tokens.retyped(token, MdlParser.LPAREN_LINE)
              : isFirst && token.getType() == MdlLexer.LBRACK
                  ? Tokens.retyped(token, MdlParser.LBRACK_LINE)
                  : token);
    }
    return marked;
  }

  private <T extends ParserRuleContext> T parse(List<Token> tokens, Function<MdlParser, T> rule) {
    var parser = new MdlParser(new CommonTokenStream(new ListTokenSource(tokens)));
    parser.removeErrorListeners();
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    parser.setErrorHandler(new BailErrorStrategy());
    try {
      return rule.apply(parser);
    } catch (ParseCancellationException e) {
      // the fast way has found an error, or text that only the thorough way can read
      parser.reset();
      parser.getInterpreter().setPredictionMode(PredictionMode.LL);
      parser.setErrorHandler(new PlainErrors(errors));
      return rule.apply(parser);
    }
  }
}
