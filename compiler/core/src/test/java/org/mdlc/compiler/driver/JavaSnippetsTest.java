package org.mdlc.compiler.driver;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The Java of the documentation compiles. The blocks of a page follow each other: those marked
 * {@code java} as in one method that has a model and a folder, those marked {@code java callback}
 * as members of a callback, and the operation of docs/architecture.md with its line for the
 * language in the compiler's own files. {@code java dump=java} is compared by {@link
 * ArchitecturePageTest}, {@code java model} runs in {@link JavaPageTest}, and {@code java junit} in
 * the tests of the extension of JUnit.
 */
final class JavaSnippetsTest {
  private static final String IMPORTS =
      """
      import java.nio.file.Path;
      import java.util.List;
      import java.util.OptionalLong;
      import org.mdlc.runtime.*;
      import org.mdlc.runtime.data.*;
      import org.mdlc.runtime.file.*;
      import org.mdlc.runtime.table.*;
      import org.mdlc.runtime.utils.*;

      """;

  private static final String METHOD =
      """
      final class Snippets {
        static void run(Model model, Path folder) throws Exception {
      %s
        }
      }
      """;

  private static final String CALLBACK =
      """
      final class Snippets implements Callback {
        private double seen;
      %s
      }
      """;

  @TestFactory
  Stream<DynamicTest> statementsCompile() {
    return pagesWith("java").map(page -> test(page, "java", METHOD));
  }

  @TestFactory
  Stream<DynamicTest> membersOfCallbacksCompile() {
    return pagesWith("java callback").map(page -> test(page, "java callback", CALLBACK));
  }

  @Test
  void everyBlockIsOfAKnownKind() {
    var known =
        List.of(
            "java",
            "java callback",
            "java operation",
            "java builtin",
            "java model",
            "java junit",
            "java dump=java");
    assertThat(Page.all().stream().flatMap(page -> page.blocks().stream()))
        .filteredOn(block -> block.info().startsWith("java"))
        .allSatisfy(block -> assertThat(block.info()).as(block.toString()).isIn(known));
  }

  /** With the two lines that its author adds to files that are there. */
  @Test
  void theOperationOfTheArchitecturePageCompiles() throws IOException {
    var page = Page.of("docs/architecture.md");
    var imports =
        """
        package org.mdlc.compiler.op;
        import java.util.List;
        import org.mdlc.compiler.expr.*;
        import org.mdlc.compiler.type.DType;
        import static org.mdlc.compiler.expr.ScalarExpr.*;
        """;
    var family = changed("op/Elementwise", "permits ", "permits Hypot, ");
    var builtins =
        changed("bind/MathBuiltins", "Stream.of(", "Stream.of(\n" + only(page, "java builtin"))
            .replace(
                "import java.util.List;",
                "import java.util.List; import org.mdlc.compiler.op.Hypot;");
    assertThat(
            InMemoryJavac.compile(
                Map.of(
                    "org.mdlc.compiler.op.Hypot", imports + only(page, "java operation"),
                    "org.mdlc.compiler.op.Elementwise", family,
                    "org.mdlc.compiler.bind.MathBuiltins", builtins),
                List.of()))
        .containsKey("org.mdlc.compiler.op.Hypot");
  }

  private static String changed(String file, String from, String to) throws IOException {
    var text = Files.readString(Path.of("src/main/java/org/mdlc/compiler", file + ".java"));
    assertThat(text).contains(from);
    return text.replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(to));
  }

  private static String only(Page page, String info) {
    var found = blocks(page, info).toList();
    assertThat(found).as(info).hasSize(1);
    return found.getFirst().text();
  }

  private static Stream<Page> pagesWith(String info) {
    return Page.all().stream().filter(page -> blocks(page, info).findAny().isPresent());
  }

  private static Stream<Page.Block> blocks(Page page, String info) {
    return page.blocks().stream().filter(block -> block.info().equals(info));
  }

  private static DynamicTest test(Page page, String info, String frame) {
    var text = blocks(page, info).map(Page.Block::text).collect(joining("\n"));
    return dynamicTest(
        page.file().getFileName().toString(),
        () ->
            InMemoryJavac.compile(
                Map.of("Snippets", IMPORTS + frame.replace("%s", text)), List.of()));
  }
}
