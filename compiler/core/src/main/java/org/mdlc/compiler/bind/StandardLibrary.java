package org.mdlc.compiler.bind;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;

/** The library's own text: resources {@code std/*.mdl}, read and parsed once per process. */
public final class StandardLibrary {
  /** Names of library files begin so. */
  static final String PREFIX = "std/";

  private StandardLibrary() {}

  /**
   * Parsed when first asked for, by whichever thread comes first; files side by side, because this
   * is half the time that a check takes.
   */
  private static final class Holder {
    static final List<Ast.File> FILES =
        index().parallelStream().map(StandardLibrary::parse).toList();
  }

  /** Its files as trees. */
  public static List<Ast.File> files() {
    return Holder.FILES;
  }

  /** Every name of it, and of the compiler's own functions. */
  public static Set<String> names() {
    var library = Library.builtins();
    var names = new TreeSet<>(library.allNames());
    for (var file : files()) {
      for (var item : file.items()) {
        switch (item) {
          case Ast.Definition d -> names.add(d.name().text());
          case Ast.Function f -> names.add(f.name().text());
          case Ast.Import _, Ast.WeightsImport _, Ast.Constant _, Ast.Model _, Ast.Train _ -> {}
        }
      }
    }
    return names;
  }

  /** The name that a layer of a class gets, as in Keras: {@code MaxPooling2D} to {@code max_pooling2d}. */
  public static String layerName(String className) {
    return Layers.snakeCase(className);
  }

  /** The index is a resource too, since a class path cannot be listed. */
  private static List<String> index() {
    return read("index.txt").lines().filter(l -> !l.isBlank()).toList();
  }

  private static Ast.File parse(String name) {
    var sink = new DiagnosticSink();
    var file = Parser.parse(SourceFile.of(PREFIX + name, read(name)), sink);
    if (sink.hasErrors()) {
      throw new IllegalStateException("the library does not parse: " + sink.sorted().get(0));
    }
    return file;
  }

  private static String read(String name) {
    try (var in = StandardLibrary.class.getResourceAsStream("/" + PREFIX + name)) {
      if (in == null) {
        throw new IllegalStateException("the library lacks " + name);
      }
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
