package org.mdlc.runtime.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Elements that are made once and kept. */
final class MemoryCache {
  private MemoryCache() {}

  static IndexedDataset ofIndexed(IndexedDataset source) {
    Map<Long, ArrayDataset> kept = new ConcurrentHashMap<>();
    return new IndexedView(
        source::order,
        source::spec,
        source::count,
        source.batchSize(),
        (epoch, index) ->
            () -> {
              ArrayDataset made = kept.get(index);
              if (made == null) {
                // Two threads may make the same element; they make the same numbers.
                made = source.element(0, index).make();
                kept.put(index, made);
              }
              return made;
            });
  }

  static Dataset ofStream(Dataset source) {
    KeptPass kept = new KeptPass(source);
    return new StreamView(
        source::order, source::spec, source::size, source.batchSize(), epoch -> kept.new Pass());
  }

  /** The elements of epoch 0 as far as any pass went. */
  private static final class KeptPass {
    private final Dataset source;
    private final List<Element> elements = new ArrayList<>();
    private boolean complete;

    KeptPass(Dataset source) {
      this.source = source;
    }

    private synchronized @Nullable Element get(int index) {
      return index < elements.size() ? elements.get(index) : null;
    }

    private synchronized boolean ends(int index) {
      return complete && index >= elements.size();
    }

    private synchronized int known() {
      return elements.size();
    }

    /** Keeps what a pass found, unless another pass was faster. */
    private synchronized @Nullable Element keep(int index, @Nullable Element found) {
      if (index < elements.size()) {
        return elements.get(index);
      }
      if (found == null) {
        complete = true;
        return null;
      }
      Element kept = new KeptElement(found);
      elements.add(kept);
      return kept;
    }

    /** Reads the source only where no pass has been. */
    private final class Pass implements Elements {
      private @Nullable Elements reading;
      private int read;
      private int next;

      @Override
      public @Nullable Element next() {
        Element kept = get(next);
        if (kept == null && !ends(next)) {
          kept = readOn();
        }
        if (kept != null) {
          next++;
        }
        return kept;
      }

      @Override
      public long skip(long count) {
        long fast = Math.min(count, Math.max(0, known() - next));
        next += (int) fast;
        return fast + Elements.super.skip(count - fast);
      }

      private @Nullable Element readOn() {
        if (reading == null) {
          reading = source.elements(0);
        }
        read += (int) reading.skip(next - read);
        Element found = reading.next();
        read++;
        return keep(next, found);
      }

      @Override
      public void close() {
        if (reading != null) {
          reading.close();
        }
      }
    }
  }

  private static final class KeptElement implements Element {
    private final Element source;
    private @Nullable ArrayDataset made;

    KeptElement(Element source) {
      this.source = source;
    }

    @Override
    public synchronized ArrayDataset make() {
      if (made == null) {
        made = source.make();
      }
      return made;
    }
  }
}
