package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** How the model's inputs are declared, for advice to declare one in another way. */
final class InputTypes {
  private final Map<Span, Ast.TensorType> declared = new LinkedHashMap<>();

  void declare(Ast.Input tree) {
    if (tree.type() instanceof Ast.TensorType type) {
      declared.put(tree.name().span(), type);
    }
  }

  /** The declaration of the input that a tensor is; nothing when a layer came between. */
  Optional<Ast.TensorType> of(Datum value) {
    if (!(value instanceof Datum.Tensor t)
        || t.trail().before() != null
        || t.trail().span() == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(declared.get(t.trail().span()))
        .filter(type -> type.dims().size() == t.inner().size());
  }

  /** The sizes as written. */
  static List<String> sizes(Ast.TensorType type) {
    return type.dims().stream().map(d -> d.span().text()).toList();
  }

  static Edit withSizes(Ast.TensorType type, List<String> sizes) {
    return new Edit(type.span(), text(type.dtype().text(), sizes));
  }

  static Edit withElements(Ast.TensorType type, String elements) {
    return new Edit(type.span(), text(elements, sizes(type)));
  }

  static Edit withLast(Ast.TensorType type, String size) {
    var sizes = new ArrayList<>(sizes(type));
    sizes.add(size);
    return withSizes(type, sizes);
  }

  static Edit withoutFirst(Ast.TensorType type) {
    var sizes = sizes(type);
    return withSizes(type, sizes.subList(1, sizes.size()));
  }

  private static String text(String elements, List<String> sizes) {
    return elements + "[" + String.join(", ", sizes) + "]";
  }
}
