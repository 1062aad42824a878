package org.mdlc.runtime.data;

import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** What an operation makes of a data set whose elements come one after the other. */
final class StreamView implements Dataset {
  private final Supplier<String> order;
  private final Supplier<DataSpec> spec;
  private final Supplier<OptionalLong> size;
  private final OptionalInt batchSize;
  private final IntFunction<Elements> pass;

  StreamView(
      Supplier<DataSpec> spec,
      Supplier<OptionalLong> size,
      OptionalInt batchSize,
      IntFunction<Elements> pass) {
    this(() -> "", spec, size, batchSize, pass);
  }

  StreamView(
      Supplier<String> order,
      Supplier<DataSpec> spec,
      Supplier<OptionalLong> size,
      OptionalInt batchSize,
      IntFunction<Elements> pass) {
    this.order = order;
    this.spec = spec;
    this.size = size;
    this.batchSize = batchSize;
    this.pass = pass;
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
  public OptionalLong size() {
    return size.get();
  }

  @Override
  public OptionalInt batchSize() {
    return batchSize;
  }

  @Override
  public Elements elements(int epoch) {
    return pass.apply(epoch);
  }
}
