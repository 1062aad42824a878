package org.mdlc.runtime.data;

import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A function on elements, with what their rows hold afterwards. */
final class Mapping {
  private final UnaryOperator<ArrayDataset> function;
  private final Supplier<DataSpec> spec;

  private Mapping(UnaryOperator<ArrayDataset> function, Supplier<DataSpec> spec) {
    this.function = function;
    this.spec = spec;
  }

  static Mapping declared(Dataset source, DataSpec result, UnaryOperator<ArrayDataset> function) {
    return new Mapping(function, () -> result);
  }

  static Mapping found(Dataset source, UnaryOperator<ArrayDataset> function) {
    return new Mapping(function, new FirstSpec(source, function));
  }

  Dataset of(Dataset source) {
    return new StreamView(
        source::order,
        spec,
        source::size,
        source.batchSize(),
        epoch -> elements(source.elements(epoch)));
  }

  IndexedDataset of(IndexedDataset source) {
    return new IndexedView(
        source::order,
        spec,
        source::count,
        source.batchSize(),
        (epoch, index) -> mapped(source.element(epoch, index), index));
  }

  private Elements elements(Elements source) {
    return new Elements() {
      private long number;

      @Override
      public @Nullable Element next() {
        Element element = source.next();
        return element == null ? null : mapped(element, number++);
      }

      @Override
      public long skip(long count) {
        long skipped = source.skip(count);
        number += skipped;
        return skipped;
      }

      @Override
      public void close() {
        source.close();
      }
    };
  }

  private Element mapped(Element element, long number) {
    return () -> {
      ArrayDataset before = element.make();
      ArrayDataset after = function.apply(before);
      if (after.rows() != before.rows()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "map: element %d of %d rows became %d rows; a map keeps their number",
                number,
                before.rows(),
                after.rows()));
      }
      spec.get().require(after, "map: element " + number);
      return after;
    };
  }

  /** What a function gives for the first element of epoch 0; looked at once. */
  private static final class FirstSpec implements Supplier<DataSpec> {
    private final Dataset source;
    private final UnaryOperator<ArrayDataset> function;
    private @Nullable DataSpec found;

    FirstSpec(Dataset source, UnaryOperator<ArrayDataset> function) {
      this.source = source;
      this.function = function;
    }

    @Override
    public synchronized DataSpec get() {
      if (found == null) {
        try (Elements elements = source.elements(0)) {
          Element first = elements.next();
          if (first == null) {
            throw new DataException(
                "map: the data set is empty, so what the function makes of a row is unknown; say it:"
                    + " map(DataSpec.of(..), function)");
          }
          found = DataSpec.of(function.apply(first.make()));
        }
      }
      return found;
    }
  }
}
