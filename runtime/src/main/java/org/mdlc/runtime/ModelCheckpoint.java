package org.mdlc.runtime;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.utils.PythonFormat;

/**
 * Saves the model after each epoch, or after every so many batches; Keras's {@code
 * ModelCheckpoint}. A folder that is missing is made. Files are those of {@link Model#saveWeights}:
 * the weights, or with {@link #saveWeightsOnly} off everything training depends on, as {@code
 * .safetensors}. A {@code .keras} file is always a whole model with the state of its optimizer; see
 * {@link Model#describeForKeras}. Each setter changes this object and returns it.
 */
public final class ModelCheckpoint extends MonitorCallback {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{(\\w+)(?::(?:(0?)(\\d+)d|\\.(\\d+)f))?\\}");

  private final String path;
  private boolean saveBestOnly;
  private boolean saveWeightsOnly = true;
  private int everyBatches;
  private boolean verbose;
  private PrintStream output = Run.standardOutput();

  private int epochAtHand;
  private int batchesSinceSave;

  /**
   * Saves to a file whose name may contain {@code {epoch}} (counted from 1), {@code {batch}} and
   * names of metrics, formatted as in Python: {@code {epoch:02d}-{val_loss:.2f}.weights.h5}.
   *
   * @throws IllegalArgumentException if the name does not end as one of a file of weights
   */
  public ModelCheckpoint(String path) {
    try {
      WeightsKind.toWrite(Path.of(path));
    } catch (DataException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    this.path = path;
  }

  /** The metric that says which epoch is best; {@code val_loss} unless set. */
  public ModelCheckpoint monitor(String metric) {
    monitor = metric;
    return this;
  }

  /** Where better lies. */
  public ModelCheckpoint mode(MonitorMode newMode) {
    mode = newMode;
    return this;
  }

  /** Whether only an epoch that is better than all before is saved. */
  public ModelCheckpoint saveBestOnly(boolean bestOnly) {
    saveBestOnly = bestOnly;
    return this;
  }

  /**
   * Whether only weights are saved, not everything training depends on; true unless set.
   *
   * @throws IllegalArgumentException if everything is to go into another file than {@code
   *     .safetensors} or {@code .keras}
   */
  public ModelCheckpoint saveWeightsOnly(boolean weightsOnly) {
    WeightsKind kind = WeightsKind.of(Path.of(path));
    if (!weightsOnly && kind != WeightsKind.SAFETENSORS && kind != WeightsKind.KERAS_MODEL) {
      throw new IllegalArgumentException(
          "everything training depends on goes into a .safetensors or a .keras file, not " + path);
    }
    saveWeightsOnly = weightsOnly;
    return this;
  }

  /** Saves after every so many batches instead of after each epoch. */
  public ModelCheckpoint saveFreq(int batches) {
    if (batches < 1) {
      throw new IllegalArgumentException("saveFreq is at least 1, not " + batches);
    }
    everyBatches = batches;
    return this;
  }

  /** The metric must be better than this for the first file to be saved. */
  public ModelCheckpoint initialValueThreshold(double value) {
    best = OptionalDouble.of(value);
    return this;
  }

  /** Whether it says what it does. */
  public ModelCheckpoint verbose(boolean say) {
    verbose = say;
    return this;
  }

  /** Where it says what it does; the standard output unless set. */
  public ModelCheckpoint output(PrintStream stream) {
    output = stream;
    return this;
  }

  @Override
  public void saveState(SavedState state) {
    state.put("best", best);
    state.put("counts", epochAtHand, batchesSinceSave);
  }

  @Override
  public void onTrainResume(SavedState state) {
    best = state.optional("best");
    double[] counts = state.numbers("counts");
    epochAtHand = (int) counts[0];
    batchesSinceSave = (int) counts[1];
  }

  @Override
  public void onEpochBegin(int epoch) {
    epochAtHand = epoch;
  }

  @Override
  public void onTrainBatchEnd(int batch, Logs logs) {
    if (everyBatches > 0 && ++batchesSinceSave >= everyBatches) {
      batchesSinceSave = 0;
      saveIfBetter(new TreeMap<>(Map.of("batch", (double) batch + 1)), logs);
    }
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    if (everyBatches == 0) {
      saveIfBetter(new TreeMap<>(), logs);
    }
  }

  private void saveIfBetter(Map<String, Double> counters, Logs logs) {
    counters.put("epoch", (double) epochAtHand + 1);
    Path file = Path.of(format(counters, logs));
    String before = "Epoch " + (epochAtHand + 1) + ": ";
    if (!saveBestOnly) {
      say("\n" + before + "saving model to " + file);
      save(file);
      return;
    }
    OptionalDouble current = logs.get(monitor);
    if (current.isEmpty()) {
      warnOnce(
          output, "can save the best model only when " + monitor + " is measured; saving each");
      save(file);
    } else if (isImprovement(current.getAsDouble(), best)) {
      String old = best.isEmpty() ? "None" : PythonFormat.fixed(best.getAsDouble(), 5);
      say(
          String.format(
              Locale.ROOT,
              "\n%s%s improved from %s to %s, saving model to %s",
              before,
              monitor,
              old,
              PythonFormat.fixed(current.getAsDouble(), 5),
              file));
      best = current;
      save(file);
    } else {
      say(
          String.format(
              Locale.ROOT,
              "\n%s%s did not improve from %s",
              before,
              monitor,
              PythonFormat.fixed(best.getAsDouble(), 5)));
    }
  }

  private void save(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      if (saveWeightsOnly || WeightsKind.of(file) == WeightsKind.KERAS_MODEL) {
        model().saveWeights(file);
      } else {
        model().saveCheckpoint(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot save the checkpoint " + file, e);
    }
    say("\nEpoch " + (epochAtHand + 1) + ": finished saving model to " + file);
  }

  private void say(String text) {
    if (verbose) {
      output.print(text + "\n");
    }
  }

  private String format(Map<String, Double> counters, Logs logs) {
    return PLACEHOLDER.matcher(path).replaceAll(match -> value(match, counters, logs));
  }

  private String value(MatchResult match, Map<String, Double> counters, Logs logs) {
    String name = match.group(1);
    OptionalDouble value =
        counters.containsKey(name) ? OptionalDouble.of(counters.get(name)) : logs.get(name);
    if (value.isEmpty()) {
      throw new DataException(
          "the checkpoint path "
              + path
              + " names "
              + name
              + ", which is not measured; there are "
              + String.join(", ", logs.values().keySet()));
    }
    if (match.group(4) != null) {
      return PythonFormat.fixed(value.getAsDouble(), Integer.parseInt(match.group(4)));
    }
    if (!counters.containsKey(name)) {
      return Matcher.quoteReplacement(Double.toString(value.getAsDouble()));
    }
    String digits = Long.toString((long) value.getAsDouble());
    if (match.group(3) == null) {
      return digits;
    }
    int width = Integer.parseInt(match.group(3));
    String fill = match.group(2).isEmpty() ? " " : "0";
    return fill.repeat(Math.max(0, width - digits.length())) + digits;
  }
}
