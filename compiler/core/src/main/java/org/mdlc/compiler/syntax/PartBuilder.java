package org.mdlc.compiler.syntax;

import java.util.Map;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.source.Span;
import org.mdlc.grammar.MdlParser;

/**
 * What the builders of all parts of a file have in common: names, comments and places of ANTLR's
 * tree, and whether it has a hole.
 */
abstract sealed class PartBuilder
    permits TreeBuilder, StatementBuilder, ExpressionBuilder, TrainBuilder {
  final SyntaxErrors errors;
  final Literals literals;
  private final Map<Integer, String> docs;

  /**
   * @param docs comments by where what they describe begins
   */
  PartBuilder(SyntaxErrors errors, Map<Integer, String> docs, Literals literals) {
    this.errors = errors;
    this.docs = docs;
    this.literals = literals;
  }

  PartBuilder(PartBuilder other) {
    this(other.errors, other.docs, other.literals);
  }

  static boolean hasName(MdlParser.@Nullable NameContext name) {
    return name != null
        && name.exception == null
        && name.getChildCount() > 0
        && !(name.getChild(0) instanceof org.antlr.v4.runtime.tree.ErrorNode);
  }

  final Ast.Name name(MdlParser.NameContext name) {
    return new Ast.Name(name.getText(), span(name));
  }

  final Ast.Name anyName(MdlParser.AnyNameContext name) {
    return new Ast.Name(name.getText(), span(name));
  }

  final Ast.Name word(MdlParser.WordContext word) {
    return new Ast.Name(word.getText(), span(word));
  }

  final String doc(ParserRuleContext tree) {
    return docs.getOrDefault(tree.getStart().getStartIndex(), "");
  }

  /** Whether the parser got to the end of this part and of the parts that it must have. */
  static boolean isComplete(ParserRuleContext tree, @Nullable ParseTree... parts) {
    for (var part : parts) {
      if (part == null) {
        return false;
      }
    }
    return tree.getStart() != null;
  }

  static boolean isWhole(ParserRuleContext tree) {
    return tree.exception == null;
  }

  /** A part that the tree has no place for comes from an error that the parser has reported. */
  final void requireReported(ParserRuleContext tree) {
    if (!errors.any()) {
      throw new IllegalStateException("no error was reported for " + tree.getText());
    }
  }

  final Span span(ParserRuleContext tree) {
    var start = tree.getStart();
    var stop = tree.getStop();
    var from = Math.min(start.getStartIndex(), errors.source().text().length());
    return errors.span(
        from,
        stop == null
            ? from
            : Math.max(from, Math.min(Tokens.end(stop), errors.source().text().length())));
  }

  final Span span(Token token) {
    return Tokens.span(errors.source(), token);
  }
}
