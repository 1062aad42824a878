package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.Shape;

/** What to do where tensors meet whose shapes do not go together, and where each came from. */
final class SideAdvice {
  private SideAdvice() {}

  /** For an operation on two tensors of the user's. */
  static Misuse operation(Misuse misuse, Ast.Binary tree, Datum left, Datum right) {
    if (misuse.code() != Codes.SHAPE_MISMATCH
        || Problems.isLibrary(tree.span().file())
        || !(left instanceof Tensor a)
        || !(right instanceof Tensor b)) {
      return misuse;
    }
    last(b).ifPresent(step -> misuse.at(step.span(), step.text()));
    boolean isLeft = steps(a) <= steps(b);
    var changed = isLeft ? a : b;
    var wanted = isLeft ? b : a;
    if (!alikeButForChannels(a.shape(), b.shape())) {
      return misuse;
    }
    var layer = (changed.rank() == 4 ? "Conv2D(%s, 1)" : "Dense(%s)");
    var side = (isLeft ? tree.left() : tree.right()).span();
    return misuse.help(
        "bring one side to the features of the other",
        new Edit(
            side,
            "("
                + side.text()
                + " |> "
                + layer.replace("%s", wanted.shape().dim(-1).toString())
                + ")"));
  }

  private static boolean alikeButForChannels(Shape a, Shape b) {
    return a.rank() == b.rank()
        && a.rank() >= 2
        && a.rank() <= 4
        && b.dim(-1).isConstant()
        && a.dim(-1).isConstant()
        && a.dims().subList(0, a.rank() - 1).equals(b.dims().subList(0, b.rank() - 1));
  }

  /**
   * For tensors that are put after one another along an axis that is not the one they differ in.
   */
  static Misuse concatenation(Misuse misuse, Shape a, Shape b) {
    if (a.rank() != b.rank()) {
      return misuse;
    }
    var differing =
        IntStream.range(0, a.rank()).filter(i -> !a.dim(i).equals(b.dim(i))).boxed().toList();
    return differing.size() == 1 && differing.getFirst() > 0
        ? misuse.help(
            "put them after one another along the axis in which they differ",
            shown -> along(shown, differing.getFirst()))
        : misuse.help("bring them to one size first, by pooling, cropping or Dense");
  }

  private static Optional<Edit> along(Span shown, int axis) {
    return CallText.of(shown, List.of("axis"))
        .filter(call -> call.name().matches("[Cc]oncat\\w*"))
        .map(call -> call.with("axis", String.valueOf(axis)));
  }

  /** Says of each tensor but the first where it came from. */
  static Misuse origins(Misuse misuse, List<Tensor> tensors) {
    if (misuse.code() == Codes.SHAPE_MISMATCH) {
      tensors.stream()
          .skip(1)
          .flatMap(t -> last(t).stream())
          .forEach(step -> misuse.at(step.span(), step.text()));
    }
    return misuse;
  }

  static void collect(Datum value, List<Tensor> tensors) {
    if (value instanceof Tensor t) {
      tensors.add(t);
    } else if (value instanceof Listing l) {
      l.items().forEach(item -> collect(item, tensors));
    }
  }

  /** A place and what is said of it. */
  private record Step(Span span, String text) {}

  private static Optional<Step> last(Tensor tensor) {
    return tensor.trail().last(1).stream()
        .flatMap(
            t -> {
              var span = t.span();
              return span == null
                  ? Optional.<Step>empty().stream()
                  : Optional.of(new Step(span, t.text())).stream();
            })
        .findFirst();
  }

  private static int steps(Tensor tensor) {
    return tensor.trail().last(Integer.MAX_VALUE).size();
  }
}
