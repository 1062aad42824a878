package org.mdlc.compiler.syntax;

import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.grammar.MdlLexer;
import org.mdlc.grammar.MdlParser;

/** Builds expressions, and the types that they stand in. */
final class ExpressionBuilder extends PartBuilder {
  private final StatementBuilder statements;

  ExpressionBuilder(PartBuilder file) {
    super(file);
    this.statements = new StatementBuilder(file, this);
  }

  StatementBuilder statements() {
    return statements;
  }

  Ast.@Nullable Expr optional(MdlParser.@Nullable ExprContext expr) {
    return expr == null ? null : expr(expr);
  }

  Ast.Expr expr(MdlParser.@Nullable ExprContext expr) {
    return switch (expr) {
      case MdlParser.CallContext c when isComplete(c, c.target) ->
          new Ast.Call(expr(c.target), arguments(c.arguments()), span(c));
      case MdlParser.IndexContext i when isComplete(i, i.target) ->
          new Ast.Index(expr(i.target), indexItems(i.indexItem()), span(i));
      case MdlParser.MemberContext m when isComplete(m, m.target, m.anyName()) ->
          new Ast.Member(expr(m.target), anyName(m.anyName()), span(m));
      case MdlParser.BinaryContext b when isComplete(b, b.left, b.right) -> binary(b);
      case MdlParser.UnaryContext u when isComplete(u, u.expr()) ->
          new Ast.Unary(unaryOp(u.op), expr(u.expr()), span(u));
      case MdlParser.RangeContext r when isComplete(r, r.left, r.right) ->
          new Ast.Range(expr(r.left), expr(r.right), span(r));
      case MdlParser.PipeContext p when isComplete(p, p.left, p.right) ->
          new Ast.Pipe(expr(p.left), target(p.right), span(p.op), span(p));
      case MdlParser.AtomContext a when isComplete(a, a.primary()) -> primary(a.primary());
      case null -> new Ast.ErrorExpr(errors.source().span(0, 0));
      default -> broken(expr);
    };
  }

  private Ast.Expr target(MdlParser.PipeTargetContext target) {
    return switch (target) {
      case MdlParser.TargetCallContext c when isComplete(c, c.target) ->
          new Ast.Call(target(c.target), arguments(c.arguments()), span(c));
      case MdlParser.TargetIndexContext i when isComplete(i, i.target) ->
          new Ast.Index(target(i.target), indexItems(i.indexItem()), span(i));
      case MdlParser.TargetMemberContext m when isComplete(m, m.target, m.anyName()) ->
          new Ast.Member(target(m.target), anyName(m.anyName()), span(m));
      case MdlParser.TargetAtomContext a when isComplete(a, a.primary()) -> primary(a.primary());
      default -> broken(target);
    };
  }

  private Ast.Expr broken(ParserRuleContext tree) {
    requireReported(tree);
    return new Ast.ErrorExpr(span(tree));
  }

  private Ast.Expr binary(MdlParser.BinaryContext b) {
    var op = binaryOp(b.op);
    var left = expr(b.left);
    var right = expr(b.right);
    if (op.isComparison()
        && left instanceof Ast.Binary inner
        && inner.op().isComparison()
        && !isParenthesised(b.left)) {
      reportChain(b, inner);
    }
    return new Ast.Binary(op, left, right, span(b.op), span(b));
  }

  private static boolean isParenthesised(MdlParser.ExprContext expr) {
    return expr instanceof MdlParser.AtomContext;
  }

  private void reportChain(MdlParser.BinaryContext b, Ast.Binary inner) {
    var middle = inner.right().span();
    errors.report(
        Diagnostic.of(Codes.CHAINED_COMPARISON, span(b.op), "comparisons cannot be chained")
            .also(inner.operator(), "the first one gives true or false")
            .help("compare twice", middle, middle.text() + " and " + middle.text()));
  }

  private static Ast.BinaryOp binaryOp(Token op) {
    for (var candidate : Ast.BinaryOp.values()) {
      if (candidate.symbol().contentEquals(symbol(op))) {
        return candidate;
      }
    }
    throw new IllegalStateException(
        "operator " + op.getText() + " is in the grammar but not in the tree");
  }

  private static Ast.UnaryOp unaryOp(Token op) {
    return switch (op.getType()) {
      case MdlLexer.MINUS -> Ast.UnaryOp.NEGATE;
      case MdlLexer.PLUS -> Ast.UnaryOp.PLUS;
      default -> Ast.UnaryOp.NOT;
    };
  }

  /** By type, not by text: a mended token still has the text that was written. */
  private static String symbol(Token op) {
    var literal = MdlLexer.VOCABULARY.getLiteralName(op.getType());
    return literal.substring(1, literal.length() - 1);
  }

  private Ast.Expr primary(MdlParser.PrimaryContext primary) {
    return switch (primary) {
      case MdlParser.NameUseContext n when hasName(n.name()) ->
          new Ast.NameExpr(n.getText(), span(n));
      case MdlParser.IntLiteralContext n -> literals.integer(n.INT().getSymbol());
      case MdlParser.FloatLiteralContext n -> literals.floating(n.FLOAT().getSymbol());
      case MdlParser.StringLiteralContext s -> literals.string(s.STRING().getSymbol());
      case MdlParser.BoolLiteralContext b ->
          new Ast.BoolLit(b.value.getType() == MdlLexer.TRUE, span(b));
      case MdlParser.NoneLiteralContext n -> new Ast.NoneLit(span(n));
      case MdlParser.TrainingUseContext t -> new Ast.Training(span(t));
      case MdlParser.AdaptingUseContext a -> new Ast.Adapting(span(a));
      case MdlParser.ListContext l ->
          new Ast.ListExpr(l.listItem().stream().map(this::listItem).toList(), span(l));
      case MdlParser.ParenthesisedContext p when !p.listItem().isEmpty() -> parenthesised(p);
      case MdlParser.ConditionalUseContext c when c.conditional() != null ->
          ifExpr(c.conditional());
      case MdlParser.LambdaContext l when isComplete(l, l.expr()) ->
          new Ast.Lambda(l.name().stream().map(this::name).toList(), expr(l.expr()), span(l));
      case MdlParser.ScanContext s when isComplete(s, s.block()) -> scan(s);
      default -> broken(primary);
    };
  }

  private Ast.Expr parenthesised(MdlParser.ParenthesisedContext p) {
    var elements = p.listItem().stream().map(this::listItem).toList();
    return p.comma.isEmpty() && !(elements.getFirst() instanceof Ast.Spread)
        ? elements.getFirst()
        : new Ast.TupleExpr(elements, span(p));
  }

  private Ast.Expr listItem(MdlParser.ListItemContext item) {
    return switch (item) {
      case MdlParser.SpreadContext s when s.expr() != null ->
          new Ast.Spread(expr(s.expr()), span(s));
      case MdlParser.ElementContext e when e.expr() != null -> expr(e.expr());
      default -> broken(item);
    };
  }

  private Ast.Expr ifExpr(MdlParser.ConditionalContext c) {
    if (!StatementBuilder.hasValue(c)) {
      return withoutValue(c);
    }
    var otherwise =
        c.conditional() == null
            ? statements.block(c.block(1))
            : new Ast.Block(List.of(), ifExpr(c.conditional()), span(c.conditional()));
    return new Ast.IfExpr(expr(c.expr()), statements.block(c.block(0)), otherwise, span(c));
  }

  private Ast.Expr withoutValue(MdlParser.ConditionalContext c) {
    var place = span(c);
    if (!errors.within(place)) {
      var hasElse = c.ELSE() != null;
      errors.report(
          Diagnostic.of(
                  Codes.MISSING_BRANCH,
                  span(c.IF().getSymbol()),
                  "this `if` is used as a value and has none")
              .label(
                  hasElse ? "a branch ends without a value" : "nothing is said for the other case")
              .help(hasElse ? "end every branch with a value" : "add `else { ... }`"));
    }
    return new Ast.ErrorExpr(place);
  }

  private Ast.Expr scan(MdlParser.ScanContext s) {
    var sources =
        s.scanSource().stream()
            .filter(x -> hasName(x.name()) && x.expr() != null)
            .map(x -> new Ast.ScanSource(name(x.name()), expr(x.expr()), span(x)))
            .toList();
    var carries =
        s.carry().stream()
            .filter(x -> hasName(x.name()) && x.expr() != null)
            .map(x -> new Ast.Carry(name(x.name()), expr(x.expr()), span(x)))
            .toList();
    return new Ast.Scan(
        sources,
        optional(s.over),
        optional(s.reverse),
        carries,
        statements.block(s.block()),
        span(s));
  }

  List<Ast.Arg> arguments(MdlParser.@Nullable ArgumentsContext arguments) {
    if (arguments == null) {
      return List.of();
    }
    return arguments.argument().stream()
        .filter(a -> a.expr() != null)
        .map(
            a ->
                new Ast.Arg(
                    a.anyName() == null ? null : anyName(a.anyName()), expr(a.expr()), span(a)))
        .toList();
  }

  private List<Ast.IndexItem> indexItems(List<MdlParser.IndexItemContext> items) {
    return items.stream().map(this::indexItem).toList();
  }

  private Ast.IndexItem indexItem(MdlParser.IndexItemContext item) {
    if (item.rest != null) {
      return new Ast.RestIndex(span(item));
    }
    if (item.colon != null) {
      return new Ast.Slice(optional(item.from), optional(item.to), optional(item.step), span(item));
    }
    return new Ast.OneIndex(item.from == null ? broken(item) : expr(item.from), span(item));
  }

  // ---- types

  Ast.@Nullable TypeExpr type(MdlParser.@Nullable TypeContext type) {
    if (type == null || type.typeAtom().isEmpty()) {
      return null;
    }
    var alternatives = type.typeAtom().stream().map(this::typeAtom).toList();
    var last = alternatives.getLast().span();
    var union =
        alternatives.size() == 1
            ? alternatives.getFirst()
            : new Ast.UnionType(alternatives, alternatives.getFirst().span().to(last));
    return type.QUESTION() == null ? union : new Ast.OptionalType(union, span(type));
  }

  private Ast.TypeExpr typeAtom(MdlParser.TypeAtomContext atom) {
    return switch (atom) {
      case MdlParser.TensorTypeContext t when hasName(t.name()) ->
          new Ast.TensorType(name(t.name()), t.dim().stream().map(this::dim).toList(), span(t));
      case MdlParser.EnumTypeContext t ->
          new Ast.EnumType(t.word().stream().map(this::word).toList(), span(t));
      case MdlParser.NamedTypeContext t -> new Ast.NamedType(t.getText(), span(t));
      case MdlParser.ListTypeContext t when t.type() != null ->
          new Ast.ListType(orAny(type(t.type()), t), span(t));
      case MdlParser.TupleTypeContext t ->
          new Ast.TupleType(t.type().stream().map(e -> orAny(type(e), e)).toList(), span(t));
      default -> new Ast.NamedType(atom.getText(), span(atom));
    };
  }

  private Ast.TypeExpr orAny(Ast.@Nullable TypeExpr type, ParserRuleContext place) {
    return type == null ? new Ast.NamedType("any", span(place)) : type;
  }

  private Ast.DimExpr dim(MdlParser.DimContext dim) {
    return switch (dim) {
      case MdlParser.RestDimContext r when hasName(r.name()) ->
          new Ast.RestDims(name(r.name()), span(r));
      case MdlParser.OneDimContext o when o.expr() != null ->
          new Ast.OneDim(expr(o.expr()), span(o));
      default -> new Ast.OneDim(new Ast.ErrorExpr(span(dim)), span(dim));
    };
  }
}
