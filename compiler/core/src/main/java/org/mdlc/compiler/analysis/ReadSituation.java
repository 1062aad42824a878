package org.mdlc.compiler.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Lexemes;
import org.mdlc.compiler.syntax.Lexemes.Kind;
import org.mdlc.compiler.syntax.Lexemes.Lexeme;

/** Reads the words before a place, back to the bracket around it. */
final class ReadSituation {
  private static final Set<String> DEFINING =
      Stream.concat(Stream.of("model", "fn"), Arrays.stream(Ast.Kind.values()).map(Ast.Kind::word))
          .collect(Collectors.toUnmodifiableSet());

  /** Words after which a name is made up. */
  private static final Set<String> NAMING =
      Set.of("let", "var", "input", "output", "param", "state", "as", "for", "stage");

  private static final Set<String> BEFORE_EXPRESSIONS =
      Set.of("return", "require", "repeat", "if", "in", "not", "and", "or", "over");

  private static final Set<String> DECLARING = Set.of("input", "param", "state", "let", "var");

  private static final Set<String> DATA = Set.of("data", "holdout", "validation");

  /** Words with a body in braces that may stand inside of braces themselves. */
  private static final Set<String> OWNING =
      Set.of("train", "stage", "repeat", "for", "if", "else", "scan");

  private static final Set<String> OPENING = Set.of("(", "[", "{");
  private static final Set<String> CLOSING = Set.of(")", "]", "}");

  /** Before the place, without comments and without the word at whose end the place is. */
  private final List<Lexeme> before;

  /** Indices of the brackets that are open at the place, the innermost first. */
  private final Deque<Integer> open = new ArrayDeque<>();

  private final boolean firstOfLine;

  private ReadSituation(List<Lexeme> before, boolean firstOfLine) {
    this.before = before;
    this.firstOfLine = firstOfLine;
    for (int i = 0; i < before.size(); i++) {
      if (OPENING.contains(text(i))) {
        open.push(i);
      } else if (CLOSING.contains(text(i)) && !open.isEmpty()) {
        open.pop();
      }
    }
  }

  static Situation at(SourceFile source, int offset) {
    return reader(source, offset).map(ReadSituation::situation).orElseGet(Situation.Nothing::new);
  }

  /** The call in whose parentheses a place is. */
  static Optional<Situation.Argument> call(SourceFile source, int offset) {
    return reader(source, offset).flatMap(ReadSituation::enclosingCall);
  }

  /** Nothing inside a comment or a text. */
  private static Optional<ReadSituation> reader(SourceFile source, int offset) {
    var before = new ArrayList<Lexeme>();
    int start = offset;
    for (var lexeme : Lexemes.of(source)) {
      var span = lexeme.span();
      if (span.start() >= offset) {
        break;
      }
      if (lexeme.kind() == Kind.COMMENT || lexeme.kind() == Kind.STRING) {
        boolean toLineEnd = lexeme.kind() == Kind.COMMENT && !lexeme.text().endsWith("*/");
        boolean open = lexeme.kind() == Kind.STRING && !isClosed(lexeme.text());
        if (offset < span.end() || offset == span.end() && (toLineEnd || open)) {
          return Optional.empty();
        }
      } else if (lexeme.kind() == Kind.WORD && offset <= span.end()) {
        start = span.start();
        continue;
      }
      if (lexeme.kind() != Kind.COMMENT) {
        before.add(lexeme);
      }
    }
    var line = source.text().substring(source.lineStart(source.line(start)), start);
    return Optional.of(new ReadSituation(before, line.isBlank()));
  }

  private static boolean isClosed(String string) {
    return string.length() > 1 && string.charAt(string.length() - 1) == string.charAt(0);
  }

  // ---- small readers

  private String text(int index) {
    return index < 0 || index >= before.size() ? "" : before.get(index).text();
  }

  private boolean isWord(int index) {
    return index >= 0 && index < before.size() && before.get(index).kind() == Kind.WORD;
  }

  private int last() {
    return before.size() - 1;
  }

  /** How much deeper in brackets it is behind a word than before it: 1, 0 or -1. */
  private int nesting(int index) {
    return OPENING.contains(text(index)) ? 1 : CLOSING.contains(text(index)) ? -1 : 0;
  }

  /** The index of the bracket that a closing one closes; -1 when there is none. */
  private int opening(int closing) {
    int depth = 0;
    for (int i = closing; i >= 0; i--) {
      depth -= nesting(i);
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }

  /** Whether a value, not an operator, comes next. */
  private boolean wantsValue() {
    if (before.isEmpty()) {
      return false;
    }
    var previous = before.getLast();
    return previous.kind() == Kind.SYMBOL
            && !CLOSING.contains(previous.text())
            && !previous.is("{")
            && !previous.is(";")
            && !previous.is(".")
        || BEFORE_EXPRESSIONS.contains(previous.text());
  }

  // ---- situations

  private Situation situation() {
    var previous = text(last());
    if (previous.equals(".")) {
      return new Situation.Nothing();
    }
    if (previous.equals("|>")) {
      return new Situation.AfterPipe();
    }
    if (previous.equals("->")) {
      return new Situation.Type();
    }
    if (open.isEmpty()) {
      return outside(previous);
    }
    return switch (text(open.getFirst())) {
      case "(" -> inParentheses(open.getFirst());
      case "{" -> inBraces(open.getFirst());
      default -> new Situation.Expression();
    };
  }

  private Situation outside(String previous) {
    if (previous.equals("train")) {
      return new Situation.ModelName();
    }
    if (previous.equals("for") && text(last() - 2).equals("weights")) {
      return new Situation.ModelName();
    }
    if (NAMING.contains(previous) || DEFINING.contains(previous) || previous.equals("import")) {
      return new Situation.Nothing();
    }
    return wantsValue() ? new Situation.Expression() : new Situation.TopLevel();
  }

  // ---- parentheses

  private Situation inParentheses(int bracket) {
    if (isHead(bracket)) {
      return switch (text(last())) {
        case ":", "|" -> new Situation.Type();
        case "=" -> new Situation.Expression();
        default -> new Situation.Nothing();
      };
    }
    if (!isCall(bracket)) {
      return new Situation.Expression();
    }
    return argument(bracket);
  }

  /** Whether a bracket opens the parameters of a definition, the first list or the second. */
  private boolean isHead(int bracket) {
    int name = text(bracket - 1).equals(")") ? opening(bracket - 1) - 1 : bracket - 1;
    return isWord(name) && DEFINING.contains(text(name - 1)) && startsItem(name - 1);
  }

  /** {@code loss} and its like are names too: a definition begins outside of all braces. */
  private boolean startsItem(int index) {
    int depth = 0;
    for (int i = 0; i < index; i++) {
      depth += text(i).equals("{") ? 1 : text(i).equals("}") ? -1 : 0;
    }
    return depth <= 0;
  }

  private boolean isCall(int bracket) {
    return isWord(bracket - 1) && !BEFORE_EXPRESSIONS.contains(text(bracket - 1));
  }

  private Optional<Situation.Argument> enclosingCall() {
    return open.stream()
        .takeWhile(i -> !text(i).equals("{"))
        .filter(i -> text(i).equals("(") && isCall(i) && !isHead(i))
        .findFirst()
        .map(this::argument);
  }

  private Situation.Argument argument(int bracket) {
    var given = new ArrayList<String>();
    int positional = 0;
    int start = bracket + 1;
    int depth = 0;
    for (int i = bracket + 1; i <= last(); i++) {
      if (depth == 0 && text(i).equals(",")) {
        if (named(start)) {
          given.add(text(start));
        } else {
          positional++;
        }
        start = i + 1;
      }
      depth += nesting(i);
    }
    return new Situation.Argument(
        text(bracket - 1),
        wantedOf(bracket),
        given,
        positional,
        named(start) ? Optional.of(text(start)) : Optional.empty(),
        start > last() || named(start) && start + 1 == last(),
        text(bracket - 2).equals("|>"));
  }

  private boolean named(int start) {
    return isWord(start) && text(start + 1).equals("=");
  }

  /** The kind that a callee has by its place: that of the train block's word before it. */
  private String wantedOf(int bracket) {
    var brace = open.stream().filter(i -> text(i).equals("{")).findFirst();
    if (brace.isEmpty() || !isTrain(brace.get())) {
      return Kinds.VALUE;
    }
    boolean outermost =
        open.stream().takeWhile(i -> !i.equals(brace.get())).allMatch(i -> i >= bracket);
    return outermost ? Kinds.after(trainWord(brace.get(), bracket - 1)) : Kinds.VALUE;
  }

  // ---- braces

  private Situation inBraces(int brace) {
    var owner = owner(brace);
    if (DATA.contains(owner)) {
      return wantsValue() && !text(last()).equals(",")
          ? new Situation.Expression()
          : new Situation.Fields(model(brace));
    }
    if (isTrain(brace)) {
      return inTrain(brace);
    }
    var previous = text(last());
    if (NAMING.contains(previous)) {
      return new Situation.Nothing();
    }
    if (previous.equals("precision")) {
      return new Situation.Policy();
    }
    if (previous.equals(":")) {
      return new Situation.Type();
    }
    if (previous.equals(",") && declares()) {
      return new Situation.Nothing();
    }
    return wantsValue() ? new Situation.Expression() : new Situation.Statement(isModel());
  }

  /** Whether a comma stands between declarations: {@code input a: f32[2], |}. */
  private boolean declares() {
    int depth = 0;
    for (int i = last(); i >= 0 && depth >= 0; i--) {
      depth -= nesting(i);
      if (depth == 0 && DECLARING.contains(text(i))) {
        return true;
      }
      if (depth == 0 && text(i).equals("output")) {
        return false;
      }
    }
    return false;
  }

  /** The word with which what a brace opens begins: {@code model}, {@code train}, {@code if}. */
  private String owner(int brace) {
    int depth = 0;
    for (int i = brace - 1; i >= 0; i--) {
      if (depth == 0 && (text(i).equals("{") || text(i).equals("}"))) {
        return "";
      }
      depth -= nesting(i);
      boolean begins =
          DEFINING.contains(text(i)) && startsItem(i)
              || DATA.contains(text(i))
              || OWNING.contains(text(i));
      if (depth == 0 && begins) {
        return text(i);
      }
      if (depth < 0) {
        return "";
      }
    }
    return "";
  }

  private boolean isTrain(int brace) {
    return Set.of("train", "stage").contains(owner(brace));
  }

  private boolean isModel() {
    return open.stream()
        .filter(i -> text(i).equals("{"))
        .map(this::owner)
        .anyMatch("model"::equals);
  }

  /** The model that the train block around a brace trains. */
  private String model(int brace) {
    for (int i = brace; i >= 0; i--) {
      if (text(i).equals("train") && startsItem(i)) {
        return text(i + 1);
      }
    }
    return "";
  }

  private Situation inTrain(int brace) {
    var word = trainWord(brace, last());
    var previous = text(last());
    if (word.isEmpty() || previous.equals("{") || previous.equals(";")) {
      return new Situation.TrainLine();
    }
    if (previous.equals("for") && firstOfLine) {
      return new Situation.TrainLine();
    }
    if (previous.equals("for") || previous.equals("over")) {
      return new Situation.TrainValue("freeze", model(brace));
    }
    if (NAMING.contains(previous)) {
      return new Situation.Nothing();
    }
    boolean wants = previous.equals(word) || previous.equals("with") || wantsValue();
    return wants ? new Situation.TrainValue(word, model(brace)) : new Situation.TrainLine();
  }

  /** The last word before an index that begins a line of the train block. */
  private String trainWord(int brace, int upTo) {
    int depth = 0;
    for (int i = upTo; i > brace; i--) {
      depth -= nesting(i);
      boolean isKey = Keywords.TRAIN.containsKey(text(i)) || text(i).equals("with");
      if (depth == 0 && isWord(i) && isKey && !text(i + 1).equals("=")) {
        return text(i);
      }
    }
    return "";
  }
}
