package org.mdlc.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;
import org.junit.jupiter.api.Test;

/** The grammar for editors and the grammar of the parser see the same words. */
final class TextMateTest {
  private static final Path FOLDER = Path.of("src/main/textmate");

  private static final Set<Integer> COMMENTS =
      Set.of(MdlLexer.DOC, MdlLexer.COMMENT, MdlLexer.BLOCK_COMMENT);

  /** A place for each word that is a word in one place only; the others are so anywhere. */
  private static final List<String> PLACES =
      List.of(
          "x %s y",
          "  %s name",
          "%s Name(a)",
          "param w = zeros %s (trainable = false)",
          "x: %s(valid, same)",
          "scan x in y %s = true with h = 0");

  private static final Pattern ASSIGNMENT = Pattern.compile("\\s*=[^=>]");

  private static TextMate textMate() throws IOException {
    return TextMate.read(FOLDER.resolve("mdl.tmLanguage.json"));
  }

  private static List<Path> corpus() throws IOException {
    try (var library = Files.list(Path.of("../compiler/core/src/main/resources/std"));
        var design = Files.list(Path.of("../compiler/core/src/test/resources/syntax/design"));
        var examples = Files.walk(Path.of("../examples"), 2)) {
      return Stream.of(library, design, examples)
          .flatMap(files -> files.filter(f -> f.toString().endsWith(".mdl")).sorted())
          .toList();
    }
  }

  private static List<Token> tokens(String text) {
    var lexer = new MdlLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners();
    return new ArrayList<>(lexer.getAllTokens());
  }

  @Test
  void everyWordOfTheLanguageIsOneOfThisGrammar() throws IOException {
    var textMate = textMate();
    for (var word : words()) {
      boolean coloured =
          PLACES.stream()
              .map(place -> place.formatted(word))
              .anyMatch(line -> isWord(textMate.scopes(line)[line.indexOf(word)]));
      assertThat(coloured).as("`%s` has the colour of a keyword somewhere", word).isTrue();
    }
  }

  /** The keywords among the literals of the parser's grammar. */
  private static List<String> words() {
    var vocabulary = MdlLexer.VOCABULARY;
    var words =
        IntStream.rangeClosed(1, vocabulary.getMaxTokenType())
            .mapToObj(vocabulary::getLiteralName)
            .filter(literal -> literal != null && literal.matches("'[a-z]\\w*'"))
            .map(literal -> literal.substring(1, literal.length() - 1))
            .toList();
    assertThat(words).contains("model", "train", "with", "minimize");
    return words;
  }

  private static boolean isWord(String scope) {
    return scope.matches("(keyword|storage|constant\\.language|variable\\.language)\\..*");
  }

  @Test
  void everyTextHasItsCommentsStringsAndNumbers() throws IOException {
    var textMate = textMate();
    for (var file : corpus()) {
      var text = Files.readString(file);
      var scopes = textMate.scopes(text);
      for (var token : tokens(text)) {
        for (int i = token.getStartIndex(); i <= token.getStopIndex(); i++) {
          if (text.charAt(i) != '\n') {
            assertThat(kind(scopes[i]))
                .as("%s:%d `%s`", file, token.getLine(), token.getText())
                .isEqualTo(kind(token));
          }
        }
      }
    }
  }

  private static String kind(Token token) {
    if (COMMENTS.contains(token.getType())) {
      return "comment";
    }
    return switch (token.getType()) {
      case MdlLexer.STRING -> "string";
      case MdlLexer.INT, MdlLexer.FLOAT -> "number";
      default -> "code";
    };
  }

  private static String kind(String scope) {
    return scope.startsWith("comment")
        ? "comment"
        : scope.startsWith("string") || scope.startsWith("constant.character")
            ? "string"
            : scope.startsWith("constant.numeric") ? "number" : "code";
  }

  /** Words that are never names: wherever they stand as such, they are seen. */
  @Test
  void reservedWordsAreSeenInEveryText() throws IOException {
    var textMate = textMate();
    for (var file : corpus()) {
      var text = Files.readString(file);
      var scopes = textMate.scopes(text);
      for (var token : tokens(text)) {
        boolean reserved = token.getType() >= MdlLexer.IMPORT && token.getType() <= MdlLexer.NOT;
        if (reserved && !isNameOfArgument(text, token)) {
          assertThat(scopes[token.getStartIndex()])
              .as("%s:%d `%s`", file, token.getLine(), token.getText())
              .matches(scope -> isWord(scope));
        }
      }
    }
  }

  /** After a dot, and before the `=` of an argument, every word is a name. */
  private static boolean isNameOfArgument(String text, Token token) {
    var after = ASSIGNMENT.matcher(text).region(token.getStopIndex() + 1, text.length());
    return after.lookingAt()
        || token.getStartIndex() > 0 && text.charAt(token.getStartIndex() - 1) == '.';
  }

  @Test
  void theOtherFileOfTheFolderIsJsonToo() throws IOException {
    var configuration =
        JsonParser.parseString(Files.readString(FOLDER.resolve("language-configuration.json")))
            .getAsJsonObject();
    assertThat(configuration.getAsJsonObject("comments").get("lineComment").getAsString())
        .isEqualTo("//");
  }
}
