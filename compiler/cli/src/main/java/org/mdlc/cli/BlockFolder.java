package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.Field;
import org.mdlc.compiler.bind.BoundProgram.TrainSettings;
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.TensorSpec;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.IndexedDataset;
import org.mdlc.runtime.data.StringTensor;
import org.mdlc.runtime.utils.ColorMode;
import org.mdlc.runtime.utils.DatasetFromDirectory;
import org.mdlc.runtime.utils.ImageDatasetFromDirectory;
import org.mdlc.runtime.utils.LabelMode;
import org.mdlc.runtime.utils.TextDatasetFromDirectory;

/**
 * The files of a folder that a train block names, {@code images("folder")} or {@code
 * texts("folder")}; each is read when its row is needed. The files come in an order that the seed
 * of the train block decides, so that a part of them has files of all classes. The classes of every
 * folder have the numbers that they have in the one that the model is trained on.
 *
 * @param beside where a path in the model description leads
 */
record BlockFolder(
    BoundProgram bound,
    ModelSpec spec,
    DataSource data,
    List<Path> folders,
    Function<String, Path> beside) {
  private static final String LABELS = "labels";

  Dataset read(boolean labelled) {
    List<String> wanted = wanted(labelled);
    List<Field> fields = data.fields().stream().filter(f -> wanted.contains(f.port())).toList();
    IndexedDataset rows =
        data.format().equals("images") ? images(fields).load().rows() : texts().load().rows();
    List<DataSpec.Column> columns = new ArrayList<>();
    for (var field : fields) {
      columns.add(column(field, rows.spec()));
    }
    return rows.map(new DataSpec(columns), row -> filled(row, fields));
  }

  private List<String> wanted(boolean labelled) {
    Stream<String> inputs =
        Stream.concat(
            spec.arrays().stream().map(TensorSpec::name),
            spec.texts().stream().map(text -> text.name()));
    Stream<String> targets = labelled ? spec.targets().stream().map(TensorSpec::name) : Stream.of();
    return Stream.concat(inputs, targets).toList();
  }

  private ImageDatasetFromDirectory images(List<Field> fields) {
    Set<List<Integer>> shapes =
        fields.stream()
            .filter(f -> !isLabel(f))
            .map(f -> tensor(f).shape())
            .collect(Collectors.toSet());
    if (shapes.size() != 1) {
      throw new DataException(
          folders.getFirst() + ": one folder gives images of one size, the model takes " + shapes);
    }
    List<Integer> shape = shapes.iterator().next();
    ColorMode mode =
        switch (shape.getLast()) {
          case 1 -> ColorMode.GRAYSCALE;
          case 3 -> ColorMode.RGB;
          default -> ColorMode.RGBA;
        };
    return arranged(ImageDatasetFromDirectory.of(folders.getFirst()), "images")
        .imageSize(shape.get(0), shape.get(1))
        .colorMode(mode);
  }

  private TextDatasetFromDirectory texts() {
    return arranged(TextDatasetFromDirectory.of(folders.getFirst()), "texts");
  }

  private <T extends DatasetFromDirectory<T>> T arranged(T folder, String content) {
    T named = folder.names(content, LABELS).seed(Trainer.settings(bound).seed().orElse(0));
    var label = data.fields().stream().filter(BlockFolder::isLabel).findFirst();
    if (label.isEmpty()) {
      return named.noLabels();
    }
    trainingFolder().ifPresent(this::requireItsClasses);
    var tensor = tensor(label.get());
    if (tensor.dtype() == DType.I32) {
      return named.labelMode(LabelMode.INT);
    }
    return named.labelMode(tensor.rowSize() == 1 ? LabelMode.BINARY : LabelMode.CATEGORICAL);
  }

  /** The folder that says which number each class has, where it is not this one. */
  private Optional<Path> trainingFolder() {
    return bound
        .settings()
        .flatMap(TrainSettings::data)
        .filter(training -> training.format().equals(data.format()))
        .map(training -> beside.apply(training.paths().getFirst()))
        .filter(training -> !training.equals(folders.getFirst()) && Files.isDirectory(training));
  }

  /** With others, the same class would have another number here. */
  private void requireItsClasses(Path training) {
    var wanted = folders(training);
    var own = folders(folders.getFirst());
    if (!own.equals(wanted)) {
      throw new DataException(
          folders.getFirst()
              + ": its classes are "
              + String.join(", ", own)
              + ", and those of "
              + training
              + " are "
              + String.join(", ", wanted)
              + "; a class without files is an empty folder");
    }
  }

  private static List<String> folders(Path folder) {
    try {
      return DatasetFromDirectory.classFolders(folder);
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static boolean isLabel(Field field) {
    return field.columns().equals(List.of(LABELS));
  }

  private TensorSpec tensor(Field field) {
    return Stream.concat(spec.inputs().stream(), spec.targets().stream())
        .filter(tensor -> tensor.name().equals(field.port()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no tensor " + field.port()));
  }

  private DataSpec.Column column(Field field, DataSpec stored) {
    var source = stored.get(field.columns().getFirst());
    if (source.kind() == DataSpec.Kind.TEXT) {
      return DataSpec.Column.text(field.port());
    }
    var tensor = tensor(field);
    int size = source.rowShape().stream().reduce(1, Math::multiplyExact);
    if (size != tensor.rowSize()) {
      throw new DataException(
          folders.getFirst() + ": " + tensor + " is filled by " + source + " of another size");
    }
    boolean scaled = field.scale() != 1 || field.offset() != 0;
    var dtype = source.kind() == DataSpec.Kind.F32 || scaled ? DType.F32 : DType.I32;
    return DataSpec.Column.of(field.port(), dtype, BlockRows.ints(tensor.shape()));
  }

  private ArrayDataset filled(ArrayDataset row, List<Field> fields) {
    Map<String, HostTensor> arrays = new LinkedHashMap<>();
    Map<String, StringTensor> texts = new LinkedHashMap<>();
    for (var field : fields) {
      var name = field.columns().getFirst();
      if (row.texts().containsKey(name)) {
        texts.put(field.port(), row.text(name));
      } else {
        arrays.put(
            field.port(),
            BlockRows.scaled(row.get(name), field)
                .reshapeRows(BlockRows.ints(tensor(field).shape())));
      }
    }
    return ArrayDataset.of(arrays, texts);
  }
}
