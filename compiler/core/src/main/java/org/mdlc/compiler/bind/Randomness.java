package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.op.AdvanceKey;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Who draws which seed, and which key a random operation reads. Keras draws one seed per random
 * initializer when a layer is constructed and one per generator; a key is [seed, counter], and the
 * counter goes up by one per call.
 */
final class Randomness {
  static final TensorType KEY = new TensorType(DType.U32, Shape.of(2));

  private final Evaluator evaluator;
  private final List<Draw> unused = new ArrayList<>();
  private int sequence;
  private @Nullable Tensor initializerKey;

  Randomness(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** In an initializer a shape is meant as it is; elsewhere it is that of one example. */
  boolean exactShapes() {
    return initializerKey != null || evaluator.mode() == Evaluator.Mode.PLAIN;
  }

  /** Draws that no variable uses, but that move the sequence on. */
  List<Draw> unused() {
    return unused;
  }

  /** A draw for an initializer of a layer under construction. */
  Draw forInitializer(int order, Datum seed) {
    var draw = new Draw(order, sequence++, fixed(seed));
    unused.add(draw); // counted even if no weight starts from it
    return draw;
  }

  private static @Nullable Long fixed(Datum seed) {
    return switch (seed) {
      case Whole w when w.dim().isConstant() -> w.dim().value();
      case Datum.None _ -> null;
      default ->
          throw new Misuse(Codes.TYPE_MISMATCH, "a seed is a whole number, not " + seed.kind());
    };
  }

  /** Runs an initializer with its key. */
  @Nullable Tensor initializerKey(@Nullable Tensor key) {
    var before = initializerKey;
    initializerKey = key;
    return before;
  }

  Tensor constantKey(long seed) {
    return evaluator.emitter().table(KEY, List.of((double) (seed & 0xffff_ffffL), 0.0));
  }

  /** The key for one random call; it moves on for the next one. */
  Tensor key(Span at, Datum seed) {
    var emit = evaluator.emitter();
    var ofInitializer = initializerKey;
    if (ofInitializer != null) {
      initializerKey = emit.add(new AdvanceKey(), ofInitializer);
      return ofInitializer;
    }
    if (evaluator.mode() == Evaluator.Mode.PLAIN) {
      throw new Misuse(
          Codes.MISPLACED_STATEMENT,
          "random numbers are drawn in layers, models and initializers only");
    }
    var generator = seed instanceof Datum.Generator g ? g : generator(at, seed);
    var key = emit.read(generator.key());
    emit.write(generator.key(), emit.add(new AdvanceKey(), key));
    return key;
  }

  Datum.Generator generator(Span at, Datum seed) {
    if (seed instanceof Datum.Generator g) {
      return g;
    }
    var owner = evaluator.instance();
    var site = owner.site(at);
    if (owner.remembered(site) instanceof Datum.Generator known) {
      return known;
    }
    int number = owner.nextGenerator();
    var pattern = owner.pattern();
    if (pattern != null && pattern.generators() <= number && fixed(seed) == null) {
      pattern.nextGenerator();
      unused.add(
          new Draw(
              pattern.order(),
              Instance.GENERATORS + sequence++,
              null)); // Keras constructs the pattern too, generator and all
    }
    var path = owner.inside("seed_generator" + (number == 0 ? "" : "_" + number));
    var draw =
        new Draw(
            evaluator.layers().lastOrder(owner), Instance.GENERATORS + sequence++, fixed(seed));
    var variable = evaluator.variables().seed(path, draw);
    var generator = new Datum.Generator(variable);
    owner.remember(site, generator);
    return generator;
  }
}
