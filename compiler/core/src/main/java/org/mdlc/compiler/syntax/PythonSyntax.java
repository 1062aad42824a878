package org.mdlc.compiler.syntax;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.grammar.MdlLexer;

/** Statements of Keras as they stand in Python, where the parser has stumbled over one. */
final class PythonSyntax {
  private static final Pattern ENTRY = Pattern.compile("\\s*\\d+\\s*:\\s*([^,:]+?)\\s*");

  private PythonSyntax() {}

  /**
   * @param found what the parser did not expect
   * @param previous the token before it
   */
  static Optional<Diagnostic> find(SourceFile source, Token found, @Nullable Token previous) {
    if (found.getText().equals("from") && Tokens.isFirstOnLine(source, found)) {
      return Optional.of(
          foreign(source, found, "there is nothing to import: Keras's names are known")
              .help("remove the line", line(source, found), ""));
    }
    if (previous == null) {
      return Optional.empty();
    }
    var before = previous.getText();
    if (before.equals("import") && Tokens.isFirstOnLine(source, previous) && Tokens.isWord(found)) {
      return Optional.of(
          foreign(source, previous, "there is nothing to import: Keras's names are known")
              .help("remove the line", line(source, previous), ""));
    }
    if (before.equals("model") && found.getType() == MdlLexer.ASSIGN) {
      return Optional.of(
          foreign(source, previous, "a model is not assigned but defined")
              .help("write `model Name { input x: f32[..]  output y = x |> .. }`"));
    }
    if (before.equals("model") && found.getType() == MdlLexer.DOT) {
      return Optional.of(
          foreign(source, previous, "what is done with a model stands in its train block")
              .help("write `train Name { loss ..  optimizer ..  epochs .. }`"));
    }
    return before.equals("class_weight") && found.getType() == MdlLexer.LBRACE
        ? Optional.of(classWeights(source, found))
        : Optional.empty();
  }

  /** {@code class_weight {0: 1, 1: 5}}. */
  private static Diagnostic classWeights(SourceFile source, Token brace) {
    var diagnostic =
        foreign(source, brace, "class weights are a list, in the order of the classes");
    int close = source.text().indexOf('}', brace.getStartIndex());
    var help = "write such as `class_weight [1, 5]`";
    if (close < 0) {
      return diagnostic.help(help);
    }
    var entries = source.text().substring(brace.getStartIndex() + 1, close).split(",");
    var matches = Arrays.stream(entries).map(ENTRY::matcher).toList();
    return matches.stream().allMatch(Matcher::matches)
        ? diagnostic.help(
            "like this:",
            source.span(brace.getStartIndex(), close + 1),
            matches.stream().map(m -> m.group(1)).collect(Collectors.joining(", ", "[", "]")))
        : diagnostic.help(help);
  }

  private static Span line(SourceFile source, Token token) {
    int line = token.getLine();
    int end = line < source.lineCount() ? source.lineStart(line + 1) : source.text().length();
    return source.span(source.lineStart(line), end);
  }

  private static Diagnostic foreign(SourceFile source, Token at, String message) {
    return Diagnostic.of(Codes.FOREIGN_SYNTAX, Tokens.span(source, at), message);
  }
}
