package org.mdlc.compiler.format;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.format.Piece.Place;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Concrete;
import org.mdlc.compiler.syntax.Concrete.Branch;
import org.mdlc.compiler.syntax.Concrete.Rule;
import org.mdlc.compiler.syntax.Concrete.Word;

/**
 * Walks the tree and says of each token where it may stand. Everything that a rule of the layout
 * says about one construct of the language is here and in {@link Spacing}.
 */
final class TakeApart {
  /** Indentation of what stands in braces. */
  private static final int INNER = 2;

  /** Indentation of a line that continues one. */
  private static final int CONTINUED = 4;

  /** Levels of breaks within one node of the tree. */
  private static final int LEVELS = 4;

  /** Nodes whose lines are indented against the line on which they begin. */
  private static final Set<Rule> SCOPES =
      Set.of(
          Rule.CALL,
          Rule.TARGET_CALL,
          Rule.INDEX,
          Rule.TARGET_INDEX,
          Rule.LIST,
          Rule.PARENTHESISED,
          Rule.TENSOR_TYPE,
          Rule.ENUM_TYPE,
          Rule.LIST_TYPE,
          Rule.TUPLE_TYPE,
          Rule.LAMBDA,
          Rule.SCAN);

  /** Nodes that may break behind their opening bracket. */
  private static final Set<Rule> BREAK_BEHIND_OPENER =
      Set.of(
          Rule.CALL, Rule.TARGET_CALL, Rule.LIST, Rule.LIST_TYPE, Rule.TUPLE_TYPE, Rule.VARIABLE);

  /** Nodes whose commas stay where they are: the names of a tuple, the parameters of a lambda. */
  private static final Set<Rule> KEEP_COMMAS_IN_LINE = Set.of(Rule.BINDING, Rule.LAMBDA);

  /** Words that begin a statement, and could also go on with the one before it. */
  private static final Set<String> CONTINUING = Set.of("+", "-", "with", "batch");

  /** Words that may begin a line in the middle of a statement. */
  private static final Map<Rule, Set<String>> CLAUSES =
      Map.of(
          Rule.VARIABLE, Set.of("with"),
          Rule.SCAN, Set.of("over", "reverse", "with"),
          Rule.MINIMIZE, Set.of("over", "with"),
          Rule.IMPORT_WEIGHTS, Set.of("sha256", "as", "for"));

  private final Row row;
  private final Set<Group> braces = new LinkedHashSet<>();
  private final List<Scope> items = new ArrayList<>();

  private TakeApart(SourceFile source) {
    this.row = new Row(source);
  }

  static Pieces pieces(SourceFile source, Branch file) {
    var walk = new TakeApart(source);
    walk.file(file);
    return new Pieces(walk.row.pieces(), List.copyOf(walk.braces), walk.items);
  }

  private void file(Branch file) {
    var top = new Scope();
    for (var item : file.parts()) {
      var scope = row.scope();
      items.add(scope);
      row.next(Place.always(0, top, 0));
      walk(item, scope, 0);
    }
    row.next(Place.always(0, top, 0));
    row.end();
  }

  private void walk(Concrete node, Scope scope, int depth) {
    switch (node) {
      case Word w -> row.add(w);
      case Branch b -> branch(b, SCOPES.contains(b.rule()) ? row.scope() : scope, scope, depth);
    }
  }

  /**
   * @param own where lines inside the brackets of the branch are indented from
   * @param scope the statement, or the entry of a list, in which the branch stands
   */
  private void branch(Branch b, Scope own, Scope scope, int depth) {
    switch (b.rule()) {
      case MODEL, FUNCTION, DEFINITION -> definition(b, scope, depth);
      case PIPE -> pipe(b, scope, depth, LEVELS * depth, Group.all());
      case BINARY -> binary(b, scope, depth, LEVELS * depth, Group.fill());
      case CONDITIONAL -> conditional(b, scope, new Chain(row.scope(), depth, false));
      case DATA -> data(b, scope, depth);
      default -> sequence(b, own, scope, depth);
    }
  }

  // ---- most nodes

  private void sequence(Branch b, Scope own, Scope scope, int depth) {
    var bracket = own;
    var entries = Group.fill();
    for (int i = 0; i < b.parts().size(); i++) {
      if (isNeedlessComma(b, i)) {
        continue;
      }
      if (i > 0) {
        place(b, i, bracket, scope, depth, entries);
      }
      if (b.rule() == Rule.VARIABLE && word(b, i).equals("with")) {
        bracket = row.scope();
      }
      if (isBraces(b.parts().get(i))) {
        var block = (Branch) b.parts().get(i);
        block(block.rule(), block.parts(), bracket, depth, LEVELS * depth, Group.all());
      } else {
        walk(b.parts().get(i), beginsEntry(b, i) ? row.scope() : scope, depth + 1);
      }
    }
  }

  /** Says how the part at {@code i} stands behind the one before it. */
  private void place(Branch b, int i, Scope bracket, Scope scope, int depth, Group entries) {
    int blanks = Spacing.before(b, i);
    var before = word(b, i - 1);
    var part = word(b, i);
    int level = LEVELS * depth + 1;
    var anchor = SCOPES.contains(b.rule()) ? bracket : scope;
    if (part.equals(")") || part.equals("]")) {
      row.next(Place.joined(blanks, bracket, 0), Place.joined(1, bracket, CONTINUED));
    } else if (before.equals(",") && !KEEP_COMMAS_IN_LINE.contains(b.rule())) {
      row.next(Place.may(blanks, bracket, CONTINUED, level + 1, entries));
    } else if (isOpener(before) && BREAK_BEHIND_OPENER.contains(b.rule())) {
      row.next(Place.may(blanks, bracket, CONTINUED, level + 1, null));
    } else if (before.equals("=>") || CLAUSES.getOrDefault(b.rule(), Set.of()).contains(part)) {
      row.next(Place.may(blanks, anchor, CONTINUED, level, null));
    } else {
      row.next(Place.joined(blanks, anchor, CONTINUED));
    }
  }

  /** Whether the part is one of several that stand side by side. */
  private static boolean beginsEntry(Branch b, int i) {
    var before = i == 0 ? "" : word(b, i - 1);
    return before.equals(",") || before.equals("=>") || isOpener(before);
  }

  private static boolean isOpener(String word) {
    return word.equals("(") || word.equals("[");
  }

  private static boolean isBraces(Concrete part) {
    return part instanceof Branch b && (b.rule() == Rule.BLOCK || b.rule() == Rule.TRAIN_BODY);
  }

  /** A comma before a closing bracket, unless it makes a tuple of one. */
  private boolean isNeedlessComma(Branch b, int i) {
    return word(b, i).equals(",")
        && i + 1 < b.parts().size()
        && (word(b, i + 1).equals(")") || word(b, i + 1).equals("]") || word(b, i + 1).equals("}"))
        && !(b.rule() == Rule.PARENTHESISED && i == 2)
        && row.isDirectlyBefore(b.parts().get(i));
  }

  private static String word(Branch b, int i) {
    return Spacing.word(b.parts().get(i));
  }

  // ---- definitions

  private void definition(Branch b, Scope scope, int depth) {
    int level = LEVELS * depth;
    for (int i = 0; i < b.parts().size(); i++) {
      var part = b.parts().get(i);
      var isValue = i > 0 && word(b, i - 1).equals("=");
      if (i > 0) {
        row.next(
            isValue
                ? Place.may(1, scope, CONTINUED, level, null)
                : Place.joined(Spacing.before(b, i), scope, CONTINUED));
      }
      if (isBraces(part)) {
        block(Rule.BLOCK, ((Branch) part).parts(), scope, depth, level, Group.all());
      } else if (part instanceof Branch list && list.rule() == Rule.PARAM_LIST) {
        paramList(list, scope, depth);
      } else {
        walk(part, isValue ? row.scope() : scope, depth + 1);
      }
    }
  }

  /** First the whole list moves to a line of its own; then its lines are filled. */
  private void paramList(Branch b, Scope scope, int depth) {
    int level = LEVELS * depth + 1;
    var parameters = Group.fill();
    for (int i = 0; i < b.parts().size(); i++) {
      if (isNeedlessComma(b, i)) {
        continue;
      }
      var before = i == 0 ? "" : word(b, i - 1);
      if (word(b, i).equals(")")) {
        row.next(Place.joined(0, scope, 0), Place.joined(1, scope, CONTINUED));
      } else if (isOpener(before)) {
        row.next(Place.may(0, scope, CONTINUED, level, null));
      } else if (before.equals(",")) {
        row.next(Place.may(1, scope, CONTINUED, level + 1, parameters));
      } else if (i > 0) {
        row.next(Place.joined(Spacing.before(b, i), scope, CONTINUED));
      }
      walk(b.parts().get(i), beginsEntry(b, i) ? row.scope() : scope, depth + 1);
    }
  }

  // ---- blocks

  /** From brace to brace; {@code group} breaks when a line inside does. */
  private void block(
      Rule rule, List<Concrete> parts, Scope anchor, int depth, int level, Group group) {
    row.add((Word) parts.getFirst());
    int first = row.size();
    Concrete before = parts.getFirst();
    for (int i = 1; i < parts.size() - 1; i++) {
      var part = parts.get(i);
      if (isSeparator(part)) {
        if (!isNeedless((Word) part, before, rule, parts.get(i + 1))) {
          row.next(Place.joined(0, anchor, INNER));
          row.add((Word) part);
          before = part;
        }
        continue;
      }
      var isFirst = before.equals(parts.getFirst());
      int blanks = isFirst || Spacing.word(before).equals(",") ? 1 : 2;
      var place =
          isFirst || rule == Rule.BLOCK
              ? Place.may(blanks, anchor, INNER, level, group)
              : Place.may(blanks, anchor, INNER, level + 1, null);
      row.next(!isFirst && beginsWithBracket(part) ? place.withAlways() : place);
      var scope = row.scope();
      if (rule == Rule.BLOCK && part instanceof Branch b && b.rule() == Rule.CONDITIONAL) {
        conditional(b, scope, new Chain(scope, depth + 1, true));
      } else {
        walk(part, scope, depth + 1);
      }
      before = part;
    }
    row.next(
        Place.may(parts.size() == 2 ? 0 : 1, anchor, 0, level, group),
        Place.joined(1, anchor, INNER));
    row.add((Word) parts.getLast());
    group.addInside(first, row.size());
    braces.remove(group); // the blocks of one `if` share theirs
    braces.add(group);
  }

  private static boolean isSeparator(Concrete part) {
    return part instanceof Word w && (w.text().equals(";") || w.text().equals(","));
  }

  /** A statement that would continue the one before it if it stood in the same line. */
  private static boolean beginsWithBracket(Concrete part) {
    return switch (part) {
      case Word _ -> false;
      case Branch b ->
          isOpener(word(b, 0)) || (!b.parts().isEmpty() && beginsWithBracket(b.parts().getFirst()));
    };
  }

  /** Whether a `;` or the last comma of a block may go without changing what follows it. */
  private boolean isNeedless(Word separator, Concrete before, Rule rule, Concrete next) {
    if (!row.isDirectlyBefore(separator)) {
      return false;
    }
    if (Spacing.word(next).equals("}")) {
      return true;
    }
    return separator.text().equals(";")
        && (rule == Rule.TRAIN_BODY || isSeparator(next) || beginsAlone(next, before));
  }

  /** Whether no parser could take a statement for the rest of the one before it. */
  private static boolean beginsAlone(Concrete next, Concrete before) {
    return !CONTINUING.contains(firstWord(next)) && !Spacing.word(before).equals("return");
  }

  private static String firstWord(Concrete node) {
    return switch (node) {
      case Word w -> w.text();
      case Branch b -> firstWord(b.parts().getFirst());
    };
  }

  private void data(Branch b, Scope scope, int depth) {
    for (int i = 0; i < b.parts().size(); i++) {
      if (i > 0) {
        row.next(Place.joined(1, scope, CONTINUED));
      }
      if (word(b, i).equals("{")) {
        var fields = b.parts().subList(i, b.parts().size());
        block(Rule.DATA, fields, scope, depth, LEVELS * depth, Group.all());
        return;
      }
      walk(b.parts().get(i), scope, depth + 1);
    }
  }

  // ---- conditionals

  /**
   * An {@code if} with all its {@code else if}s. Its blocks are all in one line or all broken; a
   * value of several blocks has a line for each before these are broken.
   */
  private record Chain(Scope first, int depth, boolean isStatement, Group blocks, Group branches) {
    Chain(Scope first, int depth, boolean isStatement) {
      this(first, depth, isStatement, Group.all(), Group.all());
    }

    int blockLevel() {
      return LEVELS * depth + (isStatement ? 0 : 1);
    }

    int branchLevel() {
      return LEVELS * depth + (isStatement ? 1 : 0);
    }
  }

  private void conditional(Branch b, Scope scope, Chain chain) {
    var parts = b.parts();
    var anchor = row.scope();
    row.add((Word) parts.getFirst());
    row.next(Place.joined(1, scope, CONTINUED));
    walk(parts.get(1), scope, chain.depth() + 1);
    row.next(Place.joined(1, anchor, 0));
    conditionalBlock((Branch) parts.get(2), anchor, chain);
    if (parts.size() == 3) {
      return;
    }
    var elseScope = row.scope();
    row.next(
        new Place(
            1,
            Piece.Wrap.MAY,
            chain.first(),
            CONTINUED,
            0,
            chain.branchLevel(),
            chain.branches(),
            chain.blocks()));
    row.add((Word) parts.get(3));
    row.next(Place.joined(1, elseScope, 0));
    var otherwise = (Branch) parts.get(4);
    if (otherwise.rule() == Rule.CONDITIONAL) {
      conditional(otherwise, scope, chain);
    } else {
      conditionalBlock(otherwise, elseScope, chain);
    }
  }

  private void conditionalBlock(Branch block, Scope anchor, Chain chain) {
    block(Rule.BLOCK, block.parts(), anchor, chain.depth() + 1, chain.blockLevel(), chain.blocks());
  }

  // ---- operators

  /** The links of a chain of pipes. */
  private void pipe(Branch b, Scope scope, int depth, int level, Group links) {
    if (b.parts().getFirst() instanceof Branch left && left.rule() == Rule.PIPE) {
      pipe(left, scope, depth, level, links);
    } else {
      walk(b.parts().getFirst(), scope, depth + 1);
    }
    operator(b, scope, depth, Place.may(1, scope, CONTINUED, level, links));
  }

  /** Operators of one precedence, one behind the other, break alike. */
  private void binary(Branch b, Scope scope, int depth, int level, Group operators) {
    if (b.parts().getFirst() instanceof Branch left
        && left.rule() == Rule.BINARY
        && precedence(left) == precedence(b)) {
      binary(left, scope, depth, level, operators);
    } else {
      walk(b.parts().getFirst(), scope, depth + 1);
    }
    operator(b, scope, depth, Place.may(1, scope, CONTINUED, level, operators));
  }

  private void operator(Branch b, Scope scope, int depth, Place place) {
    row.next(place);
    row.addOperator((Word) b.parts().get(1));
    row.next(Place.joined(1, scope, CONTINUED));
    walk(b.parts().get(2), scope, depth + 1);
  }

  private static int precedence(Branch b) {
    return switch (word(b, 1)) {
      case "or" -> 0;
      case "and" -> 1;
      case "==", "!=", "<", "<=", ">", ">=" -> 2;
      case "<<", ">>" -> 3;
      case "+", "-" -> 4;
      case "*", "/", "%", "@" -> 5;
      default -> 6;
    };
  }
}
