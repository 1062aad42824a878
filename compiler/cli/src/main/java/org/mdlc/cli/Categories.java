package org.mdlc.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.TrainSettings;
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.CsvDataset;

/**
 * Which number each text of a label has: its place among the sorted texts of the file that the
 * model is trained on, in whatever file it stands. That is the {@code data} file of the train
 * block; where the block names none, it is the file that a {@code train} command is given.
 */
final class Categories {
  private static final int MOST_NAMED = 8;

  private final Function<String, Path> beside;
  private final boolean trains;
  private final Map<String, ColumnGroup> known = new HashMap<>();

  /**
   * @param beside where a path in the model description leads
   * @param trains whether the first file that is read may be the one to train on
   */
  Categories(Function<String, Path> beside, boolean trains) {
    this.beside = beside;
    this.trains = trains;
  }

  /** Gives the label columns of a CSV file the numbers of the training file. */
  UnaryOperator<ColumnGroup> in(Path file, BoundProgram bound, ModelSpec spec) {
    return group -> {
      if (group.kind() != ColumnGroup.Kind.LABEL) {
        return group;
      }
      var training = known.computeIfAbsent(group.name(), _ -> learned(group, file, bound, spec));
      return training.vocabulary().isEmpty()
          ? group.ofKind(ColumnGroup.Kind.INT)
          : group.vocabulary(training.vocabulary());
    };
  }

  private ColumnGroup learned(ColumnGroup group, Path file, BoundProgram bound, ModelSpec spec) {
    var data = bound.settings().flatMap(TrainSettings::data);
    if (data.isEmpty() && trains) {
      return learned(group, file, spec);
    }
    var csv = data.filter(d -> d.format().equals("csv") && !d.paths().isEmpty());
    var training = csv.map(d -> beside.apply(d.paths().getFirst()));
    var field =
        csv.stream()
            .flatMap(d -> d.fields().stream())
            .filter(f -> f.port().equals(group.name()))
            .findFirst();
    if (field.isPresent() && training.filter(Files::exists).isPresent()) {
      var columns = field.get().columns().toArray(String[]::new);
      return learned(ColumnGroup.labels(group.name(), columns), training.get(), spec);
    }
    var numbers = learned(group, file);
    if (!numbers.vocabulary().isEmpty()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: column %s is text, and %s: put numbers in the column, or %s",
              file,
              group.columns().getFirst(),
              training
                  .map(path -> path + ", whose rows say which number each text has, is not there")
                  .orElse(
                      "the train block of "
                          + bound.model()
                          + " names no CSV file that says which number each text has"),
              training.isPresent()
                  ? "keep the training file beside the model"
                  : "name the training file as its `data`"));
    }
    return numbers;
  }

  private static ColumnGroup learned(ColumnGroup group, Path file, ModelSpec spec) {
    var learned = learned(group, file);
    requireFewEnough(
        learned, file, spec.targets().stream().anyMatch(t -> is(t.name(), group)), spec);
    return learned;
  }

  /** With its vocabulary; without one if the column holds numbers. */
  private static ColumnGroup learned(ColumnGroup group, Path file) {
    var categories = CsvDataset.of(file).columns(group).open().categories();
    return group.vocabulary(categories.getOrDefault(group.name(), List.of()));
  }

  private static boolean is(String name, ColumnGroup group) {
    return name.equals(group.name());
  }

  private static void requireFewEnough(
      ColumnGroup learned, Path file, boolean isTarget, ModelSpec spec) {
    var texts = learned.vocabulary();
    var tensors = isTarget ? spec.targets() : spec.arrays();
    Optional<Integer> most =
        tensors.stream()
            .filter(tensor -> is(tensor.name(), learned))
            .flatMap(tensor -> tensor.ranges().stream())
            .map(range -> range.high())
            .min(Integer::compare);
    if (most.isPresent() && texts.size() > most.get()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "column %s of %s has %d values (%s), and the %s tells %d apart",
              learned.columns().getFirst(),
              file,
              texts.size(),
              String.join(", ", texts.subList(0, Math.min(MOST_NAMED, texts.size())))
                  + (texts.size() > MOST_NAMED ? ", .." : ""),
              isTarget ? "output" : "input",
              most.get()));
    }
  }
}
