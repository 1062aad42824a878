package org.mdlc.junit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.pass.DecomposeOps;
import org.mdlc.compiler.pass.Differentiate;

/** Gradients of a layer in training, against central differences in float64. */
final class GradientCheck {
  /** Each costs two runs of the layer. */
  static final int MOST_ENTRIES = 256;

  /**
   * The error of a central difference is h^2 / 6 times the third derivative. A kink that lies
   * within one step is seldom within the next: an entry is wrong when it is so with each.
   */
  private static final double[] STEPS = {1e-5, 1e-6};

  /** Of the largest entry of a gradient. */
  private static final double TOLERANCE = 1e-6;

  /** Of the loss: what 10,000 additions leave in its last digits, divided by the smallest step. */
  private static final double NOISE = 1e-8;

  /** Weights move so far from their start, where many are zero and activations have their kink. */
  private static final double STIR = 0.1;

  private final BoundLayer layer;
  private final Graph forward;
  private final Map<String, Tensor64> values;
  private final int examples;

  private GradientCheck(BoundLayer layer, Samples samples) {
    this.layer = layer;
    this.forward = new DecomposeOps().run(layer.forward());
    this.values = stirred(layer, samples);
    this.examples = samples.examples();
  }

  private static Map<String, Tensor64> stirred(BoundLayer layer, Samples samples) {
    var values = new LinkedHashMap<>(samples.values());
    var random = new Random(samples.seed());
    for (var weight : layer.weights()) {
      if (weight.trainable()) {
        var start = samples.get(weight.path());
        values.put(
            weight.path(),
            Tensor64.of(
                start.dtype(),
                start.sizes(),
                i -> start.at(i) + STIR * (2 * random.nextDouble() - 1)));
      }
    }
    return values;
  }

  static void check(BoundLayer layer, Samples samples, List<String> names) {
    var check = new GradientCheck(layer, samples);
    var used = names.stream().filter(name -> check.forward.input(name).isPresent()).toList();
    var graph = Differentiate.withGradients(check.forward, BoundProgram.OBJECTIVE, used);
    var found = Interpreter.run(graph, check.values, check.examples);
    double noise =
        NOISE * Math.max(1, Math.abs(Tensors.named(found, BoundProgram.OBJECTIVE).at(0)));
    for (var name : used) {
      check.compare(name, Tensors.named(found, Differentiate.gradientOf(name)), noise);
    }
  }

  private void compare(String name, Tensor64 gradient, double noise) {
    double largest = Tensors.largest(gradient);
    int stride = Math.ceilDiv(gradient.count(), MOST_ENTRIES);
    int checked = 0;
    int wrong = 0;
    var first = "";
    for (int entry = 0; entry < gradient.count(); entry += stride) {
      checked++;
      var wanted = disagreement(name, entry, gradient.at(entry), largest, noise);
      if (wanted.isPresent() && wrong++ == 0) {
        first =
            "at %s it is %s, central differences give %s"
                .formatted(
                    Tensors.position(entry, gradient.sizes()),
                    (float) gradient.at(entry),
                    (float) wanted.getAsDouble());
      }
    }
    if (wrong > 0) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "the gradient of %s by %s is wrong: %s (%d of the %d entries of %s that were checked"
                  + " differ)",
              layer,
              name,
              first,
              wrong,
              checked,
              gradient.type()));
    }
  }

  /** What central differences give, if no step agrees. */
  private OptionalDouble disagreement(
      String name, int entry, double got, double largest, double noise) {
    double wanted = Double.NaN;
    for (double step : STEPS) {
      wanted = (loss(name, entry, step) - loss(name, entry, -step)) / (2 * step);
      double tolerance = TOLERANCE * Math.max(largest, Math.abs(wanted)) + noise;
      if (Math.abs(got - wanted) <= tolerance) {
        return OptionalDouble.empty();
      }
    }
    return OptionalDouble.of(wanted);
  }

  private double loss(String name, int entry, double step) {
    var start = Tensors.named(values, name);
    var data = start.data().clone();
    data[entry] += step;
    var moved = new LinkedHashMap<>(values);
    moved.put(name, new Tensor64(start.dtype(), start.sizes(), data));
    return Tensors.named(Interpreter.run(forward, moved, examples), BoundProgram.OBJECTIVE).at(0);
  }
}
