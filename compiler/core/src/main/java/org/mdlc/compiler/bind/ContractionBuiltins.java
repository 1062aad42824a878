package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.op.AveragePool;
import org.mdlc.compiler.op.ConvBackwardData;
import org.mdlc.compiler.op.ConvGeometry;
import org.mdlc.compiler.op.Convolution;
import org.mdlc.compiler.op.MaxPool;
import org.mdlc.compiler.op.Orthogonal;
import org.mdlc.compiler.op.PoolGeometry;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/** Matrix products, convolutions and pooling. */
final class ContractionBuiltins {
  private ContractionBuiltins() {}

  static Stream<Builtin> all() {
    return Stream.of(
        Builtin.of(
            "matmul(a, b, transpose_a = false, transpose_b = false)",
            "Matrix product over the last two dimensions.",
            g ->
                g.evaluator()
                    .contractions()
                    .matmul(
                        g.tensor("a"),
                        g.tensor("b"),
                        g.truth("transpose_a"),
                        g.truth("transpose_b"))),
        Builtin.of(
            "einsum(equation, a, b)",
            "Einstein summation of two tensors; the letters include the batch.",
            g ->
                g.evaluator()
                    .contractions()
                    .einsum(g.text("equation"), g.floats("a"), g.floats("b"))),
        Builtin.of(
            "conv(x, kernel, strides = 1, padding = \"valid\", dilation = 1, groups = 1)",
            "Convolution, channels last. x [spatial.., cin], kernel [k.., cin / groups, cout].",
            ContractionBuiltins::convolution),
        Builtin.of(
            "conv_transpose(x, kernel, strides = 1, padding = \"valid\", output_padding = none, dilation = 1)",
            "The gradient of a convolution as a layer. x [spatial.., cin], kernel [k.., cout, cin].",
            ContractionBuiltins::transposed),
        Builtin.of(
            "max_pool(x, size, strides = none, padding = \"valid\")",
            "Largest in each window.",
            g -> g.emit().add(new MaxPool(pool(g)), g.floats("x"))),
        Builtin.of(
            "average_pool(x, size, strides = none, padding = \"valid\")",
            "Average of each window; cells outside do not count.",
            g -> g.emit().add(new AveragePool(pool(g)), g.floats("x"))),
        Builtin.of(
            "orthogonalize(x)",
            "Q of the QR decomposition of a matrix, signs as in diag(R) > 0.",
            g -> g.emit().add(new Orthogonal(), g.floats("x"))));
  }

  private static Datum convolution(Given g) {
    var x = g.floats("x");
    var kernel = g.floats("kernel");
    int spatial = spatial(g, x);
    if (kernel.rank() != spatial + 2) {
      throw g.wrong(
          Codes.RANK_MISMATCH,
          "kernel",
          "a kernel for "
              + x.type()
              + " has "
              + (spatial + 2)
              + " dimensions, not "
              + kernel.rank());
    }
    int groups = g.whole("groups");
    var channels = x.shape().dim(-1);
    var filters = kernel.shape().dim(-1);
    if (groups < 1) {
      throw g.wrong(Codes.VALUE_OUT_OF_RANGE, "groups", "groups must be at least 1, not " + groups);
    }
    if (!kernel.shape().dim(-2).times(groups).equals(channels)) {
      throw g.wrong(
              Codes.SHAPE_MISMATCH,
              "kernel",
              "the kernel takes "
                  + kernel.shape().dim(-2).times(groups)
                  + " channels and the input has "
                  + channels)
          .note("the input is " + x.type() + ", the kernel " + kernel.type());
    }
    if (filters.isConstant() && filters.value() % groups != 0) {
      throw g.wrong(
          Codes.DIVISION_NOT_EXACT,
          "groups",
          filters + " filters do not divide into " + groups + " groups");
    }
    var window = window(g, kernel, spatial);
    var strides = positive(g, "strides", spatial);
    var dilation = positive(g, "dilation", spatial);
    if (strides.stream().anyMatch(s -> s > 1) && dilation.stream().anyMatch(d -> d > 1)) {
      throw g.wrong(
          Codes.VALUE_OUT_OF_RANGE,
          "dilation",
          "strides above 1 and dilation above 1 do not go together");
    }
    var pads = pads(g, x, window, strides, dilation);
    return g.emit()
        .add(
            new Convolution(new ConvGeometry(strides, pads.low, pads.high, dilation, groups)),
            x,
            kernel);
  }

  private static int spatial(Given g, Tensor x) {
    int spatial = x.rank() - 2;
    if (spatial < 1 || !x.batched()) {
      throw g.wrong(
              Codes.RANK_MISMATCH,
              "x",
              "needs a batch, one or more spatial dimensions and channels, not " + x.type())
          .help("add a channel dimension with reshape or x[.., none]");
    }
    return spatial;
  }

  private static List<Integer> window(Given g, Tensor kernel, int spatial) {
    var window = new ArrayList<Integer>();
    for (int i = 0; i < spatial; i++) {
      var size = kernel.shape().dim(i);
      if (!size.isConstant() || size.value() < 1) {
        throw g.wrong(
            Codes.VALUE_OUT_OF_RANGE,
            "kernel",
            "a kernel size must be a positive number, not " + size);
      }
      window.add((int) size.value());
    }
    return window;
  }

  private static List<Integer> positive(Given g, String name, int count) {
    var numbers = g.wholes(name, count);
    for (int n : numbers) {
      if (n < 1) {
        throw g.wrong(
            Codes.VALUE_OUT_OF_RANGE, name, "`" + name + "` must be at least 1, not " + n);
      }
    }
    return numbers;
  }

  private record Pads(List<Integer> low, List<Integer> high) {}

  /**
   * Keras's padding: {@code same} puts the smaller half in front; {@code causal} all of it; a list
   * gives [low, high] per dimension.
   */
  private static Pads pads(
      Given g, Tensor x, List<Integer> window, List<Integer> strides, List<Integer> dilation) {
    var low = new ArrayList<Integer>();
    var high = new ArrayList<Integer>();
    for (int i = 0; i < window.size(); i++) {
      var size = x.shape().dim(i + 1);
      int span = (window.get(i) - 1) * dilation.get(i) + 1;
      if (g.get("padding") instanceof Listing list) {
        explicit(g, list, i, window.size(), low, high);
      } else {
        int total =
            switch (g.text("padding")) {
              case "valid" -> 0;
              case "same" -> same(size, span, strides.get(i));
              case "causal" -> span - 1;
              default ->
                  throw g.wrong(
                      Codes.UNKNOWN_WORD,
                      "padding",
                      "padding is valid, same or causal, not " + g.text("padding"));
            };
        int before = g.text("padding").equals("causal") ? total : total / 2;
        low.add(before);
        high.add(total - before);
      }
      var room = size.plus(low.get(i) + high.get(i));
      if (room.isConstant() && room.value() < span) {
        throw g.wrong(
                Codes.EMPTY_DIMENSION,
                "x",
                "a window of "
                    + span
                    + " does not fit into "
                    + room
                    + (room.is(1) ? " cell of " : " cells of ")
                    + x.type())
            .help(
                "use padding = same, a smaller window, or fewer layers that shrink the input",
                shown -> padded(g, shown));
      }
    }
    return new Pads(low, high);
  }

  /** The call of a layer that has the parameter. */
  private static Optional<Edit> padded(Given g, Span shown) {
    return CallText.of(shown, List.of())
        .filter(call -> isPadded(g.evaluator().library().find(Category.VALUE, call.name())))
        .map(call -> call.with("padding", "same"));
  }

  private static boolean isPadded(Library.@Nullable Entry layer) {
    return layer != null
        && layer.value() instanceof Datum.Definition d
        && d.tree().config().stream().anyMatch(p -> p.name().text().equals("padding"));
  }

  private static int same(Dim size, int span, int stride) {
    if (stride == 1) {
      return span - 1;
    }
    if (!size.isConstant()) {
      throw Arithmetic.unknown(size);
    }
    long windows = (size.value() + stride - 1) / stride;
    return (int) Math.max((windows - 1) * stride + span - size.value(), 0);
  }

  private static void explicit(
      Given g, Listing list, int i, int count, List<Integer> low, List<Integer> high) {
    if (list.items().size() == count
        && list.items().get(i) instanceof Listing pair
        && pair.items().size() == 2
        && pair.items().get(0) instanceof Whole a
        && pair.items().get(1) instanceof Whole b
        && a.dim().isConstant()
        && b.dim().isConstant()
        && a.dim().value() >= 0
        && b.dim().value() >= 0) {
      low.add((int) a.dim().value());
      high.add((int) b.dim().value());
      return;
    }
    throw g.wrong(
        Codes.VALUE_OUT_OF_RANGE,
        "padding",
        "padding in numbers is one [low, high] pair per spatial dimension");
  }

  /**
   * Output sizes as in Keras: {@code same} n*s, {@code valid} (n-1)*s + k + max(s-k, 0); with
   * output padding p (n-1)*s + k%2 + p and (n-1)*s + k + p. The padding is that of the convolution
   * whose gradient this is.
   */
  private static Datum transposed(Given g) {
    var x = g.floats("x");
    var kernel = g.floats("kernel");
    int spatial = spatial(g, x);
    if (kernel.rank() != spatial + 2 || !kernel.shape().dim(-1).equals(x.shape().dim(-1))) {
      throw g.wrong(
          Codes.SHAPE_MISMATCH,
          "kernel",
          "a transposed kernel is [sizes.., filters, channels]; "
              + kernel.type()
              + " does not fit "
              + x.type());
    }
    var window = window(g, kernel, spatial);
    var strides = positive(g, "strides", spatial);
    var dilation = positive(g, "dilation", spatial);
    boolean same = g.text("padding").equals("same");
    var low = new ArrayList<Integer>();
    var high = new ArrayList<Integer>();
    var sizes = new ArrayList<Dim>();
    sizes.add(x.shape().dim(0));
    for (int i = 0; i < spatial; i++) {
      int k = (window.get(i) - 1) * dilation.get(i) + 1;
      int s = strides.get(i);
      int p = g.has("output_padding") ? g.wholes("output_padding", spatial).get(i) : -1;
      if (p >= s) {
        throw g.wrong(
                Codes.VALUE_OUT_OF_RANGE,
                "output_padding",
                "output_padding is " + p + "; it must be below strides, which is " + s)
            .help("leave it out, or make it smaller", ContractionBuiltins::unpadded);
      }
      int total =
          same
              ? (p < 0 ? s + k - 2 : k + k % 2 - 2 + p)
              : 2 * (k - 1) + (p < 0 ? Math.max(s - k, 0) : p);
      int left = same ? Math.min((total + 1) / 2, k - 1) : k - 1;
      var size = x.shape().dim(i + 1).plus(-1).times(s).plus(1 + total - (k - 1));
      int front = k - 1 - left;
      int back = Math.max(2 * (k - 1) - total - front, 0);
      low.add(front);
      high.add(back);
      sizes.add(size);
    }
    sizes.add(kernel.shape().dim(-2));
    return g.emit()
        .add(
            new ConvBackwardData(
                new ConvGeometry(strides, low, high, dilation, 1), new Shape(sizes)),
            x,
            kernel);
  }

  private static Optional<Edit> unpadded(Span shown) {
    return CallText.of(shown, List.of()).flatMap(call -> call.without("output_padding"));
  }

  private static PoolGeometry pool(Given g) {
    var x = g.tensor("x");
    int spatial = spatial(g, x);
    var window = positive(g, "size", spatial);
    var strides = g.has("strides") ? positive(g, "strides", spatial) : window;
    var pads = pads(g, x, window, strides, Collections.nCopies(spatial, 1));
    return new PoolGeometry(window, strides, pads.low, pads.high);
  }
}
