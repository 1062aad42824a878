package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.diag.Codes;
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
            "Evenly distributed between low and high. In a layer the shape is that of one example, or of one draw for the whole batch.",
            RandomBuiltins::uniform),
        Builtin.of(
            "seed_generator(seed = none)",
            "A random generator of this layer, to be passed as a seed; made even when nothing draws from it.",
            g -> g.evaluator().randomness().generator(g.span(), g.get("seed"))));
  }

  private static Datum uniform(Given g) {
    double low = g.real("low");
    double high = g.real("high");
    if (!(low <= high)) {
      throw g.wrong(
          Codes.VALUE_OUT_OF_RANGE, "high", "the range " + low + " .. " + high + " is empty");
    }
    var randomness = g.evaluator().randomness();
    var shape =
        g.get("shape") instanceof Tensor like
            ? like.shape()
            : perExample(g, randomness.exactShapes() || !g.truth("per_example"));
    return g.emit()
        .add(new RandomUniform(shape, low, high), randomness.key(g.span(), g.get("seed")));
  }

  private static Shape perExample(Given g, boolean exact) {
    var dims = new ArrayList<Dim>(g.shape("shape").dims());
    if (!exact && !dims.contains(Dim.BATCH)) {
      dims.add(0, Dim.BATCH);
    }
    return new Shape(dims);
  }
}
