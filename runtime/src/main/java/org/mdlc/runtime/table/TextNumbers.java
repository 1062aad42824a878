package org.mdlc.runtime.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.IntStream;

/** Finds the number of a category by its text, in eight bytes beyond the string for each. */
final class TextNumbers {
  private final String[] sorted;
  private final int[] numbers;

  /**
   * @param vocabulary in the order of the numbers; one that is there twice counts once
   */
  TextNumbers(List<String> vocabulary) {
    if (isAscending(vocabulary)) {
      sorted = vocabulary.toArray(String[]::new);
      numbers = IntStream.range(0, sorted.length).toArray();
    } else {
      List<String> different = new ArrayList<>(new LinkedHashSet<>(vocabulary));
      numbers =
          IntStream.range(0, different.size())
              .boxed()
              .sorted(Comparator.comparing(different::get))
              .mapToInt(Integer::intValue)
              .toArray();
      sorted = Arrays.stream(numbers).mapToObj(different::get).toArray(String[]::new);
    }
  }

  private static boolean isAscending(List<String> texts) {
    return IntStream.range(1, texts.size())
        .allMatch(i -> texts.get(i - 1).compareTo(texts.get(i)) < 0);
  }

  /** The number of a text; -1 if it has none. */
  int find(String text) {
    int place = Arrays.binarySearch(sorted, text);
    return place < 0 ? -1 : numbers[place];
  }
}
