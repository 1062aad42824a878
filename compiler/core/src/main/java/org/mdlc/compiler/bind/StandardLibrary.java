package org.mdlc.compiler.bind;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;

/**
 * The library's own text: resources {@code std/*.mdl}, read once per process. A model uses few of
 * its definitions, and parsing all of them took half the time of a check: so the text is cut into
 * definitions by the lines that begin one, and each is parsed when it is first used.
 */
public final class StandardLibrary {
  /** Names of library files begin so. */
  public static final String PREFIX = "std/";

  // A definition begins at the left margin, and nothing else of the library begins with such a
  // word there.
  private static final Pattern BEGIN =
      Pattern.compile(
          "(?m)^(let|fn|layer|block|loss|metric|optimizer|schedule|initializer|regularizer|constraint)"
              + " (\\w+)");

  private StandardLibrary() {}

  private static final class Holder {
    static final List<Part> PARTS = index().stream().flatMap(n -> parts(n).stream()).toList();
  }

  /** One definition, in its place in the file. */
  public static final class Part {
    private final SourceFile file;
    private final int start;
    private final int end;
    private final String keyword;
    private final Span name;
    private final boolean documented;
    private volatile Ast.@Nullable Item tree;

    private Part(SourceFile file, int start, int end, String keyword, Span name) {
      this.file = file;
      this.start = start;
      this.end = end;
      this.keyword = keyword;
      this.name = name;
      this.documented = file.text().startsWith("///", start);
    }

    /** Such as {@code layer}; {@code let} for a constant. */
    public String keyword() {
      return keyword;
    }

    public String name() {
      return file.text().substring(name.start(), name.end());
    }

    public Span nameSpan() {
      return name;
    }

    /** Whether it has a doc comment, and so a place on the pages of the library. */
    public boolean isDocumented() {
      return documented;
    }

    /** Parsed when first asked for, by whichever thread comes first. */
    public Ast.Item tree() {
      var known = tree;
      if (known == null) {
        synchronized (this) {
          known = tree;
          if (known == null) {
            known = parse();
            tree = known;
          }
        }
      }
      return known;
    }

    private Ast.Item parse() {
      var sink = new DiagnosticSink();
      var items = Parser.parse(file, start, end, sink).items();
      if (sink.hasErrors() || items.size() != 1) {
        throw new CompilerBug("bind", "the library does not parse at " + name + sink.sorted());
      }
      return items.getFirst();
    }
  }

  /** All definitions, file by file. */
  public static List<Part> parts() {
    return Holder.PARTS;
  }

  private static List<Part> parts(String fileName) {
    var file = SourceFile.of(PREFIX + fileName, read(fileName));
    var text = file.text();
    var begins = BEGIN.matcher(text).results().toList();
    var parts = new ArrayList<Part>();
    for (int i = 0; i < begins.size(); i++) {
      var begin = begins.get(i);
      int end =
          i + 1 < begins.size() ? withComment(text, begins.get(i + 1).start()) : text.length();
      var name = file.span(begin.start(2), begin.end(2));
      parts.add(new Part(file, withComment(text, begin.start()), end, begin.group(1), name));
    }
    return parts;
  }

  /** Where the lines of documentation begin that end at a definition. */
  private static int withComment(String text, int definition) {
    int start = definition;
    while (start > 0) {
      int line = text.lastIndexOf('\n', start - 2) + 1;
      if (!text.startsWith("///", line)) {
        break;
      }
      start = line;
    }
    return start;
  }

  /** Every name of it, and of the compiler's own functions. */
  public static Set<String> names() {
    return Stream.concat(parts().stream().map(Part::name), Library.builtins().allNames().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * A definition that is offered to users; {@code glorot_uniform} and {@code GlorotUniform} are one
   * name.
   */
  public static Optional<Ast.Definition> definition(Ast.Kind kind, String name) {
    return parts().stream()
        .filter(p -> p.isDocumented() && p.keyword().equals(kind.word()))
        .filter(p -> Library.plain(p.name()).equals(Library.plain(name)))
        .findFirst()
        .map(p -> (Ast.Definition) p.tree());
  }

  /** A function of it. */
  public static Optional<Ast.Function> function(String name) {
    return parts().stream()
        .filter(p -> p.keyword().equals("fn") && p.name().equals(name))
        .findFirst()
        .map(p -> (Ast.Function) p.tree());
  }

  /**
   * The name that a layer of a class gets, as in Keras: {@code MaxPooling2D} to {@code
   * max_pooling2d}.
   */
  public static String layerName(String className) {
    return Layers.snakeCase(className);
  }

  /** The index is a resource too, since a class path cannot be listed. */
  private static List<String> index() {
    return read("index.txt").lines().filter(l -> !l.isBlank()).toList();
  }

  private static String read(String name) {
    try (var in = StandardLibrary.class.getResourceAsStream("/" + PREFIX + name)) {
      if (in == null) {
        throw new IllegalStateException("the library lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
