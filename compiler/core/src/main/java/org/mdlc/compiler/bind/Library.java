package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/**
 * Definitions by kind and name: those of a file, then those it imports, then the library's, then
 * the compiler's own functions.
 */
final class Library {
  /** Namespaces: an optimizer and a loss may have one name. */
  enum Category {
    /** Functions, layers, blocks, models and constants. */
    VALUE,
    INITIALIZER,
    REGULARIZER,
    CONSTRAINT,
    SCHEDULE,
    OPTIMIZER,
    LOSS,
    METRIC;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Of what a definition of the library is introduced with. */
    static Category of(String keyword) {
      return switch (keyword) {
        case "let", "fn", "layer", "block" -> VALUE;
        default -> valueOf(keyword.toUpperCase(Locale.ROOT));
      };
    }

    static Category of(Ast.Kind kind) {
      return switch (kind) {
        case LAYER, BLOCK -> VALUE;
        case LOSS -> LOSS;
        case METRIC -> METRIC;
        case OPTIMIZER -> OPTIMIZER;
        case SCHEDULE -> SCHEDULE;
        case INITIALIZER -> INITIALIZER;
        case REGULARIZER -> REGULARIZER;
        case CONSTRAINT -> CONSTRAINT;
      };
    }
  }

  /** A definition and where it is. */
  static final class Entry {
    private final String name;
    private final Span span;
    private final boolean offered;
    private @Nullable Supplier<Datum> later;
    private @Nullable Datum value;

    Entry(String name, Datum value, Span span) {
      this.name = name;
      this.span = span;
      this.offered = true;
      this.value = value;
    }

    private Entry(StandardLibrary.Part part, Supplier<Datum> later) {
      this.name = part.name();
      this.span = part.nameSpan();
      this.offered = part.isDocumented() || part.keyword().equals("let");
      this.later = later;
    }

    /** A definition of the library, which is made when it is first used. */
    static Entry later(StandardLibrary.Part part, Supplier<Datum> value) {
      return new Entry(part, value);
    }

    String name() {
      return name;
    }

    Span span() {
      return span;
    }

    Datum value() {
      var known = value;
      if (known == null) {
        known = Objects.requireNonNull(later).get();
        value = known;
        later = null;
      }
      return known;
    }

    /** False for the library's own helpers, which have no doc comment and no place on its pages. */
    boolean isOffered() {
      return offered;
    }
  }

  private final @Nullable Library outer;
  private final Map<Category, Map<String, Entry>> byName = new EnumMap<>(Category.class);
  private final Map<Category, Map<String, Entry>> byPlainName = new EnumMap<>(Category.class);

  Library(@Nullable Library outer) {
    this.outer = outer;
    for (var category : Category.values()) {
      byName.put(category, new LinkedHashMap<>());
      byPlainName.put(category, new LinkedHashMap<>());
    }
  }

  /** The functions that the compiler supplies. */
  static Library builtins() {
    var library = new Library(null);
    var nowhere = SourceFile.of("builtin", "").whole();
    Stream.of(
            MathBuiltins.all(),
            ShapeBuiltins.all(),
            ReductionBuiltins.all(),
            ContractionBuiltins.all(),
            RandomBuiltins.all())
        .flatMap(s -> s.map(Builtin::unmasked))
        .forEach(b -> library.put(b, nowhere));
    LanguageBuiltins.all().forEach(b -> library.put(b, nowhere));
    return library;
  }

  private void put(Builtin builtin, Span nowhere) {
    put(Category.VALUE, new Entry(builtin.name(), new Datum.Native(builtin), nowhere));
  }

  /** Adds an entry; returns the one of the same name that stood here before. */
  @Nullable Entry put(Category category, Entry entry) {
    map(byPlainName, category).putIfAbsent(plain(entry.name()), entry);
    return map(byName, category).putIfAbsent(entry.name(), entry);
  }

  /** Gives a name another value: a constant that has been evaluated. */
  void replace(Category category, Entry entry) {
    map(byName, category).put(entry.name(), entry);
    map(byPlainName, category).put(plain(entry.name()), entry);
  }

  /** Takes over another file's definitions, where this one has none of the name. */
  void include(Library other) {
    for (var category : Category.values()) {
      for (var entry : map(other.byName, category).values()) {
        put(category, entry);
      }
    }
  }

  /** The definition of a name, exactly so written. */
  @Nullable Entry find(Category category, String name) {
    var found = map(byName, category).get(name);
    return found != null ? found : outer == null ? null : outer.find(category, name);
  }

  /** True for the name of a model. */
  boolean isModel(String name) {
    var entry = find(Category.VALUE, name);
    return entry != null && entry.value() instanceof Datum.ModelDefinition;
  }

  /** As {@link #find}, but {@code glorot_uniform} and {@code GlorotUniform} are one name. */
  @Nullable Entry findLoosely(Category category, String name) {
    var exact = find(category, name);
    if (exact != null) {
      return exact;
    }
    var found = map(byPlainName, category).get(plain(name));
    return found != null ? found : outer == null ? null : outer.findLoosely(category, name);
  }

  /** A definition of any kind; the preferred kind first. */
  @Nullable Entry findAny(Category preferred, String name) {
    var found = find(preferred, name);
    for (var category : Category.values()) {
      found = found != null ? found : find(category, name);
    }
    return found;
  }

  /** Names of one kind that are offered to users, the nearest first. */
  List<String> names(Category category) {
    var names = new ArrayList<String>();
    map(byName, category).values().stream()
        .filter(Entry::isOffered)
        .forEach(entry -> names.add(entry.name()));
    if (outer != null) {
      names.addAll(outer.names(category));
    }
    return names;
  }

  List<String> allNames() {
    return Stream.of(Category.values()).flatMap(c -> names(c).stream()).distinct().toList();
  }

  /**
   * A function or block of the library that the compiler itself calls; no user's definition hides
   * it.
   */
  Datum standard(String name) {
    var found = outermost(Category.VALUE, name);
    if (found != null) {
      return found.value();
    }
    throw new CompilerBug("bind", "the library has no " + name);
  }

  /** As {@link #standard}, where the parameters of the function are looked at. */
  Datum.Function standardFunction(String name) {
    if (standard(name) instanceof Datum.Function f) {
      return f;
    }
    throw new CompilerBug("bind", name + " of the library is no function");
  }

  /** As {@link #standard}, for an optimizer. */
  Datum.Definition standardOptimizer(String name) {
    var found = outermost(Category.OPTIMIZER, name);
    if (found != null && found.value() instanceof Datum.Definition d) {
      return d;
    }
    throw new CompilerBug("bind", "the library has no optimizer " + name);
  }

  private @Nullable Entry outermost(Category category, String name) {
    var found = outer == null ? null : outer.outermost(category, name);
    return found != null ? found : map(byName, category).get(name);
  }

  private static Map<String, Entry> map(Map<Category, Map<String, Entry>> maps, Category category) {
    var map = maps.get(category);
    if (map == null) {
      throw new IllegalStateException(category.name());
    }
    return map;
  }

  static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "");
  }
}
