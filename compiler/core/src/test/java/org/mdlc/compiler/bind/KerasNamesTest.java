package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.bind.KerasSurface.Argument;
import org.mdlc.compiler.bind.KerasSurface.Name;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;

/**
 * Every public name of Keras has a line in {@code golden/keras/parity.tsv}: what it is in mdl, or
 * why it is not there. {@code surface.json} beside it holds the names as Keras itself lists them,
 * made by {@code golden.py names}. {@code -Dgolden=update} writes docs/keras.md, and gives each
 * absent name ({@code -}) the definition that the library has by now.
 */
class KerasNamesTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden/keras");
  private static final Path PAGE = Path.of("../../docs/keras.md");

  /** The cases of layers on text, which run on the host. */
  private static final Path TEXT =
      Path.of("../../runtime/src/test/resources/golden/keras/preprocessing.json");

  private static final String ABSENT = "-";

  /**
   * Arguments that are said otherwise in the language: every layer takes a name, `trainable` and an
   * activity regularizer where it is of use, every loss a reduction, every optimizer the paths that
   * do not decay (a method in Keras); element types follow from the values; the rest chooses
   * between implementations of one computation, which is the compiler's work.
   */
  private static final Set<String> UNIVERSAL =
      Set.of(
          "name",
          "dtype",
          "trainable",
          "autocast",
          "activity_regularizer",
          "weights",
          "sparse",
          "ragged",
          "use_cudnn",
          "unroll",
          "flash_attention",
          "gptq_unpacked_column_size",
          "quantization_config",
          "input_axes",
          "output_axes",
          "reduction",
          "exclude_from_weight_decay");

  /**
   * A line of the table.
   *
   * @param mdl a definition's name, a form of the language in parentheses, or {@code -}
   */
  private record Line(String category, String name, String mdl, String note) {
    static Line of(String text) {
      var parts = text.split("\t", -1);
      assertThat(parts).as("fields of: " + text).hasSize(4);
      return new Line(parts[0], parts[1], parts[2], parts[3]);
    }

    String key() {
      return category + "\t" + name;
    }

    boolean absent() {
      return mdl.equals(ABSENT);
    }

    boolean form() {
      return mdl.startsWith("(");
    }

    /** Not of the language but of the runtime: a class, or a class and a method. */
    boolean java() {
      return category.equals(UTILITIES);
    }

    String text() {
      return String.join("\t", category, name, mdl, note);
    }
  }

  private final Library library = standard();
  private final Map<String, Name> surface = KerasSurface.names();
  private final List<Line> table = table();

  // ---- the tests

  @Test
  void everyPublicNameHasOneLineAndEveryLineAPublicName() {
    assertThat(table.stream().map(Line::key).sorted().toList())
        .isEqualTo(surface.keySet().stream().sorted().toList());
  }

  @Test
  void everyNameThatIsThereIsADefinitionOfItsKind() {
    var missing = new ArrayList<String>();
    for (var line : table) {
      if (line.java()) {
        if (!line.absent() && !line.form() && !isInRuntime(line.mdl)) {
          missing.add(line.key() + ": the runtime has no public " + line.mdl);
        }
      } else if (line.form()) {
        if (!FORMS.contains(line.mdl.substring(1, line.mdl.length() - 1))) {
          missing.add(line.key() + ": the language has no form " + line.mdl);
        }
      } else if (!line.absent() && found(line, line.mdl) == null) {
        missing.add(line.key() + ": the library has no " + line.mdl + " of this kind");
      }
    }
    assertThat(missing).isEmpty();
  }

  /** The note names in backquotes each argument that is not as in Keras. */
  @Test
  void argumentsDifferOnlyWhereTheNoteSaysSo() {
    var differences = new ArrayList<String>();
    for (var line : table) {
      var definition = line.absent() || line.form() || line.java() ? null : found(line, line.mdl);
      if (definition == null) {
        continue;
      }
      for (var difference :
          differences(Objects.requireNonNull(surface.get(line.key())).arguments(), definition)
              .entrySet()) {
        if (!line.note.contains("`" + difference.getKey() + "`")) {
          differences.add(line.key() + ": " + difference.getValue());
        }
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void everyExpectedNameThatIsThereHasAGoldenCase() throws IOException {
    var cases = new Cases();
    var untested =
        table.stream()
            .filter(l -> !l.absent() && !l.form() && !l.java())
            .filter(l -> Objects.requireNonNull(surface.get(l.key())).expected())
            .filter(l -> !cases.cover(l))
            .map(l -> l.key() + ": no golden case")
            .toList();
    assertThat(untested).isEmpty();
  }

  @Test
  void everyAbsentNameHasAReason() {
    assertThat(
            table.stream()
                .filter(l -> l.absent() && (l.note.isBlank() || l.note.contains("not yet")))
                .map(Line::text)
                .toList())
        .isEmpty();
  }

  /**
   * Nothing that the library has is called absent: a definition of the same name would be news to
   * the table.
   */
  @Test
  void noAbsentNameIsInTheLibrary() {
    assertThat(
            table.stream()
                .filter(l -> l.absent() && !l.java() && found(l, l.name) != null)
                .map(Line::text)
                .toList())
        .isEmpty();
  }

  @Test
  void thePageIsUpToDate() throws IOException {
    var lines = table;
    if ("update".equals(System.getProperty("golden"))) {
      lines =
          table.stream()
              .map(
                  l ->
                      l.absent() && !l.java() && found(l, l.name) != null
                          ? new Line(l.category, l.name, l.name, "")
                          : l)
              .toList();
      Files.writeString(
          FOLDER.resolve("parity.tsv"),
          HEADER + lines.stream().map(l -> l.text() + "\n").collect(Collectors.joining()));
      Files.writeString(PAGE, page(lines));
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page(lines));
  }

  // ---- what Keras has, and what the table says

  private static final String HEADER =
      """
      # What each public name of Keras is in mdl, by hand: category, Keras name, mdl name, note. The mdl name is a definition of the library, a form of the
      # language in parentheses, or - where it is deliberately absent. The note says how it differs, with each argument that is not as in Keras in backquotes,
      # or why it is absent. Utilities are classes and methods of org.mdlc.runtime.utils. KerasNamesTest holds the table to Keras's own list and to the library, and writes docs/keras.md from it.
      """;

  private static List<Line> table() {
    try {
      return Files.readString(FOLDER.resolve("parity.tsv"))
          .lines()
          .filter(l -> !l.startsWith("#"))
          .map(Line::of)
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  // ---- what the library has

  private static final Set<String> FORMS =
      Stream.concat(
              Arrays.stream(Ast.Kind.values()).map(Ast.Kind::word),
              Stream.of("fn", "input", "scan", "|>"))
          .collect(Collectors.toCollection(LinkedHashSet::new));

  private static Library standard() {
    var sink = new DiagnosticSink();
    var empty = Parser.parse(SourceFile.of("empty.mdl", ""), sink);
    return new org.mdlc.compiler.bind.Files(new Problems(sink), sink, Binder.Request.of("Case"))
        .load(empty);
  }

  /** The definition of a name in the category where Keras has it; null when there is none. */
  private @Nullable Datum found(Line line, String name) {
    var isClass = Objects.requireNonNull(surface.get(line.key())).isClass();
    var entry = library.find(isClass ? categoryOf(line.category) : Category.VALUE, name);
    return switch (entry == null ? null : entry.value()) {
      case Datum.Definition d -> isClass ? d : null;
      case Datum.Function f -> isClass ? null : f;
      case Datum.Native n -> isClass ? null : n;
      case null, default -> null;
    };
  }

  private static final String UTILITIES = "utils";

  private static boolean isInRuntime(String name) {
    var parts = name.split("\\.", 2);
    try {
      var type = Class.forName("org.mdlc.runtime.utils." + parts[0]);
      return Modifier.isPublic(type.getModifiers())
          && (parts.length == 1
              || Arrays.stream(type.getMethods()).anyMatch(m -> m.getName().equals(parts[1])));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static Category categoryOf(String category) {
    return switch (category) {
      case "losses" -> Category.LOSS;
      case "metrics" -> Category.METRIC;
      case "optimizers" -> Category.OPTIMIZER;
      case "schedules" -> Category.SCHEDULE;
      case "initializers" -> Category.INITIALIZER;
      case "regularizers" -> Category.REGULARIZER;
      case "constraints" -> Category.CONSTRAINT;
      default -> Category.VALUE;
    };
  }

  private static List<Argument> arguments(Datum definition) {
    return switch (definition) {
      case Datum.Definition d -> d.tree().config().stream().map(KerasNamesTest::argument).toList();
      case Datum.Function f -> f.tree().params().stream().map(KerasNamesTest::argument).toList();
      case Datum.Native n ->
          n.builtin().parameters().stream()
              .map(p -> new Argument(p.name(), p.defaultValue() != null, literal(p.defaultValue())))
              .toList();
      default -> throw new IllegalArgumentException(definition.toString());
    };
  }

  private static @Nullable String literal(@Nullable Datum value) {
    return switch (value) {
      case Datum.None _ -> "none";
      case Datum.Real r -> KerasSurface.number(r.value());
      case Datum.Truth t -> String.valueOf(t.value());
      case Datum.Text t -> t.value();
      case Datum.Whole w -> KerasSurface.number(Double.parseDouble(w.dim().toString()));
      case null, default -> null;
    };
  }

  private static Argument argument(Ast.Param parameter) {
    var value = parameter.defaultValue();
    return new Argument(
        parameter.name().text(), value != null, value == null ? null : literal(value));
  }

  /** A default as text when it is a literal or a name. */
  private static @Nullable String literal(Ast.Expr value) {
    return switch (value) {
      case Ast.NoneLit _ -> "none";
      case Ast.IntLit i -> KerasSurface.number((double) i.value());
      case Ast.FloatLit f -> KerasSurface.number(f.value());
      case Ast.BoolLit b -> String.valueOf(b.value());
      case Ast.StringLit s -> s.value();
      case Ast.NameExpr n -> n.name();
      case Ast.Unary u when u.op() == Ast.UnaryOp.NEGATE && u.operand() instanceof Ast.IntLit i ->
          KerasSurface.number((double) -i.value());
      case Ast.Unary u when u.op() == Ast.UnaryOp.NEGATE && u.operand() instanceof Ast.FloatLit f ->
          KerasSurface.number(-f.value());
      case Ast.ListExpr l -> literals(l.elements());
      case Ast.TupleExpr t -> literals(t.elements());
      default -> null;
    };
  }

  private static @Nullable String literals(List<Ast.Expr> elements) {
    var texts = elements.stream().map(e -> Objects.requireNonNullElse(literal(e), "?")).toList();
    return texts.contains("?") ? null : KerasSurface.list(texts);
  }

  /** What every optimizer takes after its own arguments. */
  private Datum options() {
    return Objects.requireNonNull(library.find(Category.VALUE, Optimizers.OPTIONS)).value();
  }

  /** By argument, in words: what is not as in Keras. */
  private Map<String, String> differences(List<Argument> keras, Datum definition) {
    var theirs = named(keras);
    var ours = named(arguments(definition));
    if (definition instanceof Datum.Definition d
        && d.tree().kind() == Ast.Kind.OPTIMIZER
        && !d.name().equals(Optimizers.SCALING)) {
      named(arguments(options())).forEach(ours::putIfAbsent);
    }
    var found = new LinkedHashMap<String, String>();
    theirs.forEach(
        (name, argument) -> {
          var other = ours.get(name);
          if (other == null) {
            found.put(name, "lacks `" + name + "`");
          } else if (argument.optional() != other.optional()) {
            found.put(name, "`" + name + "` is optional in one and required in the other");
          } else if (argument.value() != null
              && other.value() != null
              && !plain(argument.value()).equals(plain(other.value()))) {
            found.put(
                name, "`" + name + "` is " + argument.value() + " in Keras, here " + other.value());
          }
        });
    ours.keySet().stream()
        .filter(n -> !theirs.containsKey(n))
        .forEach(n -> found.put(n, "`" + n + "` is not in Keras"));
    var order = theirs.keySet().stream().filter(ours::containsKey).toList();
    var here = ours.keySet().stream().filter(theirs::containsKey).toList();
    for (int i = 0; i < order.size(); i++) {
      if (!order.get(i).equals(here.get(i))) {
        found.putIfAbsent(here.get(i), "`" + here.get(i) + "` stands elsewhere in Keras");
        break;
      }
    }
    return found;
  }

  private static Map<String, Argument> named(List<Argument> arguments) {
    var byName = new LinkedHashMap<String, Argument>();
    arguments.stream()
        .filter(a -> !UNIVERSAL.contains(a.name()))
        .forEach(a -> byName.put(a.name(), a));
    return byName;
  }

  private static String plain(String value) {
    return value.toLowerCase(Locale.ROOT).replace("_", "");
  }

  // ---- golden cases

  /** Which names the golden cases use. */
  private static final class Cases {
    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** Words of both sides of the cases, by the first word of their names. */
    private final Map<String, Set<String>> byKind = new LinkedHashMap<>();

    /** Words in the tables, by the tables' names. */
    private final Map<String, Set<String>> tables = new LinkedHashMap<>();

    Cases() throws IOException {
      try (var files = Files.walk(FOLDER)) {
        for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
          var name = file.getFileName().toString();
          if (name.endsWith(".txt")) {
            Files.readAllLines(file).stream()
                .filter(l -> !l.isBlank() && !l.startsWith("#"))
                .forEach(this::add);
          } else if (name.startsWith("table_")) {
            tables.put(name, tableWords(name.replace(".safetensors", "")));
          }
        }
      }
      var text = new TreeSet<String>();
      strings(JsonParser.parseString(Files.readString(TEXT)), text);
      tables.put("preprocessing", text);
    }

    private void add(String line) {
      var sides = line.split(": ", 2);
      assertThat(sides).as("a case: " + line).hasSize(2);
      var words = byKind.computeIfAbsent(sides[0].split("_", 2)[0], _ -> new TreeSet<>());
      words.addAll(Arrays.asList(sides[0].split("[_.~]")));
      WORD.matcher(sides[1]).results().forEach(m -> words.add(m.group()));
    }

    private static Set<String> tableWords(String name) {
      var golden = GoldenFile.read(name);
      var words = new TreeSet<String>();
      golden.tensors().keySet().forEach(k -> words.addAll(Arrays.asList(k.split("[.#]"))));
      strings(golden.info(), words);
      return words;
    }

    private static void strings(JsonElement element, Set<String> words) {
      if (element.isJsonObject()) {
        for (var entry : ((JsonObject) element).entrySet()) {
          strings(entry.getValue(), words);
        }
      } else if (element.isJsonArray()) {
        element.getAsJsonArray().forEach(e -> strings(e, words));
      } else if (element.isJsonPrimitive() && element.getAsJsonPrimitive().isString()) {
        words.add(element.getAsString());
      }
    }

    /** By the name in Keras, in a case's name or a table, or by the name in mdl, in a case. */
    boolean cover(Line line) {
      return switch (line.category) {
        case "layers" -> uses(line, "layer", "chain") || tabled(line, "preprocessing");
        case "losses" -> uses(line, "loss") || tabled(line, "table_functions");
        case "metrics" -> uses(line, "metric") || tabled(line, "table_functions");
        case "optimizers" -> uses(line, "optimizer");
        case "schedules" -> uses(line, "schedule", "optimizer");
        case "activations" -> uses(line, "activation") || tabled(line, "table_activations");
        case "initializers" -> uses(line, "initializer") || tabled(line, "table_initializers");
        default ->
            uses(line, line.category.substring(0, line.category.length() - 1))
                || tabled(line, "table_regularizers_constraints");
      };
    }

    private boolean uses(Line line, String... kinds) {
      return Stream.of(kinds)
          .map(k -> byKind.getOrDefault(k, Set.of()))
          .anyMatch(w -> w.contains(line.name) || w.contains(line.mdl));
    }

    private boolean tabled(Line line, String start) {
      return tables.entrySet().stream()
          .anyMatch(t -> t.getKey().startsWith(start) && t.getValue().contains(line.name));
    }
  }

  // ---- the page

  private static final Map<String, String> TITLES = titles();

  private static Map<String, String> titles() {
    var titles = new LinkedHashMap<String, String>();
    titles.put("layers", "Layers");
    titles.put("activations", "Activations");
    titles.put("losses", "Losses");
    titles.put("metrics", "Metrics");
    titles.put("optimizers", "Optimizers");
    titles.put("schedules", "Learning rate schedules");
    titles.put("initializers", "Initializers");
    titles.put("regularizers", "Regularizers");
    titles.put("constraints", "Constraints");
    titles.put(UTILITIES, "Utilities");
    return titles;
  }

  private String page(List<Line> lines) {
    return """
        # Keras names

        Every public name of Keras 3.15.1 in ten of its modules, and what it is in mdl. Where nothing stands beside a name, it has the arguments of Keras in
        their order with their defaults, and its numbers are tested against real Keras ([golden.md](golden.md)). These arguments are said otherwise
        everywhere: %s. A word in parentheses is a form of the [language](language.md) or a command. The utilities are classes of the
        [runtime](utilities.md).
        """
            .formatted(
                UNIVERSAL.stream()
                    .sorted()
                    .map(a -> "`" + a + "`")
                    .collect(Collectors.joining(" ")))
        + TITLES.entrySet().stream()
            .map(t -> chapter(t.getKey(), t.getValue(), lines))
            .collect(Collectors.joining());
  }

  private String chapter(String category, String title, List<Line> lines) {
    var own = lines.stream().filter(l -> l.category.equals(category)).toList();
    long there = own.stream().filter(l -> !l.absent()).count();
    return "\n## %s\n\n%s of %s.\n\n| Keras | mdl | |\n|---|---|---|\n"
            .formatted(title, there, own.size())
        + own.stream()
            .sorted(Comparator.comparing(Line::absent))
            .map(this::row)
            .collect(Collectors.joining());
  }

  private String row(Line line) {
    var aliases = Objects.requireNonNull(surface.get(line.key())).aliases();
    return "| `%s`%s | %s | %s |\n"
        .formatted(
            line.name,
            aliases.stream().map(a -> ", `" + a + "`").collect(Collectors.joining()),
            line.absent()
                ? ""
                : line.form()
                    ? "(`" + line.mdl.replaceAll("[()]", "").replace("|", "\\|") + "`)"
                    : "`" + line.mdl + "`",
            line.note.replace("|", "\\|"));
  }
}
