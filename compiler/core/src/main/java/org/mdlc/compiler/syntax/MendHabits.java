package org.mdlc.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.Token;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;
import org.mdlc.grammar.MdlLexer;

/**
 * Finds what is written as in another language or not at all, says so, and puts in what was meant,
 * so that the parser goes on as if nothing had happened. Runs on the visible tokens, before the
 * parser.
 */
final class MendHabits {
  private record Mended(int type, String text) {}

  private static final Map<String, Mended> WORDS =
      Map.of(
          "True", new Mended(MdlLexer.TRUE, "true"),
          "False", new Mended(MdlLexer.FALSE, "false"),
          "None", new Mended(MdlLexer.NONE, "none"),
          "null", new Mended(MdlLexer.NONE, "none"),
          "nil", new Mended(MdlLexer.NONE, "none"));

  private static final Map<String, Mended> OPERATORS =
      Map.ofEntries(
          Map.entry("&&", new Mended(MdlLexer.AND, "and")),
          Map.entry("||", new Mended(MdlLexer.OR, "or")),
          Map.entry("!", new Mended(MdlLexer.NOT, "not")),
          Map.entry("===", new Mended(MdlLexer.EQUAL, "==")),
          Map.entry("!==", new Mended(MdlLexer.NOT_EQUAL, "!=")),
          Map.entry("&", new Mended(MdlLexer.AND, "and")),
          Map.entry("^", new Mended(MdlLexer.POWER, "**")),
          Map.entry("\u2212", new Mended(MdlLexer.MINUS, "-")),
          Map.entry("\u2013", new Mended(MdlLexer.MINUS, "-")),
          Map.entry("\u00d7", new Mended(MdlLexer.STAR, "*")),
          Map.entry("\u2264", new Mended(MdlLexer.LESS_EQUAL, "<=")),
          Map.entry("\u2265", new Mended(MdlLexer.GREATER_EQUAL, ">=")),
          Map.entry("\u2260", new Mended(MdlLexer.NOT_EQUAL, "!=")),
          Map.entry("\u2192", new Mended(MdlLexer.ARROW, "->")),
          Map.entry("\u2190", new Mended(MdlLexer.UPDATE, "<-")));

  /** Words that begin a definition elsewhere, with what to say about them. */
  private static final Map<String, String> FOREIGN_STARTS =
      Map.of(
          "def", "a function is `fn name(x) = ...` or `fn name(x) { ... }`",
          "function", "a function is `fn name(x) = ...` or `fn name(x) { ... }`",
          "func", "a function is `fn name(x) = ...` or `fn name(x) { ... }`",
          "class", "a layer is `layer Name(units: int)(x) { ... }`",
          "lambda", "a function without a name is `fn(x) => ...`",
          "while",
              "there are no run-time loops: `repeat n as i { ... }` unrolls, `scan` walks along a"
                  + " tensor",
          "const", "a name for a value is `let name = ...`",
          "val", "a name for a value is `let name = ...`");

  private static final Set<String> STARTS_THAT_ARE_FN = Set.of("def", "function", "func");
  private static final Set<String> STARTS_THAT_ARE_LET = Set.of("const", "val");

  private final SyntaxErrors errors;
  private final List<Token> tokens;
  private final List<Token> mended = new ArrayList<>();
  private int at;
  private int braces;

  private MendHabits(SyntaxErrors errors, List<Token> tokens) {
    this.errors = errors;
    this.tokens = tokens;
  }

  /** The tokens as the parser should see them; the last one is the end of the file. */
  static List<Token> mend(SyntaxErrors errors, List<Token> tokens) {
    var mender = new MendHabits(errors, tokens);
    for (; mender.at < tokens.size(); mender.at++) {
      mender.mend(tokens.get(mender.at));
    }
    return mender.mended;
  }

  private void mend(Token token) {
    switch (token.getType()) {
      case MdlLexer.OPEN_STRING -> mendOpenString(token);
      case MdlLexer.QUOTED -> mendQuoted(token);
      case MdlLexer.HASH_COMMENT ->
          foreign(token, "comments begin with `//`", "like this:", hash(token), "//");
      case MdlLexer.OPEN_COMMENT -> reportOpenComment(token);
      case MdlLexer.AND_AND, MdlLexer.OR_OR, MdlLexer.BANG, MdlLexer.EQUAL3, MdlLexer.NOT_EQUAL3 ->
          mendOperator(token);
      case MdlLexer.PLUS_ASSIGN -> mendPlusAssign(token);
      case MdlLexer.DOT_NUMBER -> mendDotNumber(token);
      case MdlLexer.INT, MdlLexer.FLOAT -> mendNumber(token);
      case MdlLexer.IDENT -> mendWord(token);
      case MdlLexer.METRIC -> mendMetric(token);
      case MdlLexer.LBRACE, MdlLexer.RBRACE -> {
        braces += token.getType() == MdlLexer.LBRACE ? 1 : -1;
        mended.add(token);
      }
      case MdlLexer.OTHER -> mendUnknown(token);
      default -> mended.add(token);
    }
  }

  // ---- strings, comments

  private void mendOpenString(Token token) {
    errors.report(
        Diagnostic.of(Codes.UNCLOSED_STRING, span(token), "this string is not closed")
            .label("no `\"` up to the end of the line")
            .help("end it with `\"`; a line break in a string is `\\n`"));
    mended.add(Tokens.retyped(token, MdlLexer.STRING));
  }

  private void mendQuoted(Token token) {
    var inside = token.getText().substring(1, token.getText().length() - 1).replace("\"", "\\\"");
    foreign(token, "strings have double quotes", "like this:", span(token), "\"" + inside + "\"");
    mended.add(Tokens.retyped(token, MdlLexer.STRING));
  }

  private void reportOpenComment(Token token) {
    var opener = errors.span(token.getStartIndex(), token.getStartIndex() + 2);
    errors.report(
        Diagnostic.of(Codes.UNCLOSED_COMMENT, opener, "this comment is not closed")
            .label("no `*/` up to the end of the file")
            .help("end it with `*/`"));
  }

  private Span hash(Token token) {
    return errors.span(token.getStartIndex(), token.getStartIndex() + 1);
  }

  // ---- operators

  private void mendOperator(Token token) {
    replace(
        token,
        OPERATORS.getOrDefault(token.getText(), new Mended(token.getType(), token.getText())));
  }

  private void mendPlusAssign(Token token) {
    var operator = token.getText().substring(0, 1);
    var name = mended.isEmpty() ? "x" : mended.getLast().getText();
    errors.report(
        Diagnostic.of(Codes.FOREIGN_SYNTAX, span(token), "there is no `" + token.getText() + "`")
            .help("like this:", span(token), "= " + name + " " + operator)
            .note("a state is moved by `" + name + " <- " + name + " " + operator + " ...`"));
    mended.add(Tokens.retyped(token, MdlLexer.ASSIGN));
  }

  private void replace(Token token, Mended meant) {
    foreign(token, "this is written `" + meant.text + "`", "like this:", span(token), meant.text);
    mended.add(Tokens.retyped(token, meant.type));
  }

  // ---- numbers

  private void mendDotNumber(Token token) {
    errors.report(
        Diagnostic.of(Codes.BAD_NUMBER, span(token), "a number begins with a digit")
            .help("like this:", span(token), "0" + token.getText()));
    mended.add(Tokens.retyped(token, MdlLexer.FLOAT));
  }

  private void mendNumber(Token token) {
    mended.add(token);
    var next = peek(1);
    if (next.getType() == MdlLexer.DOT
        && Tokens.touch(token, next)
        && !isTouchingWord(next, peek(2))) {
      var both = span(token).to(span(next));
      errors.report(
          Diagnostic.of(Codes.BAD_NUMBER, both, "a number ends with a digit")
              .help("like this:", both, token.getText() + ".0"));
      at++;
    } else if (isTouchingWord(token, next) && !isInPath(token)) {
      var both = span(token).to(span(next));
      errors.report(
          Diagnostic.of(
                  Codes.BAD_NUMBER, both, "`" + both.text() + "` is neither a number nor a name")
              .note("a name begins with a letter or `_`"));
      at++;
    }
  }

  private static boolean isTouchingWord(Token first, Token second) {
    return Tokens.isWord(second) && Tokens.touch(first, second);
  }

  /** {@code *2d} in {@code freeze conv*2d}. */
  private boolean isInPath(Token number) {
    return mended.size() > 1 && Tokens.touch(mended.get(mended.size() - 2), number);
  }

  // ---- words

  private void mendWord(Token token) {
    var text = token.getText();
    if (WORDS.containsKey(text) && !isNameHere()) {
      replace(token, WORDS.getOrDefault(text, new Mended(token.getType(), text)));
    } else if (text.equals("elif") && !isNameHere()) {
      mendElif(token);
    } else if (FOREIGN_STARTS.containsKey(text) && isFollowedByWord(token)) {
      mendForeignStart(token);
    } else if (isLetter(peek(1)) && Tokens.touch(token, peek(1))) {
      mendLetters(token);
    } else {
      mended.add(token);
    }
  }

  /** After a dot or before an equals sign any word is a name. */
  private boolean isNameHere() {
    var afterDot = !mended.isEmpty() && mended.getLast().getType() == MdlLexer.DOT;
    return afterDot
        || peek(1).getType() == MdlLexer.ASSIGN
        || (peek(1).getType() == MdlLexer.COLON && mended.isEmpty());
  }

  private boolean isFollowedByWord(Token token) {
    var next = peek(1);
    return Tokens.isWord(next) && next.getLine() == token.getLine() && !Tokens.touch(token, next);
  }

  private void mendElif(Token token) {
    foreign(token, "there is no `elif`", "like this:", span(token), "else if");
    mended.add(Tokens.retyped(token, MdlLexer.ELSE));
    mended.add(Tokens.inserted(token, MdlLexer.IF, "if", Tokens.end(token)));
  }

  /**
   * {@code metric} begins a definition; an indented line within braces that it begins is one of
   * metrics. At the margin it is a definition behind a brace that was not closed.
   */
  private void mendMetric(Token token) {
    if (braces > 0
        && token.getCharPositionInLine() > 0
        && Tokens.isFirstOnLine(errors.source(), token)
        && isFollowedByWord(token)) {
      foreign(
          token, "there is no `metric` here", "did you mean `metrics`?", span(token), "metrics");
      mended.add(Tokens.retyped(token, MdlLexer.METRICS));
    } else {
      mended.add(token);
    }
  }

  private void mendForeignStart(Token token) {
    var text = token.getText();
    errors.report(
        Diagnostic.of(Codes.FOREIGN_SYNTAX, span(token), "there is no `" + text + "` in mdl")
            .help(FOREIGN_STARTS.getOrDefault(text, "")));
    if (STARTS_THAT_ARE_FN.contains(text)) {
      mended.add(Tokens.retyped(token, MdlLexer.FN));
    } else if (STARTS_THAT_ARE_LET.contains(text)) {
      mended.add(Tokens.retyped(token, MdlLexer.LET));
    } else {
      mended.add(token);
    }
  }

  // ---- characters that mean nothing

  private void mendUnknown(Token token) {
    var text = token.getText();
    if (text.equals("\uFFFD")) {
      reportNotUtf8(token);
    } else if (OPERATORS.containsKey(text)) {
      mendOperator(token);
    } else if (isLetter(token)) {
      mendLetters(token);
    } else {
      dropUnknown(token);
    }
  }

  private void reportNotUtf8(Token token) {
    errors.report(
        Diagnostic.of(Codes.NOT_UTF8, span(token), "these bytes are not UTF-8")
            .help("save the file as UTF-8 text"));
  }

  /** A name with letters outside ASCII stays one name. */
  private void mendLetters(Token first) {
    var last = first;
    while (isPartOfName(peek(1)) && Tokens.touch(last, peek(1))) {
      last = peek(1);
      at++;
    }
    var whole = span(first).to(span(last));
    errors.report(
        Diagnostic.of(
                Codes.UNKNOWN_CHARACTER,
                whole,
                "names are made of the letters a to z, digits and `_`")
            .label("`" + whole.text() + "` has others"));
    var name = Tokens.retyped(first, MdlLexer.IDENT);
    name.setStopIndex(whole.end() - 1);
    mended.add(name);
  }

  private static boolean isPartOfName(Token token) {
    return isLetter(token) || Tokens.isWord(token) || token.getType() == MdlLexer.INT;
  }

  private static boolean isLetter(Token token) {
    return token.getType() == MdlLexer.OTHER && Character.isLetter(token.getText().codePointAt(0));
  }

  private void dropUnknown(Token first) {
    var last = first;
    while (peek(1).getType() == MdlLexer.OTHER
        && Tokens.touch(last, peek(1))
        && !isLetter(peek(1))) {
      last = peek(1);
      at++;
    }
    var whole = span(first).to(span(last));
    var diagnostic = Diagnostic.of(Codes.UNKNOWN_CHARACTER, whole, describe(whole.text()));
    errors.report(
        isQuote(whole.text())
            ? diagnostic.help("strings have straight double quotes: `\"`")
            : diagnostic);
  }

  private static String describe(String text) {
    var c = text.codePointAt(0);
    if (Character.isISOControl(c)) {
      return String.format(
          java.util.Locale.ROOT, "the control character U+%04X has no meaning here", c);
    }
    var shown =
        text.codePointCount(0, text.length()) > 8
            ? text.substring(0, text.offsetByCodePoints(0, 8)) + ".."
            : text;
    return "`" + shown + "` has no meaning here";
  }

  private static boolean isQuote(String text) {
    return text.indexOf('\u201C') >= 0
        || text.indexOf('\u201D') >= 0
        || text.indexOf('\u2018') >= 0
        || text.indexOf('\u2019') >= 0;
  }

  // ----

  private void foreign(Token token, String message, String help, Span place, String replacement) {
    errors.report(
        Diagnostic.of(
                Codes.FOREIGN_SYNTAX,
                token.getType() == MdlLexer.HASH_COMMENT ? place : span(token),
                message)
            .help(help, place, replacement));
  }

  private Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  private Span span(Token token) {
    return Tokens.span(errors.source(), token);
  }
}
