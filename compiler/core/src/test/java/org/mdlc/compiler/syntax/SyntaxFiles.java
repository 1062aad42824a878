package org.mdlc.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;

/** Test files: the .mdl sources below src/test/resources/syntax and what is expected of them. */
final class SyntaxFiles {
  private static final Path ROOT = Path.of("src/test/resources/syntax");
  private static final Pattern EXAMPLE = Pattern.compile("```mdl\\R(.*?)```", Pattern.DOTALL);

  private SyntaxFiles() {}

  /** The .mdl files of a folder, by name. */
  static List<Path> in(String folder) {
    try (var files = Files.list(ROOT.resolve(folder))) {
      return files.filter(f -> f.toString().endsWith(".mdl")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SourceFile read(Path file) {
    return SourceFile.of(file.getFileName().toString(), text(file));
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The examples of a Markdown page, each with the name and line at which it begins. */
  static List<SourceFile> examples(Path page) {
    var text = text(page);
    var examples = new ArrayList<SourceFile>();
    var matcher = EXAMPLE.matcher(text);
    while (matcher.find()) {
      var line = 1 + text.substring(0, matcher.start(1)).lines().count();
      examples.add(SourceFile.of(page.getFileName() + "_line_" + line, matcher.group(1)));
    }
    return examples;
  }

  /** Compares with a golden file, or writes it under {@code -Dgolden=update}. */
  static void assertGolden(Path golden, String actual) {
    if ("update".equals(System.getProperty("golden"))) {
      write(golden, actual);
    }
    assertThat(actual)
        .as("%s (-Dgolden=update writes it)", golden)
        .isEqualTo(Files.exists(golden) ? text(golden) : "");
  }

  private static void write(Path golden, String text) {
    try {
      Files.writeString(golden, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path beside(Path file, String ending) {
    return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.mdl$", ending));
  }

  /** Parses text that must have no errors. */
  static Ast.File parseWell(SourceFile source) {
    var sink = new DiagnosticSink();
    var file = Parser.parse(source, sink);
    assertThat(sink.sorted()).as(source.name()).isEmpty();
    return file;
  }
}
