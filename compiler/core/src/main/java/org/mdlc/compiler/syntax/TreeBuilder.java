package org.mdlc.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.source.Span;
import org.mdlc.grammar.MdlLexer;
import org.mdlc.grammar.MdlParser;

/**
 * Turns ANTLR's tree into ours. Where the parser has reported an error its tree has holes: a broken
 * expression becomes an {@link Ast.ErrorExpr}, a broken statement or definition is left out.
 */
final class TreeBuilder {
  /** Reads the expression in a stretch of the file. */
  interface ExpressionReader {
    Ast.Expr read(int start, int end);
  }

  private final SyntaxErrors errors;
  private final Map<Integer, String> docs;
  private final Literals literals;

  TreeBuilder(SyntaxErrors errors, Map<Integer, String> docs, ExpressionReader reader) {
    this.errors = errors;
    this.docs = docs;
    this.literals = new Literals(errors, reader);
  }

  Ast.File file(MdlParser.FileContext tree) {
    var items = new ArrayList<Ast.Item>();
    for (var item : tree.item()) {
      item(item).ifPresent(items::add);
    }
    var file = new Ast.File(errors.source(), items, errors.source().whole());
    new CheckPlacement(errors).check(file);
    return file;
  }

  // ---- definitions

  private Optional<Ast.Item> item(MdlParser.ItemContext item) {
    return switch (item) {
      case MdlParser.ImportFileContext i when isWhole(i) ->
          Optional.of(new Ast.Import(literals.string(i.STRING().getSymbol()), span(i)));
      case MdlParser.ImportWeightsContext i when isWhole(i) -> Optional.of(importWeights(i));
      case MdlParser.ConstantContext c when isWhole(c) ->
          Optional.of(
              new Ast.Constant(doc(c), name(c.name()), type(c.type()), expr(c.expr()), span(c)));
      case MdlParser.ModelContext m when hasName(m.name()) && m.block() != null ->
          Optional.of(
              new Ast.Model(
                  doc(m), name(m.name()), params(m.paramList()), block(m.block()), span(m)));
      case MdlParser.FunctionContext f when hasName(f.name()) && f.paramList() != null ->
          Optional.of(
              new Ast.Function(
                  doc(f),
                  name(f.name()),
                  params(f.paramList()),
                  type(f.type()),
                  body(f.block(), f.expr(), f),
                  span(f)));
      case MdlParser.DefinitionContext d when hasName(d.name()) && d.kind != null ->
          Optional.of(definition(d));
      case MdlParser.TrainContext t when hasName(t.name()) && t.trainBody() != null ->
          Optional.of(
              new Ast.Train(
                  doc(t),
                  name(t.name()),
                  arguments(t.arguments()),
                  trainItems(t.trainBody()),
                  span(t)));
      default -> Optional.empty();
    };
  }

  private Ast.WeightsImport importWeights(MdlParser.ImportWeightsContext i) {
    var hash = i.hash == null ? null : literals.string(i.hash);
    return new Ast.WeightsImport(
        literals.string(i.path), hash, name(i.name()), i.model != null, span(i));
  }

  private Ast.Definition definition(MdlParser.DefinitionContext d) {
    var kind = Ast.Kind.valueOf(d.kind.getText().toUpperCase(Locale.ROOT));
    var name = name(d.name());
    if (d.paramList().size() < 2 && isWhole(d)) {
      reportMissingList(d, kind, name);
    }
    var config = d.paramList().size() < 2 ? List.<Ast.Param>of() : params(d.paramList(0));
    var operands = d.paramList().isEmpty() ? List.<Ast.Param>of() : params(d.paramList().getLast());
    return new Ast.Definition(
        kind,
        doc(d),
        name,
        config,
        operands,
        type(d.type()),
        body(d.block(), d.expr(), d),
        span(d));
  }

  private void reportMissingList(MdlParser.DefinitionContext d, Ast.Kind kind, Ast.Name name) {
    var place = name.span().after();
    errors.report(
        Diagnostic.of(
                Codes.MISSING_LIST,
                span(d.paramList(0)),
                "a " + kind.word() + " takes two lists of parameters")
            .label("only one here")
            .note(
                "the first list configures `"
                    + name.text()
                    + "`, the second takes what it works on")
            .help("if it needs no configuration, leave the first list empty", place, "()"));
  }

  private Ast.Block body(
      MdlParser.@Nullable BlockContext block,
      MdlParser.@Nullable ExprContext expr,
      ParserRuleContext owner) {
    if (block != null) {
      return block(block);
    }
    var value = expr == null ? new Ast.ErrorExpr(span(owner).after()) : expr(expr);
    return new Ast.Block(List.of(), value, value.span());
  }

  private List<Ast.Param> params(MdlParser.@Nullable ParamListContext list) {
    if (list == null) {
      return List.of();
    }
    return list.param().stream()
        .filter(p -> hasName(p.name()))
        .map(
            p -> new Ast.Param(doc(p), name(p.name()), type(p.type()), optional(p.expr()), span(p)))
        .toList();
  }

  // ---- types

  private Ast.@Nullable TypeExpr type(MdlParser.@Nullable TypeContext type) {
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

  // ---- blocks and statements

  private Ast.Block block(MdlParser.@Nullable BlockContext block) {
    if (block == null) {
      var nowhere = errors.source().span(0, 0);
      return new Ast.Block(List.of(), new Ast.ErrorExpr(nowhere), nowhere);
    }
    var statements = new ArrayList<Ast.Statement>();
    Ast.Expr value = null;
    var written = block.statement();
    for (int i = 0; i < written.size(); i++) {
      if (i == written.size() - 1 && isValue(written.get(i))) {
        value = expr(((MdlParser.EvaluateContext) written.get(i)).expr(0));
      } else {
        statements(written.get(i), statements);
      }
    }
    return new Ast.Block(statements, value, span(block));
  }

  /** Whether the last statement of a block is the block's value. */
  private static boolean isValue(MdlParser.StatementContext statement) {
    return statement instanceof MdlParser.EvaluateContext e
        && e.op == null
        && e.expr().size() == 1
        && (asConditional(e.expr(0)).map(TreeBuilder::hasValue).orElse(true));
  }

  private static Optional<MdlParser.ConditionalContext> asConditional(MdlParser.ExprContext expr) {
    return expr instanceof MdlParser.AtomContext a
            && a.primary() instanceof MdlParser.ConditionalUseContext c
        ? Optional.ofNullable(c.conditional())
        : Optional.empty();
  }

  /** Whether an {@code if} has an else and every branch ends with a value. */
  private static boolean hasValue(MdlParser.ConditionalContext conditional) {
    var elseBranch =
        conditional.conditional() != null
            ? hasValue(conditional.conditional())
            : conditional.block().size() == 2 && endsWithValue(conditional.block(1));
    return elseBranch && !conditional.block().isEmpty() && endsWithValue(conditional.block(0));
  }

  private static boolean endsWithValue(MdlParser.BlockContext block) {
    return !block.statement().isEmpty() && isValue(block.statement().getLast());
  }

  private void statements(MdlParser.StatementContext statement, List<Ast.Statement> out) {
    switch (statement) {
      case MdlParser.InputContext s -> inputs(s, out);
      case MdlParser.OutputContext s -> outputs(s, out);
      case MdlParser.LetContext s ->
          s.binding().forEach(b -> binding(s.kind, b).ifPresent(out::add));
      case MdlParser.ParameterContext s ->
          s.variable().stream().filter(v -> hasName(v.name())).forEach(v -> out.add(parameter(v)));
      case MdlParser.StateContext s ->
          s.variable().stream().filter(v -> hasName(v.name())).forEach(v -> out.add(state(v)));
      case MdlParser.ReturnContext s -> out.add(new Ast.Return(returned(s.expr()), span(s)));
      case MdlParser.RequireContext s when s.expr() != null -> out.add(require(s));
      case MdlParser.PrecisionContext s when hasName(s.name()) ->
          out.add(new Ast.Precision(name(s.name()), span(s)));
      case MdlParser.RepeatContext s when s.expr() != null ->
          out.add(
              new Ast.Repeat(
                  expr(s.expr()),
                  s.name() == null ? null : name(s.name()),
                  block(s.block()),
                  span(s)));
      case MdlParser.ForContext s when hasName(s.name()) && s.expr() != null ->
          out.add(new Ast.For(name(s.name()), expr(s.expr()), block(s.block()), span(s)));
      case MdlParser.EvaluateContext s when !s.expr().isEmpty() -> evaluate(s).ifPresent(out::add);
      default -> requireReported(statement);
    }
  }

  private void inputs(MdlParser.InputContext s, List<Ast.Statement> out) {
    for (var i : s.inputDecl()) {
      var type = type(i.type());
      if (hasName(i.name()) && type != null) {
        out.add(new Ast.Input(firstDoc(s, i), name(i.name()), type, optional(i.batch), span(i)));
      }
    }
  }

  private void outputs(MdlParser.OutputContext s, List<Ast.Statement> out) {
    for (var o : s.outputDecl()) {
      if (hasName(o.name())) {
        var name = name(o.name());
        var value = o.expr() == null ? new Ast.NameExpr(name.text(), name.span()) : expr(o.expr());
        out.add(new Ast.Output(firstDoc(s, o), name, value, span(o)));
      }
    }
  }

  private Optional<Ast.Let> binding(Token kind, MdlParser.BindingContext b) {
    if (b.name().isEmpty() || !b.name().stream().allMatch(TreeBuilder::hasName)) {
      return Optional.empty();
    }
    var names = b.name().stream().map(this::name).toList();
    var value = b.expr() == null ? new Ast.ErrorExpr(span(b).after()) : expr(b.expr());
    return Optional.of(
        new Ast.Let(kind.getType() == MdlLexer.VAR, names, type(b.type()), value, span(b)));
  }

  private Ast.ParamDecl parameter(MdlParser.VariableContext v) {
    return new Ast.ParamDecl(
        doc(v),
        name(v.name()),
        type(v.type()),
        optional(v.expr()),
        arguments(v.arguments()),
        span(v));
  }

  private Ast.StateDecl state(MdlParser.VariableContext v) {
    return new Ast.StateDecl(
        doc(v),
        name(v.name()),
        type(v.type()),
        optional(v.expr()),
        arguments(v.arguments()),
        span(v));
  }

  private Ast.@Nullable Expr returned(List<MdlParser.ExprContext> values) {
    if (values.size() > 1) {
      var elements = values.stream().map(this::expr).toList();
      return new Ast.TupleExpr(elements, elements.getFirst().span().to(elements.getLast().span()));
    }
    return values.isEmpty() ? null : expr(values.getFirst());
  }

  private Ast.Require require(MdlParser.RequireContext s) {
    var message = s.STRING() == null ? null : literals.template(s.STRING().getSymbol());
    return new Ast.Require(expr(s.expr()), message, span(s));
  }

  /** An expression as a statement: an assignment, an {@code if}, or a mistake. */
  private Optional<Ast.Statement> evaluate(MdlParser.EvaluateContext s) {
    if (s.op != null) {
      return s.expr().size() == 2 ? assignment(s) : Optional.empty();
    }
    var conditional = asConditional(s.expr(0));
    if (conditional.isPresent()) {
      return Optional.of(ifStatement(conditional.get()));
    }
    if (!errors.within(span(s))) {
      errors.report(unusedValue(s));
    }
    return Optional.empty();
  }

  private Diagnostic unusedValue(MdlParser.EvaluateContext s) {
    var diagnostic = Diagnostic.of(Codes.UNUSED_VALUE, span(s), "this value is not used");
    var keyword = DidYouMean.nearest(span(s).text(), Tokens.statementWords());
    return keyword.isPresent()
        ? diagnostic.help("did you mean `" + keyword.get() + "`?", span(s), keyword.get())
        : diagnostic
            .note("only the last thing in a block may be a bare value")
            .help("give it a name with `let`, or `return` it");
  }

  private Ast.If ifStatement(MdlParser.ConditionalContext c) {
    Ast.Block otherwise = null;
    if (c.conditional() != null) {
      otherwise = new Ast.Block(List.of(ifStatement(c.conditional())), null, span(c.conditional()));
    } else if (c.block().size() == 2) {
      otherwise = block(c.block(1));
    }
    var then = c.block().isEmpty() ? block(null) : block(c.block(0));
    reportUnused(then);
    reportUnused(otherwise);
    return new Ast.If(
        c.expr() == null ? new Ast.ErrorExpr(span(c)) : expr(c.expr()), then, otherwise, span(c));
  }

  private void reportUnused(Ast.@Nullable Block branch) {
    if (branch == null
        || branch.value() == null
        || branch.value() instanceof Ast.ErrorExpr
        || errors.within(branch.span())) {
      return;
    }
    errors.report(
        Diagnostic.of(Codes.UNUSED_VALUE, branch.value().span(), "this value is not used")
            .label("this `if` is a statement: not every branch has a value")
            .help("write `return` before it, or give every branch a value"));
  }

  private Optional<Ast.Statement> assignment(MdlParser.EvaluateContext s) {
    var target = expr(s.expr(0));
    var value = expr(s.expr(1));
    var names = targets(target);
    var isUpdate = s.op.getType() == MdlLexer.UPDATE;
    if (names.isEmpty() || (isUpdate && names.size() > 1)) {
      reportBadTarget(target, isUpdate);
      return Optional.empty();
    }
    return Optional.of(
        isUpdate
            ? new Ast.Update(names.getFirst(), value, span(s))
            : new Ast.Assign(names, value, span(s)));
  }

  private static List<Ast.Name> targets(Ast.Expr target) {
    return switch (target) {
      case Ast.NameExpr n -> List.of(new Ast.Name(n.name(), n.span()));
      case Ast.TupleExpr t when t.elements().stream().allMatch(Ast.NameExpr.class::isInstance) ->
          t.elements().stream().flatMap(e -> targets(e).stream()).toList();
      default -> List.of();
    };
  }

  private void reportBadTarget(Ast.Expr target, boolean isUpdate) {
    if (target instanceof Ast.ErrorExpr || errors.within(target.span())) {
      return;
    }
    var message =
        isUpdate ? "only a state can stand left of `<-`" : "only a name can stand left of `=`";
    var diagnostic = Diagnostic.of(Codes.BAD_ASSIGNMENT_TARGET, target.span(), message);
    errors.report(
        target instanceof Ast.Index
            ? diagnostic
                .note("tensors are values: a part of one cannot be changed")
                .help("build a new one, for example with `where` or `concat`")
            : diagnostic);
  }

  // ---- expressions

  private Ast.@Nullable Expr optional(MdlParser.@Nullable ExprContext expr) {
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
    if (!hasValue(c)) {
      return withoutValue(c);
    }
    var otherwise =
        c.conditional() == null
            ? block(c.block(1))
            : new Ast.Block(List.of(), ifExpr(c.conditional()), span(c.conditional()));
    return new Ast.IfExpr(expr(c.expr()), block(c.block(0)), otherwise, span(c));
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
        sources, optional(s.over), optional(s.reverse), carries, block(s.block()), span(s));
  }

  private List<Ast.Arg> arguments(MdlParser.@Nullable ArgumentsContext arguments) {
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

  // ---- train blocks

  private List<Ast.TrainItem> trainItems(MdlParser.TrainBodyContext body) {
    var items = new ArrayList<Ast.TrainItem>();
    for (var item : body.trainItem()) {
      trainItems(item, items);
    }
    return items;
  }

  private void trainItems(MdlParser.TrainItemContext item, List<Ast.TrainItem> out) {
    switch (item) {
      case MdlParser.DataContext d when d.expr() != null -> out.add(data(d));
      case MdlParser.LossContext l -> losses(l, out);
      case MdlParser.MetricsContext m -> metrics(m, out);
      case MdlParser.OptimizerContext o when o.expr() != null ->
          out.add(new Ast.OptimizerItem(expr(o.expr()), globs(o.glob()), span(o)));
      case MdlParser.CallbacksContext c ->
          c.expr().forEach(e -> out.add(new Ast.CallbackItem(expr(e), span(e))));
      case MdlParser.StageContext s when hasName(s.name()) && s.trainBody() != null ->
          out.add(new Ast.Stage(name(s.name()), trainItems(s.trainBody()), span(s)));
      case MdlParser.FreezeContext f ->
          out.add(new Ast.Freeze(f.kind.getType() == MdlLexer.FREEZE, globs(f.glob()), span(f)));
      case MdlParser.AdaptContext a -> out.add(new Ast.Adapt(globs(a.glob()), span(a)));
      case MdlParser.MinimizeContext m when isComplete(m, m.loss, m.optimizer) ->
          out.add(minimize(m));
      case MdlParser.TrainLetContext l when l.binding() != null ->
          binding(l.LET().getSymbol(), l.binding()).ifPresent(out::add);
      case MdlParser.SettingContext s when s.expr() != null ->
          out.add(
              new Ast.Setting(
                  new Ast.Name(s.key.getText(), span(s.key)),
                  s.name() == null ? null : name(s.name()),
                  expr(s.expr()),
                  span(s)));
      default -> requireReported(item);
    }
  }

  private Ast.Data data(MdlParser.DataContext d) {
    var fields =
        d.field().stream()
            .filter(f -> hasName(f.name()) && f.expr() != null)
            .map(f -> new Ast.Field(f.weighs != null, name(f.name()), expr(f.expr()), span(f)))
            .toList();
    return new Ast.Data(
        new Ast.Name(d.role.getText(), span(d.role)), expr(d.expr()), fields, span(d));
  }

  private void losses(MdlParser.LossContext l, List<Ast.TrainItem> out) {
    for (var item : l.lossItem()) {
      if (!item.expr().isEmpty()) {
        var output = item.name() == null ? null : name(item.name());
        out.add(new Ast.LossItem(output, expr(item.expr(0)), optional(item.weight), span(item)));
      }
    }
  }

  private void metrics(MdlParser.MetricsContext m, List<Ast.TrainItem> out) {
    boolean weighted = m.kind.getType() == MdlParser.WEIGHTED_METRICS;
    Ast.Name output = null;
    for (var item : m.metricItem()) {
      output = item.name() == null ? output : name(item.name());
      if (item.expr() != null) {
        out.add(new Ast.MetricItem(output, expr(item.expr()), weighted, span(item)));
      }
    }
  }

  private Ast.Minimize minimize(MdlParser.MinimizeContext m) {
    var label = m.name() == null ? null : name(m.name());
    return new Ast.Minimize(label, expr(m.loss), globs(m.glob()), expr(m.optimizer), span(m));
  }

  private List<Ast.Glob> globs(List<MdlParser.GlobContext> globs) {
    return globs.stream().map(g -> new Ast.Glob(g.getText(), span(g))).toList();
  }

  // ---- words and places

  private static boolean hasName(MdlParser.@Nullable NameContext name) {
    return name != null
        && name.exception == null
        && name.getChildCount() > 0
        && !(name.getChild(0) instanceof org.antlr.v4.runtime.tree.ErrorNode);
  }

  private Ast.Name name(MdlParser.NameContext name) {
    return new Ast.Name(name.getText(), span(name));
  }

  private Ast.Name anyName(MdlParser.AnyNameContext name) {
    return new Ast.Name(name.getText(), span(name));
  }

  private Ast.Name word(MdlParser.WordContext word) {
    return new Ast.Name(word.getText(), span(word));
  }

  private String doc(ParserRuleContext tree) {
    return docs.getOrDefault(tree.getStart().getStartIndex(), "");
  }

  /** The comment above one name of a list; the first name has the one above the statement. */
  private String firstDoc(ParserRuleContext statement, ParserRuleContext entry) {
    var own = doc(entry);
    return own.isEmpty() && entry.equals(statement.getChild(1)) ? doc(statement) : own;
  }

  /** Whether the parser got to the end of this part and of the parts that it must have. */
  private static boolean isComplete(ParserRuleContext tree, @Nullable ParseTree... parts) {
    for (var part : parts) {
      if (part == null) {
        return false;
      }
    }
    return tree.getStart() != null;
  }

  private static boolean isWhole(ParserRuleContext tree) {
    return tree.exception == null;
  }

  /** A part that the tree has no place for comes from an error that the parser has reported. */
  private void requireReported(ParserRuleContext tree) {
    if (!errors.any()) {
      throw new IllegalStateException("no error was reported for " + tree.getText());
    }
  }

  private Span span(ParserRuleContext tree) {
    var start = tree.getStart();
    var stop = tree.getStop();
    var from = Math.min(start.getStartIndex(), errors.source().text().length());
    return errors.span(
        from,
        stop == null
            ? from
            : Math.max(from, Math.min(Tokens.end(stop), errors.source().text().length())));
  }

  private Span span(Token token) {
    return Tokens.span(errors.source(), token);
  }
}
