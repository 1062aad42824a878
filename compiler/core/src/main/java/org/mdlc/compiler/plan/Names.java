package org.mdlc.compiler.plan;

import java.util.Set;

/** Words for generated code, made from the user's words. */
final class Names {
  private Names() {}

  /** Letters, digits and underscores only, not starting with a digit. */
  static String word(String text) {
    var word = text.replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "");
    return word.isEmpty() || Character.isDigit(word.charAt(0)) ? "v" + word : word;
  }

  /** The word, or the word with the smallest number that makes it new; it is taken from then on. */
  static String unique(String word, Set<String> taken) {
    var candidate = word;
    for (int i = 2; !taken.add(candidate); i++) {
      candidate = word + "_" + i;
    }
    return candidate;
  }
}
