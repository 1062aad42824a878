package org.mdlc.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.NumpyFiles;

/** Writes what a model gives in the form that the file's name asks for. */
interface PredictionWriter {
  void write(ArrayDataset outputs) throws IOException;

  /**
   * @param file an .npy, .npz or .csv file; when absent, CSV is printed
   * @throws UserError for a file of another kind
   */
  static PredictionWriter of(@Nullable Path file, PrintStream out) {
    if (file == null) {
      return outputs -> out.print(csv(outputs));
    }
    var name = Paths.target(file).toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npz")) {
      return outputs -> NumpyFiles.writeNpz(file, outputs.columns());
    }
    if (name.endsWith(".csv")) {
      return outputs -> Files.writeString(file, csv(outputs));
    }
    if (name.endsWith(".npy")) {
      return outputs -> NumpyFiles.writeNpy(file, only(file, outputs));
    }
    throw new UserError(file + ": unknown kind of file; predictions are .npy, .npz or .csv");
  }

  private static HostTensor only(Path file, ArrayDataset outputs) {
    if (outputs.names().size() != 1) {
      throw new UserError(
          file
              + ": an .npy file holds one array, the model gives "
              + String.join(", ", outputs.names())
              + "; use .npz");
    }
    return outputs.get(outputs.names().getFirst());
  }

  /** A column per number: {@code price}, or {@code kind_0}, {@code kind_1} .. */
  private static String csv(ArrayDataset outputs) {
    var header = new ArrayList<String>();
    outputs.columns().forEach((name, values) -> header.addAll(titles(name, values.rowSize())));
    var text = new StringBuilder(String.join(",", header)).append('\n');
    for (int i = 0; i < outputs.rows(); i++) {
      int row = i;
      text.append(
              outputs.columns().values().stream()
                  .map(values -> numbers(values, row))
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    return text.toString();
  }

  private static List<String> titles(String name, int count) {
    var titles = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      titles.add(count == 1 ? name : name + "_" + i);
    }
    return titles;
  }

  private static String numbers(HostTensor values, int row) {
    var text = new ArrayList<String>();
    int width = values.rowSize();
    for (int i = row * width; i < (row + 1) * width; i++) {
      text.add(
          values.dtype() == DType.F32
              ? Float.toString(values.floats()[i])
              : Integer.toString(values.ints()[i]));
    }
    return String.join(",", text);
  }
}
