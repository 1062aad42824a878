package org.mdlc.runtime.data;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Two data sets side by side, or one after the other. */
final class Joins {
  private Joins() {}

  // ---- what decides the order

  static String shuffled(Dataset source, String how, long seed) {
    String before = source.order();
    return (before.isEmpty() ? "" : before + ", ") + how + " with seed " + seed;
  }

  private static String both(Dataset left, Dataset right) {
    return left.order().isEmpty() && right.order().isEmpty()
        ? ""
        : "(" + left.order() + ") and (" + right.order() + ")";
  }

  // ---- side by side

  static Dataset zip(Dataset left, Dataset right) {
    return new StreamView(
        () -> both(left, right),
        zippedSpec(left, right),
        () -> {
          OptionalLong l = left.size();
          OptionalLong r = right.size();
          return l.isPresent() && r.isPresent()
              ? OptionalLong.of(Math.min(l.getAsLong(), r.getAsLong()))
              : OptionalLong.empty();
        },
        requireSameBatches("zip", left, right),
        epoch -> zip(left.elements(epoch), right.elements(epoch)));
  }

  static IndexedDataset zip(IndexedDataset left, IndexedDataset right) {
    return new IndexedView(
        () -> both(left, right),
        zippedSpec(left, right),
        () -> Math.min(left.count(), right.count()),
        requireSameBatches("zip", left, right),
        (epoch, index) -> zip(left.element(epoch, index), right.element(epoch, index), index));
  }

  private static Elements zip(Elements left, Elements right) {
    return new Elements() {
      private long number;

      @Override
      public @Nullable Element next() {
        Element l = left.next();
        Element r = l == null ? null : right.next();
        return l == null || r == null ? null : zip(l, r, number++);
      }

      @Override
      public long skip(long count) {
        long skipped = Math.min(left.skip(count), right.skip(count));
        number += skipped;
        return skipped;
      }

      @Override
      public void close() {
        try (left) {
          right.close();
        }
      }
    };
  }

  private static Element zip(Element left, Element right, long number) {
    return () -> Rows.zip(left.make(), right.make(), number);
  }

  private static Supplier<DataSpec> zippedSpec(Dataset left, Dataset right) {
    return () ->
        new DataSpec(
            Stream.of(left, right).flatMap(side -> side.spec().columns().stream()).toList());
  }

  // ---- one after the other

  static Dataset concatenate(Dataset first, Dataset second) {
    return new StreamView(
        () -> both(first, second),
        sameSpec(first, second),
        () -> {
          OptionalLong f = first.size();
          OptionalLong s = second.size();
          return f.isPresent() && s.isPresent()
              ? OptionalLong.of(Math.addExact(f.getAsLong(), s.getAsLong()))
              : OptionalLong.empty();
        },
        requireSameBatches("concatenate", first, second),
        epoch -> new Chained(first.elements(epoch), () -> second.elements(epoch)));
  }

  static IndexedDataset concatenate(IndexedDataset first, IndexedDataset second) {
    return new IndexedView(
        () -> both(first, second),
        sameSpec(first, second),
        () -> Math.addExact(first.count(), second.count()),
        requireSameBatches("concatenate", first, second),
        (epoch, index) ->
            index < first.count()
                ? first.element(epoch, index)
                : second.element(epoch, index - first.count()));
  }

  private static final class Chained implements Elements {
    private final Supplier<Elements> rest;
    private Elements current;
    private boolean inRest;

    Chained(Elements first, Supplier<Elements> rest) {
      this.current = first;
      this.rest = rest;
    }

    @Override
    public @Nullable Element next() {
      Element element = current.next();
      if (element == null && goOn()) {
        element = current.next();
      }
      return element;
    }

    @Override
    public long skip(long count) {
      long skipped = current.skip(count);
      return skipped < count && goOn() ? skipped + current.skip(count - skipped) : skipped;
    }

    private boolean goOn() {
      if (inRest) {
        return false;
      }
      current.close();
      current = rest.get();
      inRest = true;
      return true;
    }

    @Override
    public void close() {
      current.close();
    }
  }

  private static Supplier<DataSpec> sameSpec(Dataset first, Dataset second) {
    return () -> {
      if (!first.spec().equals(second.spec())) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "concatenate takes data sets of the same columns, not %s and %s",
                first.spec(),
                second.spec()));
      }
      return first.spec();
    };
  }

  private static OptionalInt requireSameBatches(String operation, Dataset left, Dataset right) {
    if (!left.batchSize().equals(right.batchSize())) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s takes data sets of the same batches, not %s and %s: batch or unbatch one of them",
              operation,
              batches(left),
              batches(right)));
    }
    return left.batchSize();
  }

  private static String batches(Dataset data) {
    if (data.batchSize().isEmpty()) {
      return "single rows";
    }
    int rows = data.batchSize().getAsInt();
    return rows == 0 ? "batches of any size" : "batches of " + rows + " rows";
  }
}
