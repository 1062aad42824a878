package org.mdlc.runtime.data;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts single rows together to batches, which stay lists of rows until somebody makes them. */
final class Batching {
  private final int rows;
  private final boolean dropRemainder;

  Batching(Dataset source, int rows, boolean dropRemainder) {
    if (rows < 1) {
      throw new IllegalArgumentException("a batch has at least 1 row, not " + rows);
    }
    if (source.batchSize().isPresent()) {
      throw new DataException(
          "the data set has batches already: write unbatch() before batch(" + rows + ")");
    }
    this.rows = rows;
    this.dropRemainder = dropRemainder;
  }

  long count(long elements) {
    return dropRemainder ? elements / rows : Math.ceilDiv(elements, rows);
  }

  OptionalLong count(OptionalLong elements) {
    return elements.isPresent() ? OptionalLong.of(count(elements.getAsLong())) : elements;
  }

  Element element(IndexedDataset source, int epoch, long index) {
    long first = index * rows;
    int size = (int) Math.min(rows, source.count() - first);
    List<Element> parts = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      parts.add(source.element(epoch, first + i));
    }
    return new Batch(parts, first);
  }

  Elements elements(Elements source) {
    return new Elements() {
      private long taken;

      @Override
      public @Nullable Element next() {
        List<Element> parts = new ArrayList<>(rows);
        @Nullable Element part;
        while (parts.size() < rows && (part = source.next()) != null) {
          parts.add(part);
        }
        long first = taken;
        taken += parts.size();
        boolean none = parts.isEmpty() || dropRemainder && parts.size() < rows;
        return none ? null : new Batch(parts, first);
      }

      @Override
      public long skip(long count) {
        long skipped = source.skip(Math.multiplyExact(count, rows));
        taken += skipped;
        return Batching.this.count(skipped);
      }

      @Override
      public void close() {
        source.close();
      }
    };
  }

  private record Batch(List<Element> parts, long first) implements Element {
    @Override
    public ArrayDataset make() {
      List<ArrayDataset> pieces = new ArrayList<>(parts.size());
      makeTo(pieces::add);
      return Rows.concat(pieces, first);
    }

    @Override
    public void makeTo(Consumer<ArrayDataset> pieces) {
      parts.forEach(part -> part.makeTo(pieces));
    }
  }

  static Dataset unbatch(Dataset source) {
    if (source.batchSize().isEmpty()) {
      throw new DataException("the data set has single rows: there is nothing to unbatch");
    }
    return new StreamView(
        source::order,
        source::spec,
        OptionalLong::empty,
        OptionalInt.empty(),
        epoch -> new SingleRows(source.elements(epoch)));
  }

  private static final class SingleRows implements Elements {
    private final Elements source;
    private @Nullable ArrayDataset batch;
    private int next;

    SingleRows(Elements source) {
      this.source = source;
    }

    @Override
    public @Nullable Element next() {
      while (batch == null || next == batch.rows()) {
        Element element = source.next();
        if (element == null) {
          return null;
        }
        batch = element.make();
        next = 0;
      }
      ArrayDataset whole = batch;
      int row = next++;
      return () -> whole.slice(row, row + 1);
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
