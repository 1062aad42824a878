package org.mdlc.junit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;

/**
 * A layer with inputs, ready to be checked. Inputs that are not {@link #given} are drawn from a
 * seed, and so are the weights, in the manner of Keras: the same test has the same numbers
 * everywhere. Each {@code with} method gives a changed copy; each check throws an {@link
 * AssertionError} that says what is wrong, or returns this.
 */
public final class LayerCheck {
  private final BoundLayer layer;
  private final long seed;
  private final int examples;
  private final double low;
  private final double high;
  private final Map<String, float[]> given;

  LayerCheck(
      BoundLayer layer,
      long seed,
      int examples,
      double low,
      double high,
      Map<String, float[]> given) {
    this.layer = layer;
    this.seed = seed;
    this.examples = examples;
    this.low = low;
    this.high = high;
    this.given = given;
  }

  /** Draws from another seed than 42, from 0 to 2^32 - 1. */
  public LayerCheck seed(long newSeed) {
    return new LayerCheck(layer, newSeed, examples, low, high, given);
  }

  /** Takes another number of examples than 3 as the batch. */
  public LayerCheck examples(int count) {
    return new LayerCheck(layer, seed, count, low, high, given);
  }

  /** Draws floats from another range than -1 to 1: for a layer that takes a logarithm, say. */
  public LayerCheck between(double newLow, double newHigh) {
    return new LayerCheck(layer, seed, examples, newLow, newHigh, given);
  }

  /**
   * The numbers of the inputs, in order and row-major; those of any number of examples, the same
   * for all inputs.
   *
   * @throws AssertionError if they do not fill whole examples
   */
  public LayerCheck given(float[]... inputs) {
    var ports = layer.program().inputs();
    if (inputs.length != ports.size()) {
      throw new AssertionError(
          layer + " has " + ports.size() + " inputs, given are " + inputs.length);
    }
    var values = new LinkedHashMap<String, float[]>();
    int count = inputs[0].length / Samples.rowSize(ports.getFirst());
    for (int i = 0; i < inputs.length; i++) {
      int row = Samples.rowSize(ports.get(i));
      if (count == 0 || inputs[i].length != count * row) {
        throw new AssertionError(
            String.format(
                Locale.ROOT,
                "an example of %s has %d numbers (%s); given are %d for %d examples",
                ports.get(i).name(),
                row,
                ports.get(i).type(),
                inputs[i].length,
                count));
      }
      values.put(ports.get(i).name(), inputs[i].clone());
    }
    return new LayerCheck(layer, seed, count, low, high, values);
  }

  /**
   * The first output in inference, row-major: what the formulas of the layer mean, worked out in
   * float64.
   */
  public float[] output() {
    var output = layer.program().outputs().getFirst().name();
    var values = Tensors.named(predicted(), output).data();
    var floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /**
   * Compares the gradient by every float input and every weight with central differences, in
   * float64 and in training. Entries of a tensor of more than {@value GradientCheck#MOST_ENTRIES}
   * are checked at that many, spread evenly. What {@code stop_gradient} cuts off differs on
   * purpose: then name what is to be checked.
   *
   * @param names inputs, as the layer calls them, and weights, by their path ({@code
   *     dense/kernel}); none for all
   */
  public LayerCheck checkGradients(String... names) {
    GradientCheck.check(layer, samples(), names.length == 0 ? layer.differentiable() : of(names));
    return this;
  }

  private List<String> of(String... names) {
    var known = layer.differentiable();
    for (var name : names) {
      if (!known.contains(name)) {
        throw new AssertionError(
            layer + " has no gradient by " + name + " but by " + String.join(", ", known));
      }
    }
    return List.of(names);
  }

  /**
   * Compiles the layer to Java and compares its outputs in inference, and its weights and states
   * after a step of training, with float64.
   */
  public LayerCheck checkGeneratedCode() {
    CodeCheck.check(layer, samples());
    return this;
  }

  /**
   * Compares the outputs in inference and the names and shapes of the weights with {@code
   * src/test/resources/golden/<name>.txt}, which {@code -Dgolden=update} writes; then {@link
   * #checkGeneratedCode}.
   */
  public LayerCheck matchesGolden(String name) {
    GoldenFile.named(name).compare(layer, samples(), predicted());
    return checkGeneratedCode();
  }

  private Map<String, Tensor64> predicted() {
    var samples = samples();
    return Interpreter.run(layer.predict(), samples.values(), samples.examples());
  }

  private Samples samples() {
    return Samples.draw(layer.program(), seed, examples, low, high, given);
  }
}
