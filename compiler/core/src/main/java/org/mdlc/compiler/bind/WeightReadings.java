package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;

/** Weights that the body of a layer sees through functions, while a call of it runs. */
final class WeightReadings {
  private final Evaluator evaluator;
  private final Map<Instance, List<Datum.Reading>> readings = new HashMap<>();

  WeightReadings(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** Runs a call of a layer some of whose weights are seen through functions. */
  Datum through(Datum.Layer layer, Supplier<Datum> call) {
    if (layer.readings().isEmpty()) {
      return call.get();
    }
    var instance = layer.instance();
    var before = readings.put(instance, layer.readings());
    try {
      var result = call.get();
      if (!result.isPoison()) {
        layer.readings().forEach(r -> requireOne(r, instance));
      }
      return result;
    } finally {
      if (before == null) {
        readings.remove(instance);
      } else {
        readings.put(instance, before);
      }
    }
  }

  private static void requireOne(Datum.Reading reading, Instance layer) {
    var names = new ArrayList<String>();
    layer.variables().forEach(v -> names.add(v.name()));
    if (names.stream().noneMatch(reading.names()::contains)) {
      throw new Misuse(
              Codes.UNKNOWN_MEMBER,
              "the layer "
                  + layer.kind()
                  + " has no weight named "
                  + String.join(" or ", reading.names()))
          .note(names.isEmpty() ? "it has no weights" : "it has " + String.join(", ", names));
    }
  }

  /** What the body of the running layer sees of a weight, where it is not the weight itself. */
  @Nullable Datum seen(Variable variable) {
    Datum seen = null;
    for (var reading : readings.getOrDefault(evaluator.instance(), List.of())) {
      if (reading.names().contains(variable.name())) {
        seen = seen(variable, seen == null ? evaluator.emitter().read(variable) : seen, reading);
      }
    }
    return seen;
  }

  private Datum seen(Variable variable, Datum weight, Datum.Reading reading) {
    var at = evaluator.instance().span();
    var value =
        evaluator.within(
            reading.owner(),
            () ->
                evaluator
                    .calls()
                    .invoke(
                        reading.function(),
                        List.of(Actual.of(weight, at)),
                        evaluator.emptyScope(),
                        at,
                        at));
    if (value.isPoison()) {
      return value;
    }
    var tensor = evaluator.arithmetic().tensor(value);
    if (!tensor.type().equals(variable.type())) {
      throw new Misuse(
          Codes.SHAPE_MISMATCH,
          "the weight `"
              + variable.name()
              + "` is "
              + variable.type()
              + ", and the function that it is seen through gives "
              + tensor.type());
    }
    if (reading.keep()) {
      evaluator.emitter().write(variable, tensor);
    }
    return tensor;
  }
}
