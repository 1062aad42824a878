package org.mdlc.compiler.bind;

import java.util.stream.Collectors;
import org.mdlc.compiler.bind.Observer.Meaning;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.TensorType;

/** Tells an {@link Observer} about the user's files; costs a comparison where nobody listens. */
final class Observation {
  private final Observer observer;
  private final boolean on;

  Observation(Observer observer) {
    this.observer = observer;
    this.on = !observer.equals(Observer.NONE);
  }

  void value(Span place, Datum value) {
    if (on && !Problems.isLibrary(place.file()) && !value.isPoison()) {
      observer.value(place, meaning(value));
    }
  }

  void variable(Span name, TensorType type) {
    if (on && !Problems.isLibrary(name.file())) {
      observer.value(name, new Meaning(type.toString(), ""));
    }
  }

  void layer(Instance layer) {
    if (on && !Problems.isLibrary(layer.span().file())) {
      observer.layer(layer.span(), layer.path(), parameters(layer));
    }
  }

  private static Dim parameters(Instance layer) {
    var sum = Dim.ZERO;
    for (var variable : layer.variables()) {
      if (variable.role() == Role.PARAM || variable.role() == Role.STATE) {
        sum = sum.plus(variable.type().shape().elements());
      }
    }
    for (var child : layer.children()) {
      sum = sum.plus(parameters(child));
    }
    return sum;
  }

  private static Meaning meaning(Datum value) {
    return switch (value) {
      case Datum.Shaped s -> new Meaning(s.typeText(), "");
      case Datum.None _ -> new Meaning("none", "");
      case Datum.Whole _ -> new Meaning("int", value.text());
      case Datum.Real _ -> new Meaning("float", value.text());
      case Datum.Truth _ -> new Meaning("bool", value.text());
      case Datum.Text t -> new Meaning("str", "\"" + t.value() + "\"");
      case Datum.Listing l when l.items().stream().anyMatch(i -> i instanceof Datum.Shaped) ->
          new Meaning(types(l), "");
      case Datum.Listing l -> new Meaning(l.tuple() ? "tuple" : "list", value.text());
      case Datum.Layer l -> new Meaning("layer " + l.instance().kind(), "");
      default -> new Meaning(value.kind().replaceFirst("^(an?|the) ", ""), "");
    };
  }

  private static String types(Datum.Listing list) {
    return list.items().stream()
        .map(i -> meaning(i).type())
        .collect(Collectors.joining(", ", list.tuple() ? "(" : "[", list.tuple() ? ")" : "]"));
  }
}
