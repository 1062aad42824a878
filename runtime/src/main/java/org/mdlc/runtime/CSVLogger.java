package org.mdlc.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdlc.runtime.utils.PythonFormat;

/**
 * Writes a line per epoch to a CSV file as training goes on; Keras's {@code CSVLogger}. Columns are
 * {@code epoch}, from 0, and the metrics of the first epoch by name; when that had no validation,
 * {@code val_} columns follow all the same, with {@code NA} where nothing was measured.
 */
public final class CSVLogger implements Callback {
  private final Path file;
  private char separator = ',';
  private boolean append;
  private List<String> columns = List.of();
  private boolean begun;
  private boolean headed;
  private long bytesBefore;
  private final StringBuilder written = new StringBuilder();

  /**
   * Writes to {@code file}, from its start unless {@link #append} says otherwise. A folder that is
   * missing is made.
   */
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
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      headed = append && Files.exists(file) && Files.size(file) > 0;
      columns = List.of();
      begun = true;
      written.setLength(0);
      if (append) {
        write("");
      } else {
        Files.writeString(file, "");
      }
      bytesBefore = Files.size(file);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void saveState(SavedState state) {
    state.put("bytes_before", (double) bytesBefore);
    state.put("headed", headed ? 1 : 0);
    state.put("columns", String.join("\n", columns));
    state.put("written", written.toString());
  }

  /** Lines of what training does again go, and lines that were lost come back. */
  @Override
  public void onTrainResume(SavedState state) {
    bytesBefore = (long) state.number("bytes_before");
    headed = state.number("headed") == 1;
    columns = state.text("columns").lines().toList();
    begun = true;
    written.setLength(0);
    try {
      long bytes = Files.exists(file) ? Files.size(file) : 0;
      if (bytes < bytesBefore) {
        throw new IOException(
            "it had " + bytesBefore + " bytes before training, and has " + bytes + " now");
      }
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.truncate(bytesBefore);
      }
      write(state.text("written"));
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
                  .map(c -> logs.get(c).isEmpty() ? "NA" : PythonFormat.repr(logs.require(c)))));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void onTrainEnd(Logs logs) {
    begun = false;
  }

  private static List<String> columns(Logs logs) {
    List<String> names = new ArrayList<>(logs.values().keySet().stream().sorted().toList());
    if (names.stream().noneMatch(n -> n.startsWith("val_"))) {
      names.addAll(names.stream().map(n -> "val_" + n).toList());
    }
    return names;
  }

  private void line(Stream<String> cells) throws IOException {
    if (!begun) {
      throw new IllegalStateException("a callback works only inside fit");
    }
    write(
        cells
            .map(this::quoted)
            .collect(Collectors.joining(Character.toString(separator), "", "\r\n")));
  }

  private String quoted(String cell) {
    boolean plain =
        cell.chars().noneMatch(c -> c == separator || c == '"' || c == '\n' || c == '\r');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  /** Opens the file for this text alone: training that fails closes nothing. */
  private void write(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    written.append(text);
  }

  private UncheckedIOException failure(IOException e) {
    return new UncheckedIOException("the log " + file + " cannot be written: " + e.getMessage(), e);
  }
}
