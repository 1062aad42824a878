package org.mdlc.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Parts and repetitions of a data set. */
final class Ranges {
  private static final double ROUNDING = 1e-9;

  private Ranges() {}

  private static long requireNotNegative(String operation, long count) {
    if (count < 0) {
      throw new IllegalArgumentException(operation + " takes 0 or more elements, not " + count);
    }
    return count;
  }

  static Dataset take(Dataset source, long count) {
    requireNotNegative("take", count);
    return new StreamView(
        source::order,
        source::spec,
        () -> {
          OptionalLong size = source.size();
          return size.isPresent() ? OptionalLong.of(Math.min(count, size.getAsLong())) : size;
        },
        source.batchSize(),
        epoch -> new Limited(source.elements(epoch), count));
  }

  static IndexedDataset take(IndexedDataset source, long count) {
    requireNotNegative("take", count);
    return new IndexedView(
        source::order,
        source::spec,
        () -> Math.min(count, source.count()),
        source.batchSize(),
        source::element);
  }

  static Dataset skip(Dataset source, long count) {
    requireNotNegative("skip", count);
    return new StreamView(
        source::order,
        source::spec,
        () -> {
          OptionalLong size = source.size();
          return size.isPresent() ? OptionalLong.of(Math.max(0, size.getAsLong() - count)) : size;
        },
        source.batchSize(),
        epoch -> {
          Elements elements = source.elements(epoch);
          elements.skip(count);
          return elements;
        });
  }

  static IndexedDataset skip(IndexedDataset source, long count) {
    requireNotNegative("skip", count);
    return new IndexedView(
        source::order,
        source::spec,
        () -> Math.max(0, source.count() - count),
        source.batchSize(),
        (epoch, index) -> source.element(epoch, index + count));
  }

  static Dataset repeat(Dataset source, int times) {
    requireNotNegative("repeat", times);
    return new StreamView(
        source::order,
        source::spec,
        () -> {
          OptionalLong size = source.size();
          return size.isPresent()
              ? OptionalLong.of(Math.multiplyExact(size.getAsLong(), times))
              : size;
        },
        source.batchSize(),
        epoch ->
            new Repeated(
                pass -> source.elements(Math.addExact(Math.multiplyExact(epoch, times), pass)),
                times));
  }

  static IndexedDataset repeat(IndexedDataset source, int times) {
    requireNotNegative("repeat", times);
    return new IndexedView(
        source::order,
        source::spec,
        () -> Math.multiplyExact(source.count(), times),
        source.batchSize(),
        (epoch, index) -> {
          int pass = (int) (index / source.count());
          return source.element(
              Math.addExact(Math.multiplyExact(epoch, times), pass), index % source.count());
        });
  }

  static Dataset repeatForever(Dataset source) {
    return new StreamView(
        source::order,
        source::spec,
        OptionalLong::empty,
        source.batchSize(),
        epoch ->
            new Repeated(pass -> source.elements(Math.addExact(epoch, pass)), Integer.MAX_VALUE));
  }

  static long[] counts(double[] shares, long count) {
    double sum = Arrays.stream(shares).sum();
    boolean positive = Arrays.stream(shares).allMatch(share -> share > 0);
    if (shares.length < 2 && sum > 1 - ROUNDING || !positive || sum > 1 + ROUNDING) {
      throw new IllegalArgumentException(
          "split takes a share for each part, together at most 1, such as split(0.8, 0.2); not "
              + Arrays.toString(shares));
    }
    long[] counts = new long[shares.length];
    double end = 0;
    long first = 0;
    for (int i = 0; i < shares.length; i++) {
      end += shares[i];
      long last = (long) Math.rint(Math.min(1, end) * count);
      counts[i] = last - first;
      first = last;
    }
    return counts;
  }

  static List<IndexedDataset> split(IndexedDataset source, long[] counts) {
    long count = source.count();
    List<IndexedDataset> parts = new ArrayList<>();
    long next = 0;
    for (long size : counts) {
      if (size < 1 || size > count - next) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "split: %d elements do not part into %s; every part needs 1 or more",
                count,
                Arrays.toString(counts)));
      }
      long first = next;
      parts.add(
          new IndexedView(
              source::order,
              source::spec,
              () -> size,
              source.batchSize(),
              (epoch, index) -> source.element(0, first + index)));
      next += size;
    }
    return List.copyOf(parts);
  }

  private static final class Limited implements Elements {
    private final Elements source;
    private long left;

    Limited(Elements source, long count) {
      this.source = source;
      this.left = count;
    }

    @Override
    public @Nullable Element next() {
      return left-- > 0 ? source.next() : null;
    }

    @Override
    public long skip(long count) {
      long skipped = source.skip(Math.min(count, Math.max(0, left)));
      left -= skipped;
      return skipped;
    }

    @Override
    public void close() {
      source.close();
    }
  }

  /** Pass after pass; ends also with a pass that has nothing, which would repeat for ever. */
  private static final class Repeated implements Elements {
    private final IntFunction<Elements> passes;
    private final int times;
    private @Nullable Elements pass;
    private int started;
    private boolean any;

    Repeated(IntFunction<Elements> passes, int times) {
      this.passes = passes;
      this.times = times;
    }

    @Override
    public @Nullable Element next() {
      while (true) {
        if (pass == null) {
          if (started == times) {
            return null;
          }
          pass = passes.apply(started++);
          any = false;
        }
        Element element = pass.next();
        if (element != null) {
          any = true;
          return element;
        }
        if (!any) {
          return null;
        }
        close();
      }
    }

    @Override
    public void close() {
      if (pass != null) {
        pass.close();
        pass = null;
      }
    }
  }
}
