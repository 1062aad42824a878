package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.bind.BoundProgram.TrainSettings;
import org.mdlc.runtime.ModelData;
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.NumpyFiles;
import org.mdlc.runtime.table.ColumnNames;
import org.mdlc.runtime.table.CsvDataset;

/**
 * Rows of a file given on the command line. Arrays and columns are found by the names of the
 * model's inputs and targets ({@link ModelData}); but a file that has the columns or arrays of the
 * train block's own source is read as the train block says, scaled and shifted.
 *
 * @param categories the numbers of texts in label columns
 */
record FileRows(Path file, Categories categories) implements RowSource {
  @Override
  public Map<String, List<Integer>> rowShapes(BoundProgram bound) throws IOException {
    var alike = alikeTheBlocks(bound, false);
    if (alike.isPresent()) {
      return alike.get().rowShapes(bound);
    }
    return stored(bound).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().rowShape()));
  }

  private Map<String, HostTensor> stored(BoundProgram bound) throws IOException {
    return switch (kind()) {
      case "npz" -> NumpyFiles.readNpz(file);
      case "npy" ->
          bound.inputNames().size() == 1 && bound.texts().isEmpty()
              ? Map.of(bound.inputs().getFirst().name(), NumpyFiles.readNpy(file))
              : Map.of();
      default -> Map.of();
    };
  }

  @Override
  public Dataset read(BoundProgram bound, ModelSpec spec, boolean labelled) throws IOException {
    var alike = alikeTheBlocks(bound, labelled);
    return alike.isPresent()
        ? alike.get().read(bound, spec, labelled)
        : ModelData.read(spec, file, labelled, categories.in(file, bound, spec));
  }

  /** This file in place of the train block's, if it has what is read from that. */
  private Optional<BlockRows> alikeTheBlocks(BoundProgram bound, boolean labelled)
      throws IOException {
    var block = bound.settings().flatMap(TrainSettings::data);
    var isAlike = List.of("csv", "npz").contains(kind());
    if (!isAlike || block.isEmpty() || !block.get().format().equals(kind())) {
      return Optional.empty();
    }
    var names = names();
    var ports = new HashSet<>(bound.inputNames());
    boolean named = names.containsAll(ports);
    if (labelled) {
      bound.targets().forEach(target -> ports.add(target.name()));
    }
    var weights = bound.weights().stream().map(Port::name).toList();
    block.get().fields().stream()
        .filter(f -> labelled && weights.contains(f.port()) && has(names, f))
        .forEach(f -> ports.add(f.port()));
    var source = only(block.get(), ports);
    boolean alike = source.fields().stream().allMatch(f -> has(names, f));
    return alike && !named
        ? Optional.of(new BlockRows(_ -> source, _ -> file, categories))
        : Optional.empty();
  }

  private boolean has(List<String> names, BoundProgram.Field field) {
    return new ColumnNames(file.toString(), names).has(field.columns());
  }

  private static DataSource only(DataSource source, Set<String> ports) {
    var fields = source.fields().stream().filter(f -> ports.contains(f.port())).toList();
    return new DataSource(
        source.format(), source.paths(), fields, source.holdout(), source.place());
  }

  /** Of columns or arrays. */
  private List<String> names() throws IOException {
    return kind().equals("csv")
        ? CsvDataset.header(file)
        : List.copyOf(NumpyFiles.readNpz(file).keySet());
  }

  private String kind() {
    var name = file.toString().toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
