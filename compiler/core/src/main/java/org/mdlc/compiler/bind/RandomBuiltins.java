package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.op.RandomBeta;
import org.mdlc.compiler.op.RandomInt;
import org.mdlc.compiler.op.RandomOrder;
import org.mdlc.compiler.op.RandomUniform;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/**
 * Sources of random numbers. In an initializer they draw from the weight's own seed, elsewhere from
 * a generator that the layer owns.
 */
final class RandomBuiltins {
  private RandomBuiltins() {}

  static Stream<Builtin> all() {
    return Stream.of(
        Builtin.of(
            "random_uniform(shape, seed = none, low = 0.0, high = 1.0, per_example = true)",
            "Evenly distributed between low and high. In a layer the shape is that of one example, or of one draw for the whole batch; in a scan all steps have the same numbers.",
            g -> once(g, RandomBuiltins::uniform)),
        Builtin.of(
            "random_int(shape, low, high, seed = none, per_example = true)",
            "Whole numbers from low up to, but without, high.",
            g -> once(g, RandomBuiltins::integer)),
        Builtin.of(
            "random_order(n, seed = none)",
            "0, 1, .. n-1 in random order, as i32.",
            g -> once(g, h -> h.emit().add(new RandomOrder(h.dim("n")), key(h)))),
        Builtin.of(
            "random_beta(shape, alpha, beta, seed = none, per_example = true)",
            "Numbers distributed as Beta(alpha, beta), without a gradient.",
            g -> once(g, RandomBuiltins::beta)),
        Builtin.of(
            "seed_generator(seed = none)",
            "A random generator of this layer, to be passed as a seed; made even when nothing draws from it.",
            g -> g.evaluator().randomness().generator(g.span(), g.get("seed"))));
  }

  /** In a scan one set for all steps, drawn before the first: what recurrent dropout wants. */
  private static Datum once(Given g, Builtin.Body draw) {
    return g.evaluator().within(g.emit().frame().outsideLoops(), () -> draw.apply(g));
  }

  private static Datum uniform(Given g) {
    double low = g.real("low");
    double high = g.real("high");
    if (!(low <= high)) {
      throw g.wrong(
          Codes.VALUE_OUT_OF_RANGE, "high", "the range " + low + " .. " + high + " is empty");
    }
    return g.emit().add(new RandomUniform(drawn(g), low, high), key(g));
  }

  private static Datum integer(Given g) {
    int low = g.whole("low");
    int high = g.whole("high");
    if (low >= high) {
      throw g.wrong(
          Codes.VALUE_OUT_OF_RANGE,
          "high",
          "there is no whole number from " + low + " up to, but without, " + high);
    }
    return g.emit().add(new RandomInt(drawn(g), low, high), key(g));
  }

  private static Datum beta(Given g) {
    var emit = g.emit();
    var shape = drawn(g);
    var alpha = emit.stretch(g.floats("alpha"), shape);
    var beta = emit.stretch(g.floats("beta"), shape);
    return emit.add(new RandomBeta(), key(g), alpha, beta);
  }

  private static Tensor key(Given g) {
    return g.evaluator().randomness().key(g.span(), g.get("seed"));
  }

  /** The shape of what is drawn: that of a tensor, or a list of sizes. */
  private static Shape drawn(Given g) {
    if (g.get("shape") instanceof Tensor like) {
      return like.shape();
    }
    boolean exact = g.evaluator().randomness().exactShapes() || !g.truth("per_example");
    var dims = new ArrayList<Dim>(g.shape("shape").dims());
    if (!exact && !dims.contains(Dim.BATCH)) {
      dims.add(0, Dim.BATCH);
    }
    return new Shape(dims);
  }
}
