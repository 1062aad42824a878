package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/**
 * The reference of the library, made of its own text: what stands above a definition is its
 * explanation, its head its arguments and shapes, a short body its formula, and its first case
 * against Keras its example.
 */
final class LibraryPages {
  /** A definition may be shown whole up to this many lines of body. */
  private static final int SHOWN_LINES = 10;

  private record Entry(String name, String doc, String file, Span head, Ast.Block body) {}

  /**
   * @param file its name without {@code .md}
   * @param module where Keras has these
   * @param cases what the names of their golden files begin with; empty when they stand in a table
   */
  private record Page(
      String file, String title, String module, String cases, Predicate<Ast.Item> belongs) {}

  private static final List<Page> PAGES =
      List.of(
          new Page("layers", "Layers", "layers", "layer", kind(Ast.Kind.LAYER)),
          new Page(
              "activations",
              "Activations and functions",
              "activations",
              "",
              functions("(?!losses|metrics|optimizers).*")),
          new Page(
              "losses",
              "Losses",
              "losses",
              "loss",
              kind(Ast.Kind.LOSS).or(functions("losses|metrics"))),
          new Page("metrics", "Metrics", "metrics", "metric", kind(Ast.Kind.METRIC)),
          new Page(
              "optimizers",
              "Optimizers",
              "optimizers",
              "optimizer",
              kind(Ast.Kind.OPTIMIZER).or(functions("optimizers"))),
          new Page(
              "schedules",
              "Learning rate schedules",
              "optimizers.schedules",
              "schedule",
              kind(Ast.Kind.SCHEDULE)),
          new Page("initializers", "Initializers", "initializers", "", kind(Ast.Kind.INITIALIZER)),
          new Page("regularizers", "Regularizers", "regularizers", "", kind(Ast.Kind.REGULARIZER)),
          new Page("constraints", "Constraints", "constraints", "", kind(Ast.Kind.CONSTRAINT)));

  private static Predicate<Ast.Item> kind(Ast.Kind kind) {
    return item -> item instanceof Ast.Definition d && d.kind() == kind;
  }

  /** Documented functions of the files whose names fit. */
  private static Predicate<Ast.Item> functions(String files) {
    return item ->
        item instanceof Ast.Function f
            && !f.doc().isBlank()
            && f.span().file().name().matches(".*/(" + files + ")\\.mdl");
  }

  private LibraryPages() {}

  /** Every page by its file name. */
  static Map<String, String> all() {
    var pages = new LinkedHashMap<String, String>();
    pages.put("README.md", index());
    PAGES.forEach(page -> pages.put(page.file() + ".md", text(page)));
    return pages;
  }

  private static String index() {
    var text =
        new StringBuilder(
            """
            # The library

            Everything below is written in the language itself, in [`std`](../../compiler/core/src/main/resources/std); names, arguments and defaults
            are Keras's. These pages are made of the definitions; each example is one that the tests compare with real Keras.

            """);
    PAGES.forEach(
        page ->
            text.append("**[%s](%s.md)**: ".formatted(page.title(), page.file()))
                .append(
                    entries(page).stream()
                        .map(
                            e ->
                                "[%s](%s.md#%s)".formatted(e.name(), page.file(), anchor(e.name())))
                        .collect(Collectors.joining(" · ")))
                .append("\n\n"));
    return text.toString().stripTrailing() + "\n";
  }

  private static String anchor(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static String text(Page page) {
    return "# "
        + page.title()
        + "\n\n"
        + entries(page).stream().map(e -> text(page, e)).collect(Collectors.joining("\n"));
  }

  private static List<Entry> entries(Page page) {
    return StandardLibrary.parts().stream()
        .map(StandardLibrary.Part::tree)
        .filter(page.belongs())
        .map(LibraryPages::entry)
        .sorted(Comparator.comparing((Entry e) -> anchor(e.name())).thenComparing(Entry::name))
        .toList();
  }

  private static Entry entry(Ast.Item item) {
    return switch (item) {
      case Ast.Definition d -> entry(d.name(), d.doc(), d.body(), d.span());
      case Ast.Function f -> entry(f.name(), f.doc(), f.body(), f.span());
      default -> throw new IllegalArgumentException(item.toString());
    };
  }

  private static Entry entry(Ast.Name name, String doc, Ast.Block body, Span whole) {
    var file = whole.file();
    var head = new Span(file, whole.start(), body.span().start());
    return new Entry(name.text(), doc, file.name().replaceFirst(".*/", ""), head, body);
  }

  private static String text(Page page, Entry entry) {
    var text =
        new StringBuilder("## ")
            .append(entry.name())
            .append("\n\n")
            .append(entry.doc().strip())
            .append("\n\n```text\n")
            .append(definition(entry))
            .append("\n```\n\n");
    text.append(kept(entry.body()));
    example(page, entry).ifPresent(e -> text.append("Example: ").append(e).append("\n\n"));
    if (isKeras(page, entry)) {
      text.append(
          "In Keras: `keras.%s.%s`. In the library: `std/%s`.\n"
              .formatted(page.module(), entry.name(), entry.file()));
    } else {
      text.append("In the library: `std/%s`.\n".formatted(entry.file()));
    }
    return text.toString();
  }

  private static boolean isKeras(Page page, Entry entry) {
    return KerasSurface.has(page.module(), entry.name());
  }

  /**
   * Head and, when it is short, body; without the comments in between that are printed as prose.
   */
  private static String definition(Entry entry) {
    var head = entry.head().text().strip();
    var whole =
        new Span(entry.head().file(), entry.head().start(), entry.body().span().end())
            .text()
            .strip();
    long bodyLines = entry.body().span().text().lines().count();
    if (bodyLines <= SHOWN_LINES) {
      return whole;
    }
    return head.replaceFirst("\\s*[{=]$", "");
  }

  // ---- what it keeps

  private static String kept(Ast.Block body) {
    var weights =
        statements(body.statements())
            .flatMap(
                s ->
                    s instanceof Ast.ParamDecl p
                        ? Stream.of(kept(p.name(), p.type()))
                        : Stream.of());
    var state =
        statements(body.statements())
            .flatMap(
                s ->
                    s instanceof Ast.StateDecl d
                        ? Stream.of(kept(d.name(), d.type()))
                        : Stream.of());
    return line("Weights", weights) + line("State", state);
  }

  private static String kept(Ast.Name name, Ast.@Nullable TypeExpr type) {
    return "`" + name + (type == null ? "" : ": " + type.span().text()) + "`";
  }

  private static String line(String title, Stream<String> names) {
    var text = names.distinct().collect(Collectors.joining(", "));
    return text.isEmpty() ? "" : title + ": " + text + ".\n\n";
  }

  /** All statements, those inside branches too. */
  private static Stream<Ast.Statement> statements(List<Ast.Statement> statements) {
    return statements.stream()
        .flatMap(
            s ->
                s instanceof Ast.If i
                    ? Stream.of(Optional.of(i.then()), Optional.ofNullable(i.otherwise()))
                        .flatMap(Optional::stream)
                        .flatMap(b -> statements(b.statements()))
                    : Stream.of(s));
  }

  // ---- examples

  private static Optional<String> example(Page page, Entry entry) {
    if (page.cases().isEmpty()) {
      return Optional.empty();
    }
    var own = page.cases() + "_" + entry.name();
    var cases =
        Parity.cases().entrySet().stream()
            .filter(c -> c.getKey().equals(own) || c.getKey().startsWith(own + "_"))
            .filter(c -> c.getValue().matches("(?s).*\\b" + entry.name() + "\\b.*"))
            .toList();
    if (cases.isEmpty()) {
      return Optional.empty();
    }
    var first = cases.get(0);
    var name = first.getKey().split(" "); // a phase may follow, and a tolerance the expression
    var shown = "`" + first.getValue().split(" ~ ")[0] + "`";
    if (page.cases().equals("layer")) {
      boolean training = name.length > 1 && name[1].equals("(training)");
      shown += shapes(GoldenFile.read(name[0]), training ? "train.out." : "out.");
    }
    return Optional.of(
        shown
            + (cases.size() == 1
                ? "."
                : ". The tests compare %s cases with Keras.".formatted(cases.size())));
  }

  private static String shapes(GoldenFile golden, String outputs) {
    var inputs = new ArrayList<String>();
    var names = List.of("a", "b", "c");
    IntStream.range(0, golden.names("in.").size())
        .forEach(i -> inputs.add(names.get(i) + ": " + type(golden.tensor("in." + i))));
    golden.names("kw.").forEach(k -> inputs.add(k + ": " + type(golden.tensor("kw." + k))));
    return " with "
        + inputs.stream().map(i -> "`" + i + "`").collect(Collectors.joining(", "))
        + " gives "
        + golden.names(outputs).stream()
            .map(o -> "`" + type(golden.tensor(outputs + o)) + "`")
            .collect(Collectors.joining(" and "));
  }

  private static String type(Tensor64 tensor) {
    return tensor.dtype().text()
        + "["
        + Arrays.stream(tensor.sizes())
            .skip(1)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", "))
        + "]";
  }
}
