package org.mdlc.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.grammar.MdlParser;

/**
 * Turns ANTLR's tree into ours. Where the parser has reported an error its tree has holes: a broken
 * expression becomes an {@link Ast.ErrorExpr}, a broken statement or definition is left out.
 */
final class TreeBuilder extends PartBuilder {
  /** Reads the expression in a stretch of the file. */
  interface ExpressionReader {
    Ast.Expr read(int start, int end);
  }

  private final ExpressionBuilder expressions;
  private final StatementBuilder statements;
  private final TrainBuilder train;

  TreeBuilder(SyntaxErrors errors, Map<Integer, String> docs, ExpressionReader reader) {
    super(errors, docs, new Literals(errors, reader));
    this.expressions = new ExpressionBuilder(this);
    this.statements = expressions.statements();
    this.train = new TrainBuilder(this, expressions);
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

  Ast.Expr expr(MdlParser.@Nullable ExprContext expr) {
    return expressions.expr(expr);
  }

  // ---- definitions

  private Optional<Ast.Item> item(MdlParser.ItemContext item) {
    return switch (item) {
      case MdlParser.ImportFileContext i when isWhole(i) ->
          Optional.of(new Ast.Import(literals.string(i.STRING().getSymbol()), span(i)));
      case MdlParser.ImportWeightsContext i when isWhole(i) -> Optional.of(importWeights(i));
      case MdlParser.ConstantContext c when isWhole(c) ->
          Optional.of(
              new Ast.Constant(
                  doc(c),
                  name(c.name()),
                  expressions.type(c.type()),
                  expressions.expr(c.expr()),
                  span(c)));
      case MdlParser.ModelContext m when hasName(m.name()) && m.block() != null ->
          Optional.of(
              new Ast.Model(
                  doc(m),
                  name(m.name()),
                  params(m.paramList()),
                  statements.block(m.block()),
                  span(m)));
      case MdlParser.FunctionContext f when hasName(f.name()) && f.paramList() != null ->
          Optional.of(
              new Ast.Function(
                  doc(f),
                  name(f.name()),
                  params(f.paramList()),
                  expressions.type(f.type()),
                  body(f.block(), f.expr(), f),
                  span(f)));
      case MdlParser.DefinitionContext d when hasName(d.name()) && d.kind != null ->
          Optional.of(definition(d));
      case MdlParser.TrainContext t when hasName(t.name()) && t.trainBody() != null ->
          Optional.of(
              new Ast.Train(
                  doc(t),
                  name(t.name()),
                  expressions.arguments(t.arguments()),
                  train.trainItems(t.trainBody()),
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
        expressions.type(d.type()),
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
      return statements.block(block);
    }
    var value = expr == null ? new Ast.ErrorExpr(span(owner).after()) : expressions.expr(expr);
    return new Ast.Block(List.of(), value, value.span());
  }

  private List<Ast.Param> params(MdlParser.@Nullable ParamListContext list) {
    if (list == null) {
      return List.of();
    }
    return list.param().stream()
        .filter(p -> hasName(p.name()))
        .map(
            p ->
                new Ast.Param(
                    doc(p),
                    name(p.name()),
                    expressions.type(p.type()),
                    expressions.optional(p.expr()),
                    span(p)))
        .toList();
  }
}
