package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;

/**
 * Every {@code mdl} example of the documentation is a complete file: it binds without an error, and
 * a model with a train block becomes Java that compiles without a warning.
 */
final class DocumentationTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)[^)]*\\)");

  @TempDir private static Path folder;

  @TestFactory
  Stream<DynamicTest> examplesCompile() {
    return Page.all().stream()
        .flatMap(page -> page.blocks().stream())
        .filter(Page.Block::isMdl)
        .map(block -> dynamicTest(block.toString(), () -> compile(block)));
  }

  /** Every link within the repository leads somewhere. */
  @TestFactory
  Stream<DynamicTest> linksLeadSomewhere() {
    return Page.all().stream()
        .map(page -> dynamicTest(page.file().getFileName().toString(), () -> follow(page)));
  }

  /** The index names every page. */
  @Test
  void theIndexesAreComplete() {
    for (var page : Page.all()) {
      var index = page.file().resolveSibling("README.md");
      var name = page.file().getFileName().toString();
      if (!name.equals("README.md")) {
        assertThat(index).content().contains("](" + name);
      }
    }
    assertThat(String.join("\n", Page.of("docs/README.md").lines()))
        .contains("](library/README.md)");
  }

  private static void follow(Page page) {
    var beside = page.file().toAbsolutePath().getParent();
    var text = String.join("\n", page.lines()).replaceAll("(?s)```.*?```", "");
    assertThat(LINK.matcher(text).results().map(m -> m.group(1)).filter(l -> !l.contains("://")))
        .allSatisfy(link -> assertThat(beside.resolve(link)).exists());
  }

  private static void compile(Page.Block block) throws IOException {
    var name = block.page().replace(".md", "") + "-" + block.line() + ".mdl";
    Files.writeString(folder.resolve(name), block.text()); // imports look beside the file
    var source = SourceFile.read(folder.resolve(name));
    var request = CompileRequest.of(source);
    var problems = Compiler.check(request);
    assertThat(problems.hasErrors()).as(Renderer.plain().render(problems)).isFalse();
    for (var model : trained(source)) {
      var chosen = request.withModel(Optional.of(model));
      var generated = Compiler.generate(Compiler.bind(chosen).bound().orElseThrow(), chosen);
      InMemoryJavac.compile(
          Map.of(generated.className(), generated.source()),
          List.of("-Xlint:all,-incubating", "-Werror"));
    }
  }

  private static List<String> trained(SourceFile source) {
    return Parser.parse(source, new DiagnosticSink()).items().stream()
        .filter(Ast.Train.class::isInstance)
        .map(train -> ((Ast.Train) train).model().text())
        .toList();
  }
}
