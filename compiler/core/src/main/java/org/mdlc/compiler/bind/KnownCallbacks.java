package org.mdlc.compiler.bind;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The callbacks that a train block may name, with Keras's parameters in Keras's order. */
public final class KnownCallbacks {
  private static final Map<String, List<String>> PARAMETERS = parameters();

  private static final Map<String, String> ONLY_FROM_JAVA =
      Map.of(
          "LearningRateScheduler",
          "it takes a function: give the optimizer a schedule, such as"
              + " Adam(ExponentialDecay(0.001, 1000, 0.9)), or add the callback in Java, with"
              + " Fit.callbacks(new LearningRateScheduler(..))",
          "LambdaCallback",
          "it takes functions: add it in Java, with Fit.callbacks(new LambdaCallback()..)",
          "History",
          "there is always one: `mdlc train --history FILE` writes it, and fit returns it",
          "ProgbarLogger",
          "there is always one: `mdlc train --verbose 0|1|2` says how much it prints");

  private KnownCallbacks() {}

  private static Map<String, List<String>> parameters() {
    var parameters = new LinkedHashMap<String, List<String>>();
    parameters.put(
        "EarlyStopping",
        List.of(
            "monitor",
            "min_delta",
            "patience",
            "verbose",
            "mode",
            "baseline",
            "restore_best_weights",
            "start_from_epoch"));
    parameters.put(
        "ModelCheckpoint",
        List.of(
            "filepath",
            "monitor",
            "verbose",
            "save_best_only",
            "save_weights_only",
            "mode",
            "save_freq",
            "initial_value_threshold"));
    parameters.put(
        "ReduceLROnPlateau",
        List.of(
            "monitor", "factor", "patience", "verbose", "mode", "min_delta", "cooldown", "min_lr"));
    parameters.put("CSVLogger", List.of("filename", "separator", "append"));
    parameters.put("TerminateOnNaN", List.of("raise_error"));
    parameters.put(
        "BackupAndRestore",
        List.of("backup_dir", "save_freq", "double_checkpoint", "delete_checkpoint"));
    parameters.put(
        "TensorBoard",
        List.of(
            "log_dir", "histogram_freq", "write_graph", "write_steps_per_second", "update_freq"));
    parameters.put("RemoteMonitor", List.of("root", "path", "field", "send_as_json"));
    parameters.put("SwapEMAWeights", List.of("swap_on_epoch"));
    return parameters;
  }

  /** Their names. */
  public static List<String> names() {
    return List.copyOf(PARAMETERS.keySet());
  }

  /**
   * The parameters of a callback.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static List<String> parameters(String callback) {
    var parameters = PARAMETERS.get(callback);
    if (parameters == null) {
      throw new IllegalArgumentException("no callback " + callback);
    }
    return parameters;
  }

  /** What to do instead of naming a callback of Keras that a train block cannot name. */
  static Optional<String> onlyFromJava(String callback) {
    return Optional.ofNullable(ONLY_FROM_JAVA.get(callback));
  }
}
