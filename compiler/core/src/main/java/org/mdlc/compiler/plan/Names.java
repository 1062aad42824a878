package org.mdlc.compiler.plan;

import java.util.Set;
import java.util.regex.Pattern;

/** Words for generated code, made from the user's words. */
final class Names {
  private Names() {}

  /**
   * What no variable may be called in Java or C++, and what the printers call things of their own.
   */
  private static final Set<String> RESERVED =
      Set.of(
          ("abstract alignas alignof and asm assert auto batch bitand bitor blocks bool boolean break byte case"
                  + " catch char class compl const constexpr continue cut decltype default delete do double else"
                  + " enum explicit export extern extends false final finally fixedBase float for friend goto"
                  + " if implements import inline instanceof int interface libraryScratch long memory mutable"
                  + " namespace native new noexcept not null nullptr operator or paddedBatch package part partScratch points"
                  + " private protected public register return rowBase rowStart scratch short signed sizeof"
                  + " squareStart static strictfp struct super switch synchronized tail template this throw"
                  + " throws transient true try typedef typeid typename union unsigned using var"
                  + " variableBase variables virtual void volatile while xor yield")
              .split(" "));

  /** Axes, their sizes and the like: {@code i0}, {@code n1}, {@code from1}, {@code t0}. */
  private static final Pattern OF_PRINTERS = Pattern.compile("(i|n|t|from|to|full|block|slot)\\d+");

  /**
   * Letters, digits and underscores only, not starting with a digit, and free in generated code.
   */
  static String word(String text) {
    var word = text.replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "");
    if (word.isEmpty() || Character.isDigit(word.charAt(0))) {
      return "v" + word;
    }
    return RESERVED.contains(word) || OF_PRINTERS.matcher(word).matches() ? word + "_" : word;
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
