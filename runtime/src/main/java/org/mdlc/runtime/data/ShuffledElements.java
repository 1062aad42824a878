package org.mdlc.runtime.data;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pass through a buffer from which a random element is taken each time. */
final class ShuffledElements implements Elements {
  private final Elements source;
  private final int bufferSize;
  private final Draws draws;
  private final List<Element> buffer = new ArrayList<>();
  private boolean ended;

  ShuffledElements(Elements source, int bufferSize, Draws draws) {
    this.source = source;
    this.bufferSize = bufferSize;
    this.draws = draws;
  }

  @Override
  public @Nullable Element next() {
    while (!ended && buffer.size() < bufferSize) {
      Element element = source.next();
      if (element == null) {
        ended = true;
      } else {
        buffer.add(element);
      }
    }
    if (buffer.isEmpty()) {
      return null;
    }
    int place = draws.below(buffer.size());
    Element last = buffer.removeLast();
    return place == buffer.size() ? last : buffer.set(place, last);
  }

  @Override
  public void close() {
    source.close();
  }
}
