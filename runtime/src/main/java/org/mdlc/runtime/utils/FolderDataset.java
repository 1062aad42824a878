package org.mdlc.runtime.utils;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.data.IndexedDataset;

/**
 * The files of a folder as rows or batches, read when they are needed: what {@link
 * ImageDatasetFromDirectory} and {@link TextDatasetFromDirectory} make.
 */
public final class FolderDataset implements Dataset {
  private final FolderRows rows;
  private final Dataset arranged;

  FolderDataset(FolderRows rows, Dataset arranged) {
    this.rows = rows;
    this.arranged = arranged;
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
  public DataSpec spec() {
    return arranged.spec();
  }

  @Override
  public OptionalLong size() {
    return arranged.size();
  }

  @Override
  public OptionalInt batchSize() {
    return arranged.batchSize();
  }

  @Override
  public Elements elements(int epoch) {
    return arranged.elements(epoch);
  }
}
