package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;

/**
 * What the binder says of wrong models: {@code <CODE>_<name>.mdl} below {@code
 * src/test/resources/diag} with its {@code .stderr}. A {@code //~} names the codes of its line, in
 * order; there are no others.
 */
final class DiagnosticsTest {
  private static final Path FOLDER = Path.of("src/test/resources/diag");
  private static final Pattern MARK = Pattern.compile("//~ (.*)");

  /** Found where files are read, not here. */
  private static final List<Codes> ELSEWHERE =
      List.of(
          Codes.LABEL_OUT_OF_RANGE,
          Codes.LARGE_BATCH,
          Codes.MISSING_DATA_FILE,
          Codes.NOT_A_KERAS_MODEL,
          Codes.NOT_IN_MDL,
          Codes.NOT_IN_KERAS,
          Codes.CLASS_COUNT,
          Codes.HASH_MISMATCH,
          Codes.WEIGHTS_MISMATCH,
          Codes.IMPORT_CYCLE,
          Codes.NESTED_TOO_DEEP,
          Codes.FILE_TOO_LARGE);

  @TestFactory
  Stream<DynamicTest> saysWhatIsWrong() {
    return cases().stream().map(f -> DynamicTest.dynamicTest(name(f), () -> check(f)));
  }

  private static void check(Path path) {
    var source = SourceFile.of(name(path), text(path));
    var sink = bind(source);
    assertGolden(
        path.resolveSibling(name(path).replaceFirst("\\.mdl$", ".stderr")),
        withoutLibraryLines(Renderer.plain().render(sink)));
    assertThat(sink.sorted().stream().map(DiagnosticsTest::place).toList())
        .containsExactlyInAnyOrderElementsOf(marks(source));
    assertThat(sink.sorted().stream().map(d -> d.code().code()))
        .contains(name(path).substring(0, 5));
  }

  /** Lines of the library move for reasons of its own. */
  private static String withoutLibraryLines(String text) {
    return text.replaceAll("(std/\\w+\\.mdl):\\d+:\\d+", "$1");
  }

  @Test
  void everyCodeOfTheBinderHasACase() {
    var tested = cases().stream().map(f -> name(f).substring(0, 5)).toList();
    var missing =
        Arrays.stream(Codes.values())
            .filter(
                c ->
                    !c.code().startsWith("E01")
                        && !ELSEWHERE.contains(c)
                        && !tested.contains(c.code()))
            .map(Codes::code)
            .toList();
    assertThat(missing).isEmpty();
  }

  private static DiagnosticSink bind(SourceFile source) {
    var sink = new DiagnosticSink();
    var file = Parser.parse(source, sink);
    var models =
        file.items().stream()
            .filter(i -> i instanceof Ast.Model)
            .map(i -> ((Ast.Model) i).name().text())
            .toList();
    if (models.isEmpty()) {
      Binder.check(file, Binder.Request.of(""), sink);
    }
    models.forEach(m -> Binder.bind(file, Binder.Request.of(m), sink));
    return sink;
  }

  private static List<String> marks(SourceFile source) {
    var marks = new ArrayList<String>();
    for (int line = 1; line <= source.lineCount(); line++) {
      var mark = MARK.matcher(source.lineText(line));
      if (mark.find()) {
        for (var code : mark.group(1).trim().split(" ")) {
          marks.add(line + " " + code);
        }
      }
    }
    return marks;
  }

  private static String place(Diagnostic diagnostic) {
    return diagnostic.span().line() + " " + diagnostic.code().code();
  }

  private static List<Path> cases() {
    try (var files = Files.list(FOLDER)) {
      return files.filter(f -> f.toString().endsWith(".mdl")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertGolden(Path golden, String actual) {
    try {
      if ("update".equals(System.getProperty("golden"))) {
        Files.writeString(golden, actual);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(actual)
        .as("%s (-Dgolden=update writes it)", golden)
        .isEqualTo(Files.exists(golden) ? text(golden) : "");
  }
}
