package org.mdlc.junit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;
import org.mdlc.runtime.random.PythonRandom;

/**
 * Numbers for everything that a model reads, each exact in float32.
 *
 * @param values by name: inputs, targets, and variables as they are before the first step
 */
record Samples(long seed, int examples, Map<String, Tensor64> values) {
  Samples {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  static Samples draw(
      BoundProgram program,
      long seed,
      int examples,
      double low,
      double high,
      Map<String, float[]> given) {
    var random = new Random(seed);
    var values = new LinkedHashMap<String, Tensor64>();
    for (var port : program.inputs()) {
      var numbers = given.get(port.name());
      values.put(
          port.name(),
          numbers == null
              ? draw(port, random, examples, low, high)
              : Tensor64.of(port.type().dtype(), sizes(port, examples), i -> numbers[i]));
    }
    program.targets().forEach(p -> values.put(p.name(), draw(p, random, examples, -1, 1)));
    program.weights().forEach(p -> values.put(p.name(), filled(p.type(), examples, 1)));
    values.putAll(variables(program, seed));
    return new Samples(seed, examples, values);
  }

  /** As the model starts: the seed gives the weights that Keras would draw. */
  private static Map<String, Tensor64> variables(BoundProgram program, long seed) {
    var values = new LinkedHashMap<String, Tensor64>();
    var seeds = seeds(program, seed);
    for (var variable : program.variables()) {
      if (variable.role() == Role.SEED) {
        double key = variable.seedDraw() >= 0 ? seeds[variable.seedDraw()] : (long) variable.fill();
        values.put(variable.path(), new Tensor64(DType.U32, new int[] {2}, new double[] {key, 0}));
      } else if (!Double.isNaN(variable.fill())) {
        values.put(variable.path(), filled(variable.type(), 1, (float) variable.fill()));
      }
    }
    Interpreter.run(program.initialize(), values, 1)
        .forEach(
            (name, value) ->
                values.put(
                    name, Tensor64.of(value.dtype(), value.sizes(), i -> (float) value.at(i))));
    return values;
  }

  private static int[] seeds(BoundProgram program, long seed) {
    var seeds =
        new int[program.variables().stream().mapToInt(v -> v.seedDraw() + 1).max().orElse(0)];
    var draws = new PythonRandom(seed);
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = draws.nextSeed();
    }
    return seeds;
  }

  private static Tensor64 draw(Port port, Random random, int examples, double low, double high) {
    var type = port.type();
    return Tensor64.of(
        type.dtype(),
        sizes(port, examples),
        _ ->
            switch (type.dtype()) {
              case F32, BF16, F16 ->
                  type.dtype().nearest((float) (low + (high - low) * random.nextDouble()));
              case I32, U32 -> whole(port, random);
              case BOOL -> random.nextInt(2);
            });
  }

  /** What the model allows, else 0 or 1. */
  private static double whole(Port port, Random random) {
    int from = 0;
    int to = 2;
    for (var range : port.ranges()) {
      from = Math.max(from, range.low());
      to = range.high();
    }
    return from + random.nextInt(Math.max(1, to - from));
  }

  private static Tensor64 filled(TensorType type, int examples, double number) {
    return Tensor64.of(type.dtype(), sizes(type, examples), _ -> number);
  }

  private static int[] sizes(Port port, int examples) {
    return sizes(port.type(), examples);
  }

  private static int[] sizes(TensorType type, int examples) {
    return Tensor64.sizes(type.bind(Map.of("batch", (long) examples)).shape());
  }

  /** How many numbers one example has. */
  static int rowSize(Port port) {
    return Tensor64.count(sizes(port, 1));
  }

  Tensor64 get(String name) {
    return Tensors.named(values, name);
  }
}
