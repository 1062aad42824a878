package org.mdlc.runtime.data;

import java.util.Iterator;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a Java stream, which is opened anew for each pass and closed at its end: how rows come
 * from whatever a program can read, such as another library or a service.
 *
 * <pre>{@code
 * Dataset lines =
 *     StreamDataset.of(
 *         DataSpec.of(Column.of("x", DType.F32, 4)),
 *         readings::stream,
 *         reading -> ArrayDataset.of("x", HostTensor.of(reading.values(), 1, 4)));
 * }</pre>
 */
public final class StreamDataset implements Dataset {
  private final DataSpec spec;
  private final OptionalInt batchSize;
  private final IntFunction<Stream<Element>> open;

  private StreamDataset(DataSpec spec, OptionalInt batchSize, IntFunction<Stream<Element>> open) {
    this.spec = spec;
    this.batchSize = batchSize;
    this.open = open;
  }

  /**
   * One row for each object of a stream.
   *
   * @param toRow makes the row; several threads may call it at the same time
   */
  public static <T> StreamDataset of(
      DataSpec spec, Supplier<Stream<T>> source, Function<T, ArrayDataset> toRow) {
    return new StreamDataset(
        spec,
        OptionalInt.empty(),
        _ -> source.get().map(item -> () -> checked(spec, toRow.apply(item), 1)));
  }

  /** The rows of a stream, one at a time. */
  public static StreamDataset of(DataSpec spec, Supplier<Stream<ArrayDataset>> source) {
    return of(spec, source, row -> row);
  }

  /**
   * The batches of a stream.
   *
   * @param rows of each but the last, which may have fewer
   */
  public static StreamDataset ofBatches(
      DataSpec spec, int rows, Supplier<Stream<ArrayDataset>> source) {
    if (rows < 1) {
      throw new IllegalArgumentException("a batch has at least 1 row, not " + rows);
    }
    return new StreamDataset(
        spec,
        OptionalInt.of(rows),
        _ -> source.get().map(batch -> () -> checked(spec, batch, rows)));
  }

  private static ArrayDataset checked(DataSpec spec, ArrayDataset rows, int most) {
    if (rows.rows() < 1 || rows.rows() > most || !rows.spec().equals(spec)) {
      throw new DataException(
          "the stream gives " + rows + "; it promises " + most + " rows of " + spec);
    }
    return rows;
  }

  @Override
  public DataSpec spec() {
    return spec;
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.empty();
  }

  @Override
  public OptionalInt batchSize() {
    return batchSize;
  }

  @Override
  public Elements elements(int epoch) {
    Stream<Element> stream = open.apply(epoch);
    Iterator<Element> iterator = stream.iterator();
    return new Elements() {
      @Override
      public @Nullable Element next() {
        return iterator.hasNext() ? iterator.next() : null;
      }

      @Override
      public void close() {
        stream.close();
      }
    };
  }
}
