package org.mdlc.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.SafeTensors;

/**
 * A moment of training in a file: a checkpoint with, beside the model, where training was ({@code
 * __position__/…}), what callbacks remember ({@code __callbacks__/Name#0/…}) and the settings.
 */
final class Backup {
  private static final String POSITION = "__position__/";
  private static final String CALLBACKS = "__callbacks__/";
  private static final String SETTING = "setting: ";

  private final Path file;
  private final Map<String, HostTensor> tensors;
  private final Map<String, String> metadata;
  private final Training.Position position;

  private Backup(Path file, Map<String, HostTensor> tensors, Map<String, String> metadata) {
    this.file = file;
    this.tensors = tensors;
    this.metadata = metadata;
    this.position = position(new SavedState(under(tensors, POSITION), 0, 0));
  }

  static void write(Path file, Training training) throws IOException {
    Training.Position position = training.position();
    Map<String, HostTensor> beside = new LinkedHashMap<>();
    SavedState place = new SavedState(Map.of(), 0, 0);
    place.put("epoch", position.epoch());
    EpochIterator.Position data = position.data();
    place.put("data", data.pass(), (double) data.batches(), (double) data.steps());
    place.put("inside_epoch", position.insideEpoch() ? 1 : 0);
    place.put("stopped", position.stopped() ? 1 : 0);
    place.put("log_names", String.join("\n", position.logs().keySet()));
    place.put("logs", position.logs().values().stream().mapToDouble(Double::doubleValue).toArray());
    place.tensors().forEach((name, tensor) -> beside.put(POSITION + name, tensor));
    IdentityHashMap<Callback, String> names = names(training.callbacks());
    for (Callback callback : training.callbacks()) {
      SavedState state = new SavedState(Map.of(), position.epoch(), batches(position));
      callback.saveState(state);
      String prefix = CALLBACKS + names.get(callback) + "/";
      state.tensors().forEach((key, tensor) -> beside.put(prefix + key, tensor));
    }
    Map<String, String> texts = new LinkedHashMap<>();
    training.settings().forEach((name, value) -> texts.put(SETTING + name, value));
    Checkpoints.saveAll(training.model(), file, training.generators(), beside, texts);
  }

  private static long batches(Training.Position position) {
    return position.insideEpoch() ? position.data().steps() : 0;
  }

  /**
   * @throws DataException if it is malformed
   */
  static Backup read(Path file) throws IOException {
    try {
      return new Backup(file, SafeTensors.read(file), SafeTensors.metadata(file));
    } catch (DataException e) {
      throw new DataException(
          "the backup " + file + " cannot be read; delete it to begin anew: " + e.getMessage(), e);
    }
  }

  /**
   * @throws DataException if it is the backup of another training
   */
  void restore(Training training) throws IOException {
    requireSettings(training.settings());
    IdentityHashMap<Callback, String> names = names(training.callbacks());
    requireCallbacks(names);
    Checkpoints.loadAll(training.model(), file, tensors);
    training.resume(
        position,
        callback -> {
          Map<String, HostTensor> kept = under(tensors, CALLBACKS + names.get(callback) + "/");
          return kept.isEmpty() ? null : new SavedState(kept, position.epoch(), batches(position));
        });
  }

  private void requireSettings(Map<String, String> wanted) {
    List<String> differences = new ArrayList<>();
    wanted.forEach(
        (name, value) -> {
          String saved = metadata.get(SETTING + name);
          if (!value.equals(saved)) {
            differences.add(
                "\n  "
                    + name
                    + ": "
                    + (saved == null ? "unknown" : saved)
                    + " in the backup, "
                    + value
                    + " now");
          }
        });
    if (!differences.isEmpty()) {
      throw new DataException(
          "the backup "
              + file
              + " is of another training; delete it to begin anew, or name another folder:"
              + String.join("", differences));
    }
  }

  /** What was remembered must not be lost; a callback that is new here begins anew. */
  private void requireCallbacks(IdentityHashMap<Callback, String> present) {
    Set<String> lost = new LinkedHashSet<>();
    for (String name : tensors.keySet()) {
      if (name.startsWith(CALLBACKS)) {
        lost.add(name.substring(CALLBACKS.length(), name.indexOf('/', CALLBACKS.length())));
      }
    }
    present.values().forEach(lost::remove); // its own look-up compares identities
    lost.removeIf(name -> name.startsWith(ProgbarLogger.class.getName())); // decides nothing
    if (!lost.isEmpty()) {
      throw new DataException(
          "the backup "
              + file
              + " is of a training with other callbacks; it also had "
              + lost.stream().map(Backup::spoken).collect(Collectors.joining(", "))
              + ". Add them, or delete it to begin anew");
    }
  }

  /** {@code TensorBoard} for {@code org.mdlc.runtime.TensorBoard#0}. */
  private static String spoken(String callback) {
    return callback.substring(callback.lastIndexOf('.') + 1).replaceFirst("#0$", "");
  }

  private static Training.Position position(SavedState place) {
    double[] data = place.numbers("data");
    double[] values = place.numbers("logs");
    List<String> names = place.text("log_names").lines().toList();
    if (data.length != 3 || names.size() != values.length) {
      throw new DataException("where training was is incomplete");
    }
    Map<String, Double> logs = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      logs.put(names.get(i), values[i]);
    }
    return new Training.Position(
        (int) place.number("epoch"),
        new EpochIterator.Position((int) data[0], (long) data[1], (long) data[2]),
        place.number("inside_epoch") == 1,
        place.number("stopped") == 1,
        logs);
  }

  private static Map<String, HostTensor> under(Map<String, HostTensor> tensors, String prefix) {
    Map<String, HostTensor> found = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            found.put(name.substring(prefix.length()), tensor);
          }
        });
    return found;
  }

  /** The names of callbacks in the file: class, and which of several of it. */
  private static IdentityHashMap<Callback, String> names(List<Callback> callbacks) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    IdentityHashMap<Callback, String> names = new IdentityHashMap<>();
    for (Callback callback : callbacks) {
      String type = callback.getClass().getName();
      int number = counts.merge(type, 1, Integer::sum) - 1;
      names.put(callback, type + "#" + number);
    }
    return names;
  }
}
