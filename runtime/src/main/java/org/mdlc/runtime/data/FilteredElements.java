package org.mdlc.runtime.data;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A pass over the elements that pass a test, which has to see them. */
final class FilteredElements implements Elements {
  private final Elements source;
  private final Predicate<ArrayDataset> test;

  FilteredElements(Elements source, Predicate<ArrayDataset> test) {
    this.source = source;
    this.test = test;
  }

  @Override
  public @Nullable Element next() {
    @Nullable Element element;
    while ((element = source.next()) != null) {
      ArrayDataset made = element.make();
      if (test.test(made)) {
        return () -> made;
      }
    }
    return null;
  }

  @Override
  public void close() {
    source.close();
  }
}
