package org.mdlc.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.mdlc.compiler.bind.BoundProgram.CallbackSetting;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.runtime.CSVLogger;
import org.mdlc.runtime.Callback;
import org.mdlc.runtime.EarlyStopping;
import org.mdlc.runtime.ModelCheckpoint;
import org.mdlc.runtime.MonitorMode;
import org.mdlc.runtime.ReduceLROnPlateau;
import org.mdlc.runtime.TerminateOnNaN;

/** Makes the callbacks that a train block asks for, by Keras's names and arguments. */
final class CallbackSettings {
  private static final List<String> KNOWN =
      List.of("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau", "CSVLogger", "TerminateOnNaN");

  private static final List<String> EARLY_STOPPING =
      List.of(
          "monitor",
          "min_delta",
          "patience",
          "verbose",
          "mode",
          "baseline",
          "restore_best_weights",
          "start_from_epoch");

  private static final List<String> MODEL_CHECKPOINT =
      List.of(
          "filepath",
          "monitor",
          "verbose",
          "save_best_only",
          "save_weights_only",
          "mode",
          "save_freq",
          "initial_value_threshold");

  private static final List<String> REDUCE_LR_ON_PLATEAU =
      List.of("monitor", "factor", "patience", "verbose", "mode", "min_delta", "cooldown", "min_lr");

  private static final List<String> CSV_LOGGER = List.of("filename", "separator", "append");

  private static final List<String> TERMINATE_ON_NAN = List.of("raise_error");

  private final String callback;
  private final Map<String, String> values = new HashMap<>();

  private CallbackSettings(CallbackSetting setting, List<String> parameters) {
    this.callback = setting.name();
    for (int i = 0; i < setting.arguments().size(); i++) {
      var argument = setting.arguments().get(i);
      var name = argument.name().isEmpty() ? positional(parameters, i) : argument.name();
      if (!parameters.contains(name)) {
        throw unknown(name, parameters);
      }
      values.put(name, argument.value());
    }
  }

  /**
   * @param out where the callback says what it does
   */
  static Callback create(CallbackSetting setting, PrintStream out) {
    try {
      return switch (setting.name()) {
        case "EarlyStopping" -> new CallbackSettings(setting, EARLY_STOPPING).earlyStopping(out);
        case "ModelCheckpoint" ->
            new CallbackSettings(setting, MODEL_CHECKPOINT).modelCheckpoint(out);
        case "ReduceLROnPlateau" ->
            new CallbackSettings(setting, REDUCE_LR_ON_PLATEAU).reduceLrOnPlateau(out);
        case "CSVLogger" -> new CallbackSettings(setting, CSV_LOGGER).csvLogger();
        case "TerminateOnNaN" ->
            new CallbackSettings(setting, TERMINATE_ON_NAN).terminateOnNan(out);
        default -> throw new UserError(unknownCallback(setting.name()));
      };
    } catch (IllegalArgumentException e) {
      throw new UserError("callback " + setting.name() + ": " + e.getMessage(), e);
    }
  }

  private static String unknownCallback(String name) {
    return "there is no callback "
        + name
        + DidYouMean.nearest(name, KNOWN)
            .map(near -> "; did you mean " + near + "?")
            .orElse("; there are " + String.join(", ", KNOWN));
  }

  private String positional(List<String> parameters, int index) {
    if (index >= parameters.size()) {
      throw new UserError(callback + " takes at most " + parameters.size() + " arguments");
    }
    return parameters.get(index);
  }

  private UserError unknown(String name, List<String> parameters) {
    return new UserError(
        callback
            + " has no argument "
            + name
            + DidYouMean.nearest(name, parameters)
                .map(near -> "; did you mean " + near + "?")
                .orElse("; it takes " + String.join(", ", parameters)));
  }

  private EarlyStopping earlyStopping(PrintStream out) {
    var made = new EarlyStopping().output(out);
    text("monitor", made::monitor);
    number("min_delta", made::minDelta);
    whole("patience", made::patience);
    flag("verbose", made::verbose);
    text("mode", mode -> made.mode(mode(mode)));
    number("baseline", made::baseline);
    flag("restore_best_weights", made::restoreBestWeights);
    whole("start_from_epoch", made::startFromEpoch);
    return made;
  }

  private ModelCheckpoint modelCheckpoint(PrintStream out) {
    var path = values.get("filepath");
    if (path == null) {
      throw new UserError("ModelCheckpoint needs a filepath");
    }
    var made = new ModelCheckpoint(path).output(out);
    text("monitor", made::monitor);
    flag("verbose", made::verbose);
    flag("save_best_only", made::saveBestOnly);
    flag("save_weights_only", made::saveWeightsOnly);
    text("mode", mode -> made.mode(mode(mode)));
    if (!values.getOrDefault("save_freq", "epoch").equals("epoch")) {
      whole("save_freq", made::saveFreq);
    }
    number("initial_value_threshold", made::initialValueThreshold);
    return made;
  }

  private ReduceLROnPlateau reduceLrOnPlateau(PrintStream out) {
    var made = new ReduceLROnPlateau().output(out);
    text("monitor", made::monitor);
    number("factor", made::factor);
    whole("patience", made::patience);
    flag("verbose", made::verbose);
    text("mode", mode -> made.mode(mode(mode)));
    number("min_delta", made::minDelta);
    whole("cooldown", made::cooldown);
    number("min_lr", made::minLr);
    return made;
  }

  private CSVLogger csvLogger() {
    var file = values.get("filename");
    if (file == null) {
      throw new UserError("CSVLogger needs a filename");
    }
    var made = new CSVLogger(Path.of(file));
    text("separator", separator -> made.separator(oneCharacter(separator)));
    flag("append", made::append);
    return made;
  }

  private static char oneCharacter(String separator) {
    if (separator.length() != 1) {
      throw new UserError("the separator of CSVLogger is one character, not \"" + separator + "\"");
    }
    return separator.charAt(0);
  }

  private TerminateOnNaN terminateOnNan(PrintStream out) {
    var made = new TerminateOnNaN().output(out);
    flag("raise_error", made::raiseError);
    return made;
  }

  private static MonitorMode mode(String word) {
    return MonitorMode.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private void text(String name, Consumer<String> set) {
    var value = values.get(name);
    if (value != null && !value.equals("none")) {
      set.accept(value);
    }
  }

  private void number(String name, Consumer<Double> set) {
    text(name, value -> set.accept(Double.valueOf(value)));
  }

  private void whole(String name, Consumer<Integer> set) {
    text(name, value -> set.accept(Integer.valueOf(value)));
  }

  /** Keras takes {@code verbose=1} as well as {@code True}. */
  private void flag(String name, Consumer<Boolean> set) {
    text(name, value -> set.accept(value.equals("true") || value.equals("1")));
  }
}
