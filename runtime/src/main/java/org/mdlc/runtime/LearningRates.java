package org.mdlc.runtime;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The learning rates of a model that callbacks may set: those of its optimizers that are numbers
 * and not schedules.
 */
final class LearningRates {
  private static final String NAME = "learning_rate";

  private LearningRates() {}

  /**
   * Sets every rate to a function of what it was.
   *
   * @throws TrainingException if there is none to set, as with a schedule
   */
  static void update(Model model, DoubleUnaryOperator next) {
    for (String name : names(model)) {
      model.variables().setScalar(name, next.applyAsDouble(model.variables().scalar(name)));
    }
  }

  /** Whether there is one that is a number. */
  static boolean isSettable(Model model) {
    return !found(model).isEmpty();
  }

  /** The rate that is shown: that of the first optimizer. */
  static double shown(Model model) {
    return model.variables().scalar(names(model).get(0));
  }

  /** Adds the rate to the logs of an epoch, as Keras's callbacks do that change it. */
  static void log(Model model, Logs logs) {
    logs.put(NAME, shown(model));
  }

  private static List<String> names(Model model) {
    List<String> names = found(model);
    if (names.isEmpty()) {
      throw new TrainingException(
          "the learning rate cannot be set: it follows a schedule, or the model is not trained");
    }
    return names;
  }

  private static List<String> found(Model model) {
    return model.variables().specs().stream()
        .filter(v -> v.role() == Role.HYPER && v.name().matches("(.*/)?" + NAME))
        .map(VariableSpec::name)
        .toList();
  }
}
