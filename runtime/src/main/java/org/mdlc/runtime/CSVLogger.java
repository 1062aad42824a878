package org.mdlc.runtime;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line per epoch to a CSV file as training goes on; Keras's {@code CSVLogger}. Columns are
 * {@code epoch}, from 0, and the metrics of the first epoch by name; when that had no validation,
 * {@code val_} columns follow all the same, with {@code NA} where nothing was measured.
 */
public final class CSVLogger implements Callback {
  private final Path file;
  private char separator = ',';
  private boolean append;
  private @Nullable BufferedWriter writer;
  private List<String> columns = List.of();
  private boolean headed;

  /** Writes to {@code file}, from its start unless {@link #append} says otherwise. */
  public CSVLogger(Path file) {
    this.file = file;
  }

  /** What stands between values; a comma unless set. */
  public CSVLogger separator(char character) {
    separator = character;
    return this;
  }

  /** Whether lines are added to what is in the file, which then has its header already. */
  public CSVLogger append(boolean keep) {
    append = keep;
    return this;
  }

  /**
   * @throws UncheckedIOException if the file cannot be written
   */
  @Override
  public void onTrainBegin() {
    try {
      close();
      headed = append && Files.exists(file) && Files.size(file) > 0;
      columns = List.of();
      writer =
          append
              ? Files.newBufferedWriter(
                  file,
                  StandardCharsets.UTF_8,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND)
              : Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void onEpochEnd(int epoch, Logs logs) {
    if (columns.isEmpty()) {
      columns = columns(logs);
    }
    try {
      if (!headed) {
        line(Stream.concat(Stream.of("epoch"), columns.stream()));
        headed = true;
      }
      line(
          Stream.concat(
              Stream.of(Integer.toString(epoch)),
              columns.stream()
                  .map(c -> logs.get(c).isEmpty() ? "NA" : Double.toString(logs.require(c)))));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void onTrainEnd(Logs logs) {
    try {
      close();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static List<String> columns(Logs logs) {
    List<String> names = new ArrayList<>(logs.values().keySet().stream().sorted().toList());
    if (names.stream().noneMatch(n -> n.startsWith("val_"))) {
      names.addAll(names.stream().map(n -> "val_" + n).toList());
    }
    return names;
  }

  private void line(Stream<String> cells) throws IOException {
    if (writer == null) {
      throw new IllegalStateException("a callback works only inside fit");
    }
    writer.write(cells.collect(Collectors.joining(Character.toString(separator), "", "\r\n")));
    writer.flush();
  }

  private void close() throws IOException {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }

  private UncheckedIOException failure(IOException e) {
    return new UncheckedIOException("the log " + file + " cannot be written: " + e.getMessage(), e);
  }
}
