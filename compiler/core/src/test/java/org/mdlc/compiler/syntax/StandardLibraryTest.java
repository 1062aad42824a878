package org.mdlc.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;

/** The library as text: it parses, and what a user can name in it is documented. */
class StandardLibraryTest {
  static List<Path> files() throws IOException, URISyntaxException {
    var folder =
        Path.of(Objects.requireNonNull(StandardLibraryTest.class.getResource("/std")).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".mdl")).sorted().toList();
    }
  }

  /** A class path cannot be listed, so the compiler reads the names from a file. */
  @Test
  void isListedInItsIndex() throws IOException, URISyntaxException {
    var files = files();
    var index = Files.readAllLines(files.get(0).resolveSibling("index.txt"));
    assertThat(index).isEqualTo(files.stream().map(f -> String.valueOf(f.getFileName())).toList());
  }

  @ParameterizedTest
  @MethodSource("files")
  void parses(Path file) throws IOException {
    var sink = new DiagnosticSink();
    Parser.parse(SourceFile.read(file), sink);
    assertThat(sink.sorted()).as(Renderer.plain().render(sink)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void documentsEveryDefinition(Path file) throws IOException {
    var undocumented =
        Parser.parse(SourceFile.read(file), new DiagnosticSink()).items().stream()
            .filter(
                i ->
                    i instanceof Ast.Definition d
                        && d.kind() != Ast.Kind.BLOCK
                        && d.doc().isBlank())
            .map(i -> ((Ast.Definition) i).name().text())
            .toList();
    assertThat(undocumented).isEmpty();
  }
}
