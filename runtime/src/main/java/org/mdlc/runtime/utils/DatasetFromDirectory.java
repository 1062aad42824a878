package org.mdlc.runtime.utils;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.mdlc.runtime.data.DataException;

/**
 * What the data sets of a folder's files have in common; the arguments are Keras's, under Keras's
 * names and with its defaults. Each method changes this object and returns it.
 *
 * @param <T> the data set's own type
 */
public abstract sealed class DatasetFromDirectory<T extends DatasetFromDirectory<T>>
    permits ImageDatasetFromDirectory, TextDatasetFromDirectory {
  private final Path directory;
  private DirectoryIndex.Source labels = new DirectoryIndex.Source.Inferred(null);
  private LabelMode labelMode = LabelMode.INT;
  private OptionalInt batchSize = OptionalInt.of(32);
  private boolean shuffle = true;
  private OptionalLong seed = OptionalLong.empty();
  private double validationSplit;
  private boolean followLinks;
  private String contentName;
  private String labelName = "label";

  DatasetFromDirectory(Path directory, String contentName) {
    this.directory = directory;
    this.contentName = contentName;
  }

  abstract T self();

  abstract Set<String> formats();

  abstract FolderRows.Content content(String name);

  /**
   * The names of the folders in a folder in Keras's order: the classes, unless others are named.
   *
   * @throws IOException if it cannot be listed
   */
  public static List<String> classFolders(Path directory) throws IOException {
    return DirectoryIndex.classFolders(directory);
  }

  /** Takes the labels from a list, one per file in sorted order; {@code labels=[..]}. */
  public T labels(int... numbers) {
    labels = new DirectoryIndex.Source.Listed(Arrays.stream(numbers).boxed().toList());
    return self();
  }

  /** Takes all files below the folder, without labels; {@code labels=None}. */
  public T noLabels() {
    labels = new DirectoryIndex.Source.None();
    return self();
  }

  /** How labels are written; {@code label_mode}, {@link LabelMode#INT} unless set. */
  public T labelMode(LabelMode mode) {
    labelMode = mode;
    return self();
  }

  /** The folders that are classes, in the order of their numbers; {@code class_names}. */
  public T classNames(String... names) {
    labels = new DirectoryIndex.Source.Inferred(List.of(names));
    return self();
  }

  /** Rows of a batch; {@code batch_size}, 32 unless set. */
  public T batchSize(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("`batchSize` is at least 1, not " + rows);
    }
    batchSize = OptionalInt.of(rows);
    return self();
  }

  /** Gives single rows; {@code batch_size=None}. */
  public T noBatches() {
    batchSize = OptionalInt.empty();
    return self();
  }

  /** Whether the files come in random order, another one in each epoch; true unless set. */
  public T shuffle(boolean inRandomOrder) {
    shuffle = inRandomOrder;
    return self();
  }

  /** Seeds the order; unless set, what follows from {@link RandomSeed}, or else any. */
  public T seed(long number) {
    seed = OptionalLong.of(number);
    return self();
  }

  /** The share of the files, the last ones, kept for validation; {@code validation_split}. */
  public T validationSplit(double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException("`validationSplit` lies between 0 and 1, not " + fraction);
    }
    validationSplit = fraction;
    return self();
  }

  /** Whether folders that are symbolic links are gone into; {@code follow_links}. */
  public T followLinks(boolean follow) {
    followLinks = follow;
    return self();
  }

  /** Names the column of the files' contents and that of the labels, as the model does. */
  public T names(String content, String label) {
    contentName = content;
    labelName = label;
    return self();
  }

  /**
   * All files of the folder.
   *
   * @throws DataException if the folder has no such files or not what the arguments say
   */
  public FolderDataset load() {
    if (validationSplit > 0) {
      throw new IllegalArgumentException(
          "with `validationSplit`, ask for training(), validation() or both()");
    }
    long number = seedOrNew();
    return arranged(index(number), shuffle, number);
  }

  /** The files that {@code validation_split} leaves; {@code subset="training"}. */
  public FolderDataset training() {
    return part(false);
  }

  /** The files that {@code validation_split} sets aside; {@code subset="validation"}. */
  public FolderDataset validation() {
    return part(true);
  }

  private FolderDataset part(boolean last) {
    if (shuffle && seed.isEmpty()) {
      throw new IllegalArgumentException(
          "with `validationSplit` and `shuffle`, give a `seed`: else the two parts overlap");
    }
    long number = seedOrNew();
    return arranged(index(number).part(requiredSplit(), last), shuffle, number);
  }

  /**
   * Both parts of the files; {@code subset="both"}. The validation part stays in its order.
   *
   * @throws DataException as {@link #load}, or if a part would be empty
   */
  public Both both() {
    long number = seedOrNew();
    DirectoryIndex index = index(number);
    return new Both(
        arranged(index.part(requiredSplit(), false), shuffle, number),
        arranged(index.part(requiredSplit(), true), false, number));
  }

  private double requiredSplit() {
    if (validationSplit == 0) {
      throw new IllegalArgumentException("give `validationSplit`, the share of the files");
    }
    return validationSplit;
  }

  private long seedOrNew() {
    return seed.orElseGet(RandomSeed::drawnAsNumpy);
  }

  private DirectoryIndex index(long number) {
    DirectoryIndex.Source source =
        labelMode == LabelMode.NONE ? new DirectoryIndex.Source.None() : labels;
    DirectoryIndex index = DirectoryIndex.of(directory, source, formats(), followLinks);
    if (index.files().isEmpty()) {
      throw new DataException(
          directory + ": no files with the endings " + String.join(", ", formats()));
    }
    if (mode() == LabelMode.BINARY && index.classNames().size() != 2) {
      throw new DataException(
          directory + ": binary labels need two classes, there are " + index.classNames());
    }
    return shuffle ? index.shuffled(number) : index;
  }

  private LabelMode mode() {
    return labels instanceof DirectoryIndex.Source.None ? LabelMode.NONE : labelMode;
  }

  private FolderDataset arranged(DirectoryIndex index, boolean inRandomOrder, long number) {
    var rows = new FolderRows(index, content(contentName), mode(), labelName);
    return new FolderDataset(rows, FolderDataset.arranged(rows, batchSize, inRandomOrder, number));
  }

  /**
   * Both parts of the files.
   *
   * @param training the first
   * @param validation the last
   */
  public record Both(FolderDataset training, FolderDataset validation) {}
}
