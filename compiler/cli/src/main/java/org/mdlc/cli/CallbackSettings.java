package org.mdlc.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.CallbackSetting;
import org.mdlc.runtime.BackupAndRestore;
import org.mdlc.runtime.CSVLogger;
import org.mdlc.runtime.Callback;
import org.mdlc.runtime.EarlyStopping;
import org.mdlc.runtime.ModelCheckpoint;
import org.mdlc.runtime.MonitorMode;
import org.mdlc.runtime.ReduceLROnPlateau;
import org.mdlc.runtime.RemoteMonitor;
import org.mdlc.runtime.SwapEMAWeights;
import org.mdlc.runtime.TensorBoard;
import org.mdlc.runtime.TerminateOnNaN;

/** Makes the callbacks that a train block asks for, by Keras's names and arguments. */
final class CallbackSettings {
  private final String callback;
  private final Path folder;
  private final Map<String, String> values = new HashMap<>();

  private CallbackSettings(CallbackSetting setting, Path folder) {
    this.callback = setting.name();
    this.folder = folder;
    setting.arguments().forEach(argument -> values.put(argument.name(), argument.value()));
  }

  /**
   * @param setting one of {@link org.mdlc.compiler.bind.KnownCallbacks}, with its parameters
   * @param folder of the stage, below the folder for backups; empty for the only stage
   * @param out where the callback says what it does
   * @throws UserError if a value does not do, or one is missing
   */
  static Callback create(CallbackSetting setting, Path folder, PrintStream out) {
    var settings = new CallbackSettings(setting, folder);
    try {
      var made = settings.make(out);
      if (!settings.values.isEmpty()) {
        throw new IllegalStateException(setting.name() + " leaves out " + settings.values);
      }
      return made;
    } catch (IllegalArgumentException e) {
      throw new UserError("callback " + setting.name() + ": " + e.getMessage(), e);
    }
  }

  private Callback make(PrintStream out) {
    return switch (callback) {
      case "EarlyStopping" -> earlyStopping(out);
      case "ModelCheckpoint" -> modelCheckpoint(out);
      case "ReduceLROnPlateau" -> reduceLrOnPlateau(out);
      case "CSVLogger" -> csvLogger();
      case "TerminateOnNaN" -> terminateOnNan(out);
      case "BackupAndRestore" -> backupAndRestore();
      case "TensorBoard" -> tensorBoard();
      case "RemoteMonitor" -> remoteMonitor(out);
      case "SwapEMAWeights" -> swapEmaWeights();
      default -> throw new IllegalStateException("no callback " + callback);
    };
  }

  /** Takes the value of a parameter, which is then used. */
  private @Nullable String take(String name) {
    var value = values.remove(name);
    return value == null || value.equals("none") ? null : value;
  }

  private String require(String name, String what) {
    var value = take(name);
    if (value == null) {
      throw new UserError(callback + " needs " + what);
    }
    return value;
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
    var made = new ModelCheckpoint(require("filepath", "a filepath")).output(out);
    text("monitor", made::monitor);
    flag("verbose", made::verbose);
    flag("save_best_only", made::saveBestOnly);
    flag("save_weights_only", made::saveWeightsOnly);
    text("mode", mode -> made.mode(mode(mode)));
    saveFreq(made::saveFreq);
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
    var made = new CSVLogger(Path.of(require("filename", "a filename")));
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

  private BackupAndRestore backupAndRestore() {
    var made = new BackupAndRestore(Path.of(require("backup_dir", "a backup_dir")).resolve(folder));
    saveFreq(made::saveFreq);
    flag("double_checkpoint", made::doubleCheckpoint);
    flag("delete_checkpoint", made::deleteCheckpoint);
    return made;
  }

  /** After each epoch unless a number of batches is given. */
  private void saveFreq(Consumer<Integer> set) {
    text(
        "save_freq",
        value -> {
          if (!value.equals("epoch")) {
            set.accept(parse("save_freq", value, "\"epoch\" or a whole number", Integer::valueOf));
          }
        });
  }

  private TensorBoard tensorBoard() {
    var folder = take("log_dir");
    var made = folder == null ? new TensorBoard() : new TensorBoard(Path.of(folder));
    whole("histogram_freq", made::histogramFreq);
    flag("write_graph", made::writeGraph);
    flag("write_steps_per_second", made::writeStepsPerSecond);
    text(
        "update_freq",
        value -> {
          if (value.matches("-?\\d+")) {
            made.updateFreq(Integer.parseInt(value));
          } else {
            made.updateFreq(value);
          }
        });
    return made;
  }

  private RemoteMonitor remoteMonitor(PrintStream out) {
    var made = new RemoteMonitor().output(out);
    text("root", made::root);
    text("path", made::path);
    text("field", made::field);
    flag("send_as_json", made::sendAsJson);
    return made;
  }

  private SwapEMAWeights swapEmaWeights() {
    var made = new SwapEMAWeights();
    flag("swap_on_epoch", made::swapOnEpoch);
    return made;
  }

  private static MonitorMode mode(String word) {
    return switch (word) {
      case "auto" -> MonitorMode.AUTO;
      case "min" -> MonitorMode.MIN;
      case "max" -> MonitorMode.MAX;
      default ->
          throw new IllegalArgumentException("mode is auto, min or max, not \"" + word + "\"");
    };
  }

  private void text(String name, Consumer<String> set) {
    var value = take(name);
    if (value != null) {
      set.accept(value);
    }
  }

  private void number(String name, Consumer<Double> set) {
    text(name, value -> set.accept(parse(name, value, "a number", Double::valueOf)));
  }

  private void whole(String name, Consumer<Integer> set) {
    text(name, value -> set.accept(parse(name, value, "a whole number", Integer::valueOf)));
  }

  private static <T> T parse(String name, String value, String kind, Function<String, T> parser) {
    try {
      return parser.apply(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is " + kind + ", not " + value, e);
    }
  }

  /** Keras takes {@code verbose=1} as well as {@code True}. */
  private void flag(String name, Consumer<Boolean> set) {
    text(
        name,
        value ->
            set.accept(
                switch (value) {
                  case "true", "1" -> true;
                  case "false", "0" -> false;
                  default ->
                      throw new IllegalArgumentException(name + " is true or false, not " + value);
                }));
  }
}
