package org.mdlc.runtime.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Different texts in sorted order. One takes about ten bytes beyond the string, where a tree takes
 * forty, and unlike in a table of hashes no choice of texts makes it slow.
 */
final class SortedTexts {
  private static final int MIN_FRESH = 64;

  private String[] sorted = {};
  private final List<String> fresh = new ArrayList<>();

  void add(String text) {
    if (Arrays.binarySearch(sorted, text) < 0) {
      fresh.add(text);
      if (fresh.size() >= MIN_FRESH + sorted.length / 4) {
        merge();
      }
    }
  }

  List<String> toList() {
    merge();
    return List.of(sorted);
  }

  private void merge() {
    Collections.sort(fresh);
    String[] merged = new String[sorted.length + fresh.size()];
    int size = 0;
    int next = 0;
    for (String text : fresh) {
      while (next < sorted.length && sorted[next].compareTo(text) < 0) {
        merged[size++] = sorted[next++];
      }
      if (size == 0 || !merged[size - 1].equals(text)) { // it is not among the sorted ones
        merged[size++] = text;
      }
    }
    int rest = sorted.length - next;
    System.arraycopy(sorted, next, merged, size, rest);
    sorted = Arrays.copyOf(merged, size + rest);
    fresh.clear();
  }
}
