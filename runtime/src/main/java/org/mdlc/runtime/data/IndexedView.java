package org.mdlc.runtime.data;

import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What an operation makes of a data set whose elements can be had in any order. */
final class IndexedView implements IndexedDataset {
  /** Finds an element; any number of threads may. */
  @FunctionalInterface
  interface Finder {
    /** The element at a place of the order of an epoch. */
    Element find(int epoch, long index);
  }

  private final Supplier<String> order;
  private final Supplier<DataSpec> spec;
  private final LongSupplier count;
  private final OptionalInt batchSize;
  private final Finder finder;

  IndexedView(Supplier<DataSpec> spec, LongSupplier count, OptionalInt batchSize, Finder finder) {
    this(() -> "", spec, count, batchSize, finder);
  }

  IndexedView(
      Supplier<String> order,
      Supplier<DataSpec> spec,
      LongSupplier count,
      OptionalInt batchSize,
      Finder finder) {
    this.order = order;
    this.spec = spec;
    this.count = count;
    this.batchSize = batchSize;
    this.finder = finder;
  }

  @Override
  public String order() {
    return order.get();
  }

  @Override
  public DataSpec spec() {
    return spec.get();
  }

  @Override
  public long count() {
    return count.getAsLong();
  }

  @Override
  public OptionalInt batchSize() {
    return batchSize;
  }

  @Override
  public ArrayDataset get(long index) {
    return element(0, index).make();
  }

  @Override
  public Element element(int epoch, long index) {
    return finder.find(epoch, Objects.checkIndex(index, count()));
  }
}
