package org.mdlc.compiler.diag;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class DidYouMean {
  private DidYouMean() {}

  /**
   * The candidate nearest to a misspelt word, if one is near enough: a third of the letters may be
   * wrong. Case and underscores count little, so that {@code max_pooling_2d} finds {@code
   * MaxPooling2D}.
   */
  public static Optional<String> nearest(String word, Collection<String> candidates) {
    return candidates.stream()
        .filter(candidate -> !candidate.equals(word))
        .map(candidate -> new Guess(candidate, cost(word, candidate)))
        .filter(guess -> guess.cost <= allowedCost(word))
        .min(
            Comparator.comparingInt(Guess::cost)
                .thenComparingInt(guess -> distance(word, guess.name))
                .thenComparing(Guess::name))
        .map(Guess::name);
  }

  private record Guess(String name, int cost) {}

  // Costs count thirds of a letter: a word that differs only in case or underscores costs 1, a
  // wrong letter 3.
  private static int allowedCost(String word) {
    return word.length() < 3 ? 1 : Math.max(4, word.length());
  }

  private static int cost(String word, String candidate) {
    var plainWord = plain(word);
    var plainCandidate = plain(candidate);
    if (plainWord.equals(plainCandidate)) {
      return 1;
    }
    var lengthsApart = Math.abs(plainWord.length() - plainCandidate.length());
    return 3 * lengthsApart > allowedCost(word)
        ? Integer.MAX_VALUE
        : 3 * distance(plainWord, plainCandidate) + 1 - same(word, candidate);
  }

  /** 1 when both begin with the same letter, which few people get wrong. */
  private static int same(String word, String candidate) {
    return !word.isEmpty() && !candidate.isEmpty() && word.charAt(0) == candidate.charAt(0) ? 1 : 0;
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace("_", "");
  }

  /**
   * Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, changes and
   * swaps of neighbours.
   */
  static int distance(String a, String b) {
    var rows = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        rows[i][j] = i == 0 || j == 0 ? i + j : cheapest(rows, a, b, i, j);
      }
    }
    return rows[a.length()][b.length()];
  }

  private static int cheapest(int[][] rows, String a, String b, int i, int j) {
    var change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    var best = Math.min(rows[i - 1][j - 1] + change, 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
    var swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, rows[i - 2][j - 2] + 1) : best;
  }
}
