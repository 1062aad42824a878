package org.mdlc.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.file.NumpyFiles;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.ColumnNames;
import org.mdlc.runtime.table.CsvDataset;

/**
 * Reads a file as the data of a model, finding the model's inputs and targets by name.
 *
 * <ul>
 *   <li>{@code .npz}: an array for each name; weights are named {@code <target>_weight}.
 *   <li>{@code .npy}: the only input of the model. Text comes from {@code .csv} only.
 *   <li>{@code .csv}: a column for each tensor of one number per row; a tensor of more takes the
 *       columns {@code name_0}, {@code name_1} and so on. If one input and no column of its name is
 *       left over, it takes all columns that are left over, in order. A target of integers takes a
 *       column of text by the sorted order of its values; a single target whose name is no column
 *       takes the last column. Weights of a target are the column {@code <target>_weight}, if there
 *       is one.
 * </ul>
 */
public final class ModelData {
  private ModelData() {}

  /**
   * Reads the inputs, and the targets if they are wanted, each in the shape the model takes.
   *
   * @param labelled whether the targets are needed too
   * @throws DataException if the file is malformed or does not have what the model takes
   */
  public static ArrayDataset read(ModelSpec spec, Path file, boolean labelled) throws IOException {
    return read(spec, file, labelled, group -> group);
  }

  /**
   * Reads as {@link #read(ModelSpec, Path, boolean)} does, with a say in how columns are read. A
   * file whose labels are text, but not of all classes, needs the vocabulary of another: {@code
   * group -> group.name().equals("kind") ? group.vocabulary(texts) : group}.
   *
   * @param columns is asked for every array that is read from columns of a CSV file
   * @throws DataException also if a text is not in its vocabulary
   */
  public static ArrayDataset read(
      ModelSpec spec, Path file, boolean labelled, UnaryOperator<ColumnGroup> columns)
      throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (!spec.texts().isEmpty() && !name.endsWith(".csv")) {
      throw new DataException(
          file + ": " + spec.name() + " takes text, which comes from a .csv file");
    }
    if (name.endsWith(".npz")) {
      return ArrayDataset.ofNpz(file);
    }
    if (name.endsWith(".npy")) {
      return readNpy(spec, file, labelled);
    }
    if (name.endsWith(".csv")) {
      return new CsvBinding(spec, file, CsvDataset.header(file)).bind(labelled, columns);
    }
    throw new DataException(file + ": unknown kind of file; data is .npz, .npy or .csv");
  }

  private static ArrayDataset readNpy(ModelSpec spec, Path file, boolean labelled)
      throws IOException {
    int wanted = spec.inputs().size() + (labelled ? spec.targets().size() : 0);
    if (wanted != 1) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: an .npy file holds one array, %s needs %d; use .npz",
              file,
              spec.name(),
              wanted));
    }
    return ArrayDataset.of(spec.inputs().getFirst().name(), NumpyFiles.readNpy(file));
  }

  /** Gives the columns of a CSV file to the tensors of a model. */
  private static final class CsvBinding {
    private final ModelSpec spec;
    private final Path file;
    private final List<String> header;
    private final List<String> free;
    private final List<ColumnGroup> bound = new ArrayList<>();

    CsvBinding(ModelSpec spec, Path file, List<String> header) {
      this.spec = spec;
      this.file = file;
      this.header = header;
      this.free = new ArrayList<>(header);
    }

    ArrayDataset bind(boolean labelled, UnaryOperator<ColumnGroup> columns) {
      List<TensorSpec> left = new ArrayList<>();
      for (TensorSpec weight : spec.weights()) {
        if (!bindByName(weight, labelled) && free.remove(weight.name()) && labelled) {
          bound.add(ColumnGroup.floats(weight.name())); // one for all values of the row
        }
      }
      // Targets are taken first even if not wanted, so that the label is not fed as an input.
      for (TensorSpec target : spec.targets()) {
        if (!bindByName(target, labelled) && !bindLast(target, labelled) && labelled) {
          throw missing("target", target);
        }
      }
      for (TextSpec text : spec.texts()) {
        bindText(text);
      }
      for (TensorSpec input : spec.arrays()) {
        if (!bindByName(input, true)) {
          left.add(input);
        }
      }
      if (left.size() == 1) {
        bindRest(left.getFirst());
      } else if (!left.isEmpty()) {
        throw missing("input", left.getFirst());
      }
      bound.replaceAll(columns);
      return CsvDataset.of(file).columns(bound.toArray(ColumnGroup[]::new)).readSome();
    }

    /** By name, or, if the model takes nothing but one text, whatever column is left. */
    private void bindText(TextSpec text) {
      List<String> columns = new ArrayList<>();
      boolean lonely = spec.texts().size() == 1 && spec.arrays().isEmpty();
      if (text.rowSize() == 1 && (free.contains(text.name()) || lonely && free.size() == 1)) {
        columns.add(free.contains(text.name()) ? text.name() : free.getFirst());
      } else {
        for (int i = 0; i < text.rowSize(); i++) {
          columns.add(text.name() + "_" + i);
        }
      }
      if (!free.containsAll(columns)) {
        throw missing("text", text);
      }
      free.removeAll(columns);
      bound.add(
          ColumnGroup.texts(text.name(), columns.toArray(String[]::new)).shaped(text.shape()));
    }

    private boolean bindByName(TensorSpec tensor, boolean wanted) {
      if (tensor.rowSize() == 1 && free.contains(tensor.name())) {
        bindColumn(tensor, tensor.name(), wanted);
        return true;
      }
      List<String> numbered = new ArrayList<>();
      for (int i = 0; i < tensor.rowSize(); i++) {
        numbered.add(tensor.name() + "_" + i);
      }
      if (free.containsAll(numbered)) {
        free.removeAll(numbered);
        if (wanted) {
          put(tensor, numbered);
        }
        return true;
      }
      return false;
    }

    // A file without labels has just the columns of the inputs; their last is then not a label.
    private boolean bindLast(TensorSpec target, boolean wanted) {
      int inputColumns =
          spec.arrays().stream().mapToInt(TensorSpec::rowSize).sum()
              + spec.texts().stream().mapToInt(TextSpec::rowSize).sum();
      if (spec.targets().size() != 1 || target.rowSize() != 1 || free.size() != inputColumns + 1) {
        return false;
      }
      bindColumn(target, free.getLast(), wanted);
      return true;
    }

    private void bindColumn(TensorSpec tensor, String column, boolean wanted) {
      free.remove(column);
      if (wanted) {
        put(tensor, List.of(column));
      }
    }

    private void bindRest(TensorSpec input) {
      if (free.size() != input.rowSize()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s: input %s takes %d columns, %d are left: %s",
                file,
                input,
                input.rowSize(),
                free.size(),
                String.join(", ", free)));
      }
      put(input, free);
      free.clear();
    }

    private void put(TensorSpec tensor, List<String> columns) {
      bound.add(
          ColumnGroup.of(tensor.name(), tensor.dtype(), columns, columns.size())
              .shaped(tensor.shape()));
    }

    private DataException missing(String kind, Record tensor) {
      return new DataException(
          String.format(
              Locale.ROOT,
              "%s: no columns for the %s %s; %s",
              file,
              kind,
              tensor,
              ColumnNames.separatorAdvice(header)
                  .orElse("there are " + String.join(", ", header))));
    }
  }
}
