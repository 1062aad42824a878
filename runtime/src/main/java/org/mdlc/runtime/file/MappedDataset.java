package org.mdlc.runtime.file;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.IndexedDataset;

/**
 * Arrays with the same number of rows that are not on the Java heap: rows are converted when they
 * are asked for, so mapped files may be larger than memory.
 *
 * <pre>{@code
 * MappedDataset data =
 *     MappedDataset.of("image", MappedArray.idx(images)).with("digit", MappedArray.idx(labels));
 * }</pre>
 */
public final class MappedDataset implements IndexedDataset {
  private final Map<String, MappedArray> arrays;
  private final long rows;
  private final DataSpec spec;

  private MappedDataset(Map<String, MappedArray> arrays) {
    this.arrays = Collections.unmodifiableMap(arrays);
    Map.Entry<String, MappedArray> first = arrays.entrySet().iterator().next();
    this.rows = first.getValue().rows();
    arrays.forEach(
        (name, array) -> {
          if (array.rows() != rows) {
            throw new DataException(
                String.format(
                    Locale.ROOT,
                    "the arrays of a data set need the same number of rows: %s has %d, %s has %d",
                    first.getKey(),
                    rows,
                    name,
                    array.rows()));
          }
        });
    this.spec =
        new DataSpec(
            arrays.entrySet().stream()
                .map(
                    e ->
                        DataSpec.Column.of(
                            e.getKey(), e.getValue().dtype(), e.getValue().rowShape()))
                .toList());
  }

  /** One array. */
  public static MappedDataset of(String name, MappedArray array) {
    Map<String, MappedArray> arrays = new LinkedHashMap<>();
    arrays.put(name, array);
    return new MappedDataset(arrays);
  }

  /**
   * The arrays of an {@code .npz} file under their names. Those that are stored without
   * compression, as {@code numpy.savez} does, are mapped; others are read into memory.
   *
   * @throws DataException if the file is malformed or its arrays differ in their number of rows
   */
  public static MappedDataset npz(Path file) {
    Map<String, MappedArray> arrays = NpzFile.map(file);
    if (arrays.isEmpty()) {
      throw new DataException(file + ": no arrays");
    }
    try {
      return new MappedDataset(arrays);
    } catch (DataException e) {
      throw new DataException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * These arrays and one more, or another in place of that of the name.
   *
   * @throws DataException if it has another number of rows
   */
  public MappedDataset with(String name, MappedArray array) {
    Map<String, MappedArray> more = new LinkedHashMap<>(arrays);
    more.put(name, array);
    return new MappedDataset(more);
  }

  @Override
  public DataSpec spec() {
    return spec;
  }

  @Override
  public long count() {
    return rows;
  }

  @Override
  public ArrayDataset get(long index) {
    if (index < 0 || index >= rows) {
      throw new IndexOutOfBoundsException("row " + index + " of " + rows);
    }
    Map<String, HostTensor> row = new LinkedHashMap<>();
    arrays.forEach((name, array) -> row.put(name, array.row(index)));
    return ArrayDataset.of(row);
  }
}
