package org.mdlc.compiler.format;

import java.util.Set;
import org.mdlc.compiler.syntax.Concrete;
import org.mdlc.compiler.syntax.Concrete.Branch;
import org.mdlc.compiler.syntax.Concrete.Rule;
import org.mdlc.compiler.syntax.Concrete.Word;

/** How many blanks stand between two parts of a branch. */
final class Spacing {
  private static final Set<String> CLOSE_TO_LEFT = Set.of(",", ")", "]", "?", ":", ";");
  private static final Set<String> OPENERS = Set.of("(", "[");

  private Spacing() {}

  /** Blanks before the part at {@code i}, which is not the first. */
  static int before(Branch branch, int i) {
    var before = word(branch.parts().get(i - 1));
    return switch (branch.rule()) {
      case GLOB, RANGE, MEMBER, TARGET_MEMBER, SPREAD, REST_DIM -> 0;
      case UNARY -> before.equals("not") ? 1 : 0;
      case INDEX_ITEM -> isWide(branch) ? 1 : 0;
      default -> isClose(branch, before, branch.parts().get(i)) ? 0 : 1;
    };
  }

  private static boolean isClose(Branch branch, String before, Concrete part) {
    var isWith = before.equals("with") && branch.rule() == Rule.VARIABLE;
    var beginsSlice = before.equals(",") && isColon(part);
    return (CLOSE_TO_LEFT.contains(word(part)) && !beginsSlice)
        || (OPENERS.contains(word(part)) && !isWith)
        || OPENERS.contains(before)
        || isParamList(part);
  }

  /** {@code a[top : top + rows]} but {@code a[1:-1]} and {@code a[n + 1:]}. */
  private static boolean isWide(Branch slice) {
    var parts = slice.parts();
    return parts.size() > 2
        && !isColon(parts.getFirst())
        && !isColon(parts.getLast())
        && parts.stream().anyMatch(p -> p instanceof Branch b && b.rule() == Rule.BINARY);
  }

  private static boolean isColon(Concrete part) {
    return word(part).equals(":");
  }

  private static boolean isParamList(Concrete part) {
    return part instanceof Branch b && b.rule() == Rule.PARAM_LIST;
  }

  /** The text of a word, or nothing. */
  static String word(Concrete part) {
    return part instanceof Word w ? w.text() : "";
  }
}
