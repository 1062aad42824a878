package org.mdlc.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.grammar.MdlLexer;
import org.mdlc.grammar.MdlParser;

/** Builds blocks and statements. */
final class StatementBuilder extends PartBuilder {
  private final ExpressionBuilder expressions;

  StatementBuilder(PartBuilder file, ExpressionBuilder expressions) {
    super(file);
    this.expressions = expressions;
  }

  Ast.Block block(MdlParser.@Nullable BlockContext block) {
    if (block == null) {
      var nowhere = errors.source().span(0, 0);
      return new Ast.Block(List.of(), new Ast.ErrorExpr(nowhere), nowhere);
    }
    var statements = new ArrayList<Ast.Statement>();
    Ast.Expr value = null;
    var written = block.statement();
    for (int i = 0; i < written.size(); i++) {
      if (i == written.size() - 1 && isValue(written.get(i))) {
        value = expressions.expr(((MdlParser.EvaluateContext) written.get(i)).expr(0));
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
        && (asConditional(e.expr(0)).map(StatementBuilder::hasValue).orElse(true));
  }

  private static Optional<MdlParser.ConditionalContext> asConditional(MdlParser.ExprContext expr) {
    return expr instanceof MdlParser.AtomContext a
            && a.primary() instanceof MdlParser.ConditionalUseContext c
        ? Optional.ofNullable(c.conditional())
        : Optional.empty();
  }

  /** Whether an {@code if} has an else and every branch ends with a value. */
  static boolean hasValue(MdlParser.ConditionalContext conditional) {
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
                  expressions.expr(s.expr()),
                  s.name() == null ? null : name(s.name()),
                  block(s.block()),
                  span(s)));
      case MdlParser.ForContext s when hasName(s.name()) && s.expr() != null ->
          out.add(
              new Ast.For(name(s.name()), expressions.expr(s.expr()), block(s.block()), span(s)));
      case MdlParser.EvaluateContext s when !s.expr().isEmpty() -> evaluate(s).ifPresent(out::add);
      default -> requireReported(statement);
    }
  }

  private void inputs(MdlParser.InputContext s, List<Ast.Statement> out) {
    for (var i : s.inputDecl()) {
      var type = expressions.type(i.type());
      if (hasName(i.name()) && type != null) {
        out.add(
            new Ast.Input(
                firstDoc(s, i), name(i.name()), type, expressions.optional(i.batch), span(i)));
      }
    }
  }

  private void outputs(MdlParser.OutputContext s, List<Ast.Statement> out) {
    for (var o : s.outputDecl()) {
      if (hasName(o.name())) {
        var name = name(o.name());
        var value =
            o.expr() == null
                ? new Ast.NameExpr(name.text(), name.span())
                : expressions.expr(o.expr());
        out.add(new Ast.Output(firstDoc(s, o), name, value, span(o)));
      }
    }
  }

  /** The comment above one name of a list; the first name has the one above the statement. */
  private String firstDoc(ParserRuleContext statement, ParserRuleContext entry) {
    var own = doc(entry);
    return own.isEmpty() && entry.equals(statement.getChild(1)) ? doc(statement) : own;
  }

  Optional<Ast.Let> binding(Token kind, MdlParser.BindingContext b) {
    if (b.name().isEmpty() || !b.name().stream().allMatch(PartBuilder::hasName)) {
      return Optional.empty();
    }
    var names = b.name().stream().map(this::name).toList();
    var value = b.expr() == null ? new Ast.ErrorExpr(span(b).after()) : expressions.expr(b.expr());
    return Optional.of(
        new Ast.Let(
            kind.getType() == MdlLexer.VAR, names, expressions.type(b.type()), value, span(b)));
  }

  private Ast.ParamDecl parameter(MdlParser.VariableContext v) {
    return new Ast.ParamDecl(
        doc(v),
        name(v.name()),
        expressions.type(v.type()),
        expressions.optional(v.expr()),
        expressions.arguments(v.arguments()),
        span(v));
  }

  private Ast.StateDecl state(MdlParser.VariableContext v) {
    return new Ast.StateDecl(
        doc(v),
        name(v.name()),
        expressions.type(v.type()),
        expressions.optional(v.expr()),
        expressions.arguments(v.arguments()),
        span(v));
  }

  private Ast.@Nullable Expr returned(List<MdlParser.ExprContext> values) {
    if (values.size() > 1) {
      var elements = values.stream().map(expressions::expr).toList();
      return new Ast.TupleExpr(elements, elements.getFirst().span().to(elements.getLast().span()));
    }
    return values.isEmpty() ? null : expressions.expr(values.getFirst());
  }

  private Ast.Require require(MdlParser.RequireContext s) {
    var message = s.STRING() == null ? null : literals.template(s.STRING().getSymbol());
    return new Ast.Require(expressions.expr(s.expr()), message, span(s));
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
        c.expr() == null ? new Ast.ErrorExpr(span(c)) : expressions.expr(c.expr()),
        then,
        otherwise,
        span(c));
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
    var target = expressions.expr(s.expr(0));
    var value = expressions.expr(s.expr(1));
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
}
