package org.mdlc.compiler.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mdlc.compiler.bind.Observer;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.Dim;

/** What the binder found out, by place. */
final class Facts implements Observer {
  /** In a loop a place has a value for each turn; nobody reads more than some. */
  private static final int KEPT = 4;

  private static final String MORE = "…";

  /** A layer: its path of names and the number of elements of its weights and states. */
  record LayerFact(String path, Dim parameters) {}

  private final Map<Span, Set<Meaning>> values = new HashMap<>();
  private final Map<Span, Map<String, LayerFact>> layers = new HashMap<>();
  private final Map<Span, Ast.File> imports = new LinkedHashMap<>();
  private final List<Ast.File> files = new ArrayList<>();

  @Override
  public void value(Span place, Meaning meaning) {
    var known = values.computeIfAbsent(place, _ -> new LinkedHashSet<>());
    if (known.size() <= KEPT) {
      known.add(meaning);
    }
  }

  @Override
  public void layer(Span made, String path, Dim parameters) {
    layers
        .computeIfAbsent(made, _ -> new LinkedHashMap<>())
        .put(path, new LayerFact(path, parameters));
  }

  @Override
  public void imported(Ast.Import tree, Ast.File file) {
    if (imports.put(tree.path().span(), file) == null) {
      files.add(file);
    }
  }

  /** The types at a place, joined in the order in which they came up: {@code f32[batch, 10]}. */
  Optional<String> types(Span place) {
    return joined(values.getOrDefault(place, Set.of()).stream().map(Meaning::type).toList());
  }

  /** The values at a place that can be written down. */
  Optional<String> values(Span place) {
    return joined(
        values.getOrDefault(place, Set.of()).stream()
            .map(Meaning::value)
            .filter(v -> !v.isEmpty())
            .toList());
  }

  private static Optional<String> joined(List<String> texts) {
    var different = texts.stream().distinct().toList();
    if (different.isEmpty()) {
      return Optional.empty();
    }
    var shown = different.subList(0, Math.min(KEPT, different.size()));
    return Optional.of(
        String.join(", then ", shown) + (different.size() > KEPT ? ", " + MORE : ""));
  }

  /** The layers made at a place, in the order of their first calls. */
  List<LayerFact> layers(Span made) {
    return List.copyOf(layers.getOrDefault(made, Map.of()).values());
  }

  /** The file that an import names. */
  Optional<Ast.File> file(Span importPath) {
    return Optional.ofNullable(imports.get(importPath));
  }

  /** All imported files, also those that imports import. */
  List<Ast.File> files() {
    return List.copyOf(files);
  }
}
