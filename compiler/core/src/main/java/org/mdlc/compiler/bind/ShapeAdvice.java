package org.mdlc.compiler.bind;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.type.DType;

/** What to do about a tensor that has too few or too many dimensions, or the wrong elements. */
final class ShapeAdvice {
  private static final String SEQUENCES = "return_sequences";
  private static final String FLATTEN = "Flatten";

  private final InputTypes inputs;

  ShapeAdvice(InputTypes inputs) {
    this.inputs = inputs;
  }

  /** For a tensor that should have another number of dimensions after the batch. */
  Misuse rank(Misuse misuse, Datum value, int has, int wanted, boolean orMore) {
    var layer = value instanceof Tensor t ? maker(t) : null;
    var call = layer == null ? Optional.<CallText>empty() : CallText.of(layer);
    var input = inputs.of(value);
    if (has == wanted - 1
        && call.isPresent()
        && layer != null
        && layer.arguments().values().get(SEQUENCES) instanceof Truth every
        && !every.value()) {
      return misuse.help(
          layer.kind() + " gives its last step only; have it give all steps",
          call.get().with(SEQUENCES, "true"));
    }
    if (has == 1 && wanted > 1 && layer != null && layer.kind().equals(FLATTEN)) {
      return misuse.help(
          "leave out Flatten, which makes one dimension of all", _ -> dropped(layer));
    }
    if (has == wanted + 1 && !orMore && wanted > 1 && input.isPresent()) {
      return misuse.help(
          "an input is declared without its batch", InputTypes.withoutFirst(input.get()));
    }
    if (has == wanted - 1 && wanted > 1 && input.isPresent()) {
      return misuse.help(
          wanted == 2
              ? "a sequence has features at each step, if only one"
              : "an image has a channel dimension, if only of one channel",
          InputTypes.withLast(input.get(), "1"));
    }
    if (has > wanted && wanted <= 1) {
      return misuse.help(
          "put `|> Flatten()` before it",
          shown -> Optional.of(new Edit(shown.after(), " |> Flatten()")));
    }
    if (has == wanted - 1 && wanted >= 3) {
      return misuse.help("an image needs a channel dimension: add one with x[.., none]");
    }
    return has == 0 ? misuse.help("add a dimension with x[none]") : misuse;
  }

  /** For a tensor that should hold whole numbers. */
  Misuse whole(Misuse misuse, Datum value, DType wanted) {
    var input = inputs.of(value);
    return input.isPresent()
        ? misuse.help(
            "declare the input as " + wanted.text(),
            InputTypes.withElements(input.get(), wanted.text()))
        : misuse.help("convert with cast(x, " + wanted.text() + ")");
  }

  /** The layer whose call gave a tensor, when nothing came after it. */
  static @Nullable Instance maker(Tensor tensor) {
    for (Datum.Trail step = tensor.trail(); step != null; step = step.before()) {
      var maker = step.maker();
      if (maker != null) {
        return maker.value().equals(tensor.value()) ? maker.layer() : null;
      }
    }
    return null;
  }

  /** Takes a layer out of the pipe it stands in. */
  static Optional<Edit> dropped(Instance layer) {
    return pipedInto(layer)
        .map(
            call -> {
              var before = call.file().text().substring(0, call.start()).stripTrailing();
              var value = before.substring(0, before.length() - "|>".length()).stripTrailing();
              return new Edit(call.file().span(value.length(), call.end()), "");
            });
  }

  /** Puts a layer into the pipe before another one. */
  static Optional<Edit> before(Instance layer, String call) {
    return pipedInto(layer).map(at -> new Edit(at.before(), call + " |> "));
  }

  /** Where a layer is applied, when that is in a pipe. */
  private static Optional<Span> pipedInto(Instance layer) {
    var call = layer.firstCall();
    return call != null
            && !Problems.isLibrary(call.file())
            && call.file().text().substring(0, call.start()).stripTrailing().endsWith("|>")
        ? Optional.of(call)
        : Optional.empty();
  }
}
