package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.None;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/**
 * Masks travel with tensors from layer to layer: into a parameter {@code mask}, out of the body by
 * {@code with_mask}. A layer that loses one on the way is warned of.
 */
final class Masks {
  private static final String OF_ONE = "_mask";
  private static final String MADE = "the mask is made here";

  private final Evaluator evaluator;
  private int taken;

  Masks(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** Notes that somebody uses a mask. */
  void take() {
    taken++;
  }

  /** How often masks were used so far: unchanged after a body that used none. */
  int taken() {
    return taken;
  }

  /**
   * What a parameter is when the call leaves it out: {@code mask} the mask of the first tensor,
   * {@code query_mask} that of {@code query}; none when there is no mask.
   *
   * @param bound the parameters before it
   */
  Datum implied(String parameter, List<Ast.Param> parameters, Scope bound) {
    String of;
    if (parameter.equals("mask")) {
      of = parameters.get(0).name().text();
    } else if (parameter.endsWith(OF_ONE)) {
      of = parameter.substring(0, parameter.length() - OF_ONE.length());
    } else {
      return None.NONE;
    }
    var binding = bound.here(of);
    if (binding == null || !(binding.value() instanceof Tensor t)) {
      return None.NONE;
    }
    var mask = t.mask();
    return mask == null ? None.NONE : mask;
  }

  /** A parameter that receives masks, given or implied. */
  static boolean isMask(Ast.Param parameter) {
    var name = parameter.name().text();
    return name.equals("mask") || name.endsWith(OF_ONE);
  }

  /** The argument {@code mask} of a call, as a mask of x. */
  Tensor fitting(Tensor x, Given given) {
    if (!(given.get("mask") instanceof Tensor mask) || mask.dtype() != DType.BOOL) {
      throw given
          .wrong(
              Codes.TYPE_MISMATCH,
              "mask",
              "a mask is a bool tensor or none, not " + given.get("mask").kind())
          .help("a comparison gives one: x != 0");
    }
    var dims = mask.inner();
    if (dims.size() > x.inner().size() || !x.inner().subList(0, dims.size()).equals(dims)) {
      throw given
          .wrong(
              Codes.SHAPE_MISMATCH,
              "mask",
              "a mask of "
                  + x.type()
                  + " has the first of its dimensions, and this is "
                  + mask.type())
          .note("one bool per step: bool[T] for f32[T, C]");
    }
    if (x.batched() && !mask.batched()) {
      var whole = new ArrayList<Dim>(dims);
      whole.add(0, Dim.BATCH);
      mask = evaluator.emitter().stretch(mask, new Shape(whole));
    }
    var at = evaluator.problems().users(given.span());
    return mask.trail().text().equals(MADE) ? mask : mask.with(Datum.Trail.NONE.then(at, MADE));
  }

  /**
   * Warns when a call ends a mask that nobody used.
   *
   * @param before {@link #taken} before the call
   */
  void check(Instance layer, Arguments operands, Datum result, int before, Span call) {
    var masked =
        operands.values().values().stream().map(Masks::masked).filter(m -> m != null).findFirst();
    if (masked.isEmpty() || taken != before || result.isPoison() || masked(result) != null) {
      return;
    }
    // What the library does inside is the matter of its layer that the user wrote.
    if (Problems.isLibrary(call.file()) && Problems.isLibrary(layer.span().file())) {
      return;
    }
    take();
    evaluator.lints().report(warning(layer, masked.get(), call));
  }

  private Diagnostic warning(Instance layer, Tensor masked, Span call) {
    var warning =
        Diagnostic.of(
            Codes.MASK_DROPPED,
            evaluator.problems().users(call),
            layer.kind() + " loses the mask of its input: what follows counts every step");
    var mask = masked.mask();
    var made = mask == null ? null : mask.trail().span();
    if (made != null && !Problems.isLibrary(made.file())) {
      warning = warning.also(made, MADE);
    }
    return warning.help(
        Problems.isLibrary(source(layer).file())
            ? "where that is meant, end the mask before it: `|> with_mask(none)`"
            : "hand it on with `return keep_mask(y, x)`, or use it: a parameter `mask: bool[T]? = none`");
  }

  private static Span source(Instance layer) {
    return switch (layer.source()) {
      case Datum.Definition d -> d.tree().span();
      case Datum.ModelDefinition m -> m.tree().span();
      default -> layer.span();
    };
  }

  private static @Nullable Tensor masked(Datum value) {
    return switch (value) {
      case Tensor t when t.mask() != null -> t;
      case Listing l ->
          l.items().stream().map(Masks::masked).filter(m -> m != null).findFirst().orElse(null);
      default -> null;
    };
  }
}
