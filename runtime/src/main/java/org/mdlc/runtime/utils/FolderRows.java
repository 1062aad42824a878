package org.mdlc.runtime.utils;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.IndexedDataset;
import org.mdlc.runtime.data.StringTensor;

/** One row per file of a folder, read when the row is asked for. */
final class FolderRows implements IndexedDataset {
  /** Reads one file. */
  sealed interface Content {
    /** An array of one row. */
    record Numbers(DataSpec.Column column, Function<Path, HostTensor> read) implements Content {}

    /** A string. */
    record Text(DataSpec.Column column, Function<Path, String> read) implements Content {}

    DataSpec.Column column();
  }

  private final DirectoryIndex index;
  private final Content content;
  private final LabelMode labelMode;
  private final String labelName;
  private final DataSpec spec;

  FolderRows(DirectoryIndex index, Content content, LabelMode labelMode, String labelName) {
    this.index = index;
    this.content = content;
    this.labelMode = labelMode;
    this.labelName = labelName;
    List<DataSpec.Column> columns = new ArrayList<>();
    columns.add(content.column());
    if (labelMode != LabelMode.NONE) {
      columns.add(labelMode.column(labelName, index.classNames().size()));
    }
    this.spec = new DataSpec(columns);
  }

  DirectoryIndex index() {
    return index;
  }

  @Override
  public String order() {
    return index.order();
  }

  @Override
  public DataSpec spec() {
    return spec;
  }

  @Override
  public long count() {
    return index.files().size();
  }

  /**
   * Reads one file.
   *
   * @throws DataException if it cannot be read, naming it
   */
  @Override
  public ArrayDataset get(long row) {
    int at = Math.toIntExact(row);
    Path file = index.files().get(at);
    Map<String, HostTensor> columns = new LinkedHashMap<>();
    Map<String, StringTensor> texts = new LinkedHashMap<>();
    String name = content.column().name();
    switch (content) {
      case Content.Numbers numbers -> columns.put(name, numbers.read().apply(file));
      case Content.Text text -> texts.put(name, StringTensor.of(text.read().apply(file)));
    }
    if (labelMode != LabelMode.NONE) {
      columns.put(labelName, labelMode.row(index.labels().get(at), index.classNames()));
    }
    return ArrayDataset.of(columns, texts);
  }
}
