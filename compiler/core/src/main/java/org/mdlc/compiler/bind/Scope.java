package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.source.Span;

/**
 * Names visible at a place: a chain of blocks, with the file's definitions and the library outside.
 */
final class Scope {
  /** What a name stands for. A class, since {@code var} changes its value and use is noted. */
  static final class Binding {
    private final String name;
    private final Span span;
    private final boolean changeable;
    private final @Nullable Variable variable;
    private Datum value;
    private boolean used;
    private @Nullable Consumer<Datum> updater;

    Binding(String name, Datum value, Span span, boolean changeable, @Nullable Variable variable) {
      this.name = name;
      this.value = value;
      this.span = span;
      this.changeable = changeable;
      this.variable = variable;
    }

    String name() {
      return name;
    }

    Datum value() {
      return value;
    }

    Span span() {
      return span;
    }

    boolean changeable() {
      return changeable;
    }

    /** The param or state that the name stands for. */
    @Nullable Variable variable() {
      return variable;
    }

    void set(Datum other) {
      value = other;
    }

    /**
     * What {@code name <- value} does, where that is no variable: a scan's carried value, an
     * optimizer's weight.
     */
    @Nullable Consumer<Datum> updater() {
      return updater;
    }

    Binding updatedBy(Consumer<Datum> work) {
      updater = work;
      return this;
    }

    boolean used() {
      return used;
    }

    void use() {
      used = true;
    }
  }

  private final @Nullable Scope outer;
  private final Library library;
  private final Map<String, Binding> names = new LinkedHashMap<>();
  private final Map<String, Span> later = new LinkedHashMap<>();

  private Scope(@Nullable Scope outer, Library library) {
    this.outer = outer;
    this.library = library;
  }

  /** The scope of a file. */
  static Scope of(Library library) {
    return new Scope(null, library);
  }

  Scope inner() {
    return new Scope(this, library);
  }

  /** Definitions that can be seen from here. */
  Library library() {
    return library;
  }

  @Nullable Binding find(String name) {
    for (Scope s = this; s != null; s = s.outer) {
      var found = s.names.get(name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** Notes that a name will be defined further down. */
  void announce(String name, Span span) {
    later.putIfAbsent(name, span);
  }

  /** Where a name that is not there yet will be defined. */
  @Nullable Span announced(String name) {
    for (Scope s = this; s != null; s = s.outer) {
      var found = s.later.get(name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** What a name stands for here or outside. */
  @Nullable Datum value(String name) {
    var found = find(name);
    return found == null ? null : found.value();
  }

  @Nullable Binding here(String name) {
    return names.get(name);
  }

  void put(Binding binding) {
    names.put(binding.name(), binding);
  }

  void put(String name, Datum value, Span span) {
    put(new Binding(name, value, span, false, null));
  }

  List<Binding> own() {
    return List.copyOf(names.values());
  }

  /** All names that can be seen, the nearest first. */
  List<String> visible() {
    var all = new ArrayList<String>();
    for (Scope s = this; s != null; s = s.outer) {
      all.addAll(s.names.keySet());
    }
    return all;
  }
}
