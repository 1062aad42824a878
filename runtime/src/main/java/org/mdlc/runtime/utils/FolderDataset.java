package org.mdlc.runtime.utils;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.IndexedDataset;

/**
 * The files of a folder as rows or batches, read when they are needed: what {@link
 * ImageDatasetFromDirectory} and {@link TextDatasetFromDirectory} make.
 */
public final class FolderDataset implements IndexedDataset {
  private final FolderRows rows;
  private final IndexedDataset arranged;

  FolderDataset(FolderRows rows, IndexedDataset arranged) {
    this.rows = rows;
    this.arranged = arranged;
  }

  /** Rows in another order in each epoch, and in batches. */
  static IndexedDataset arranged(
      IndexedDataset rows, OptionalInt batchSize, boolean shuffle, long seed) {
    IndexedDataset ordered = shuffle ? rows.shuffle(seed) : rows;
    return batchSize.isPresent() ? ordered.batch(batchSize.getAsInt()) : ordered;
  }

  /**
   * The classes in the order of their numbers; none without labels. Keras's {@code class_names}.
   */
  public List<String> classNames() {
    return rows.index().classNames();
  }

  /** The file of each of the {@link #rows}. Keras's {@code file_paths}. */
  public List<Path> filePaths() {
    return rows.index().files();
  }

  /** The number of the class of each of the {@link #rows}; none without labels. */
  public List<Integer> labels() {
    return rows.index().labels();
  }

  /** Single rows, in the order of {@link #filePaths}. */
  public IndexedDataset rows() {
    return rows;
  }

  @Override
  public String order() {
    return arranged.order();
  }

  @Override
  public DataSpec spec() {
    return arranged.spec();
  }

  @Override
  public long count() {
    return arranged.count();
  }

  @Override
  public ArrayDataset get(long index) {
    return arranged.get(index);
  }

  @Override
  public Element element(int epoch, long index) {
    return arranged.element(epoch, index);
  }

  @Override
  public OptionalInt batchSize() {
    return arranged.batchSize();
  }
}
