package org.mdlc.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.grammar.MdlParser;

/** Turns ANTLR's tree of a text without errors into a {@link Concrete} one. */
final class ConcreteBuilder {
  private static final Pattern INNER_CAPITAL = Pattern.compile("(?<=.)(?=[A-Z])");

  private final SourceFile source;

  ConcreteBuilder(SourceFile source) {
    this.source = source;
  }

  Concrete.Branch file(MdlParser.FileContext tree) {
    return new Concrete.Branch(Concrete.Rule.FILE, parts(tree));
  }

  private List<Concrete> parts(ParserRuleContext tree) {
    var parts = new ArrayList<Concrete>();
    for (int i = 0; i < tree.getChildCount(); i++) {
      add(tree.getChild(i), parts);
    }
    return parts;
  }

  private void add(ParseTree child, List<Concrete> parts) {
    switch (child) {
      case TerminalNode leaf when leaf.getSymbol().getType() == Token.EOF -> {}
      case TerminalNode leaf -> parts.add(new Concrete.Word(Tokens.span(source, leaf.getSymbol())));
      case MdlParser.ArgumentsContext arguments -> parts.addAll(parts(arguments));
      case ParserRuleContext tree when tree.getChildCount() == 1 -> add(tree.getChild(0), parts);
      case ParserRuleContext tree -> parts.add(new Concrete.Branch(rule(tree), parts(tree)));
      default -> throw new IllegalStateException("not a part of a tree: " + child);
    }
  }

  /** {@code ImportFileContext} is the rule {@code IMPORT_FILE}. */
  private static Concrete.Rule rule(ParserRuleContext tree) {
    var name = tree.getClass().getSimpleName().replace("Context", "");
    return Concrete.Rule.valueOf(
        INNER_CAPITAL.matcher(name).replaceAll("_").toUpperCase(Locale.ROOT));
  }
}
