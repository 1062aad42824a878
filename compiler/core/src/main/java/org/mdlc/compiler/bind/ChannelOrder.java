package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.syntax.Ast;

/**
 * Warns where an image with its channels first enters a layer that takes the last axis for them.
 */
final class ChannelOrder {
  private static final String FORMAT = "data_format";

  /** An image is larger than this, and its channels are grey or colours. */
  private static final int MANY = 4;

  private ChannelOrder() {}

  static Optional<Diagnostic> check(Instance layer, Arguments operands, InputTypes inputs) {
    var image = operands.values().isEmpty() ? null : operands.values().values().iterator().next();
    if (image == null
        || !(layer.arguments().values().get(FORMAT) instanceof Datum.Text format)
        || !format.value().equals("channels_last")) {
      return Optional.empty();
    }
    return inputs.of(image).filter(ChannelOrder::looksFirst).map(type -> warning(layer, type));
  }

  private static Diagnostic warning(Instance layer, Ast.TensorType type) {
    var sizes = InputTypes.sizes(type);
    var turned = new ArrayList<>(sizes.subList(1, sizes.size()));
    turned.add(sizes.getFirst());
    var diagnostic =
        Diagnostic.of(
                Codes.CHANNEL_ORDER,
                type.span(),
                "this looks like an image with its "
                    + sizes.getFirst()
                    + " channels first, and "
                    + layer.kind()
                    + " takes the last axis for channels")
            .also(layer.span(), "here");
    return InputTypes.withSizes(type, turned)
        .advisedBy(
            diagnostic,
            "give images with channels last, or give the layers data_format = channels_first");
  }

  private static boolean looksFirst(Ast.TensorType type) {
    var sizes = type.dims().stream().map(ChannelOrder::size).toList();
    return sizes.size() >= 3
        && List.of(1L, 3L).contains(sizes.getFirst())
        && sizes.subList(1, sizes.size()).stream().allMatch(size -> size > MANY);
  }

  private static long size(Ast.DimExpr dim) {
    return dim instanceof Ast.OneDim one && one.size() instanceof Ast.IntLit i ? i.value() : 0;
  }
}
