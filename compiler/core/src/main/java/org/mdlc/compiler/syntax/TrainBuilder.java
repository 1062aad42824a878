package org.mdlc.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import org.mdlc.grammar.MdlLexer;
import org.mdlc.grammar.MdlParser;

/** Builds what stands in train blocks. */
final class TrainBuilder extends PartBuilder {
  private final ExpressionBuilder expressions;
  private final StatementBuilder statements;

  TrainBuilder(PartBuilder file, ExpressionBuilder expressions) {
    super(file);
    this.expressions = expressions;
    this.statements = expressions.statements();
  }

  List<Ast.TrainItem> trainItems(MdlParser.TrainBodyContext body) {
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
          out.add(new Ast.OptimizerItem(expressions.expr(o.expr()), globs(o.glob()), span(o)));
      case MdlParser.CallbacksContext c ->
          c.expr().forEach(e -> out.add(new Ast.CallbackItem(expressions.expr(e), span(e))));
      case MdlParser.StageContext s when hasName(s.name()) && s.trainBody() != null ->
          out.add(new Ast.Stage(name(s.name()), trainItems(s.trainBody()), span(s)));
      case MdlParser.FreezeContext f ->
          out.add(new Ast.Freeze(f.kind.getType() == MdlLexer.FREEZE, globs(f.glob()), span(f)));
      case MdlParser.AdaptContext a -> out.add(new Ast.Adapt(globs(a.glob()), span(a)));
      case MdlParser.MinimizeContext m when isComplete(m, m.loss, m.optimizer) ->
          out.add(minimize(m));
      case MdlParser.TrainLetContext l when l.binding() != null ->
          statements.binding(l.LET().getSymbol(), l.binding()).ifPresent(out::add);
      case MdlParser.SettingContext s when s.expr() != null ->
          out.add(
              new Ast.Setting(
                  new Ast.Name(s.key.getText(), span(s.key)),
                  s.name() == null ? null : name(s.name()),
                  expressions.expr(s.expr()),
                  span(s)));
      default -> requireReported(item);
    }
  }

  private Ast.Data data(MdlParser.DataContext d) {
    var fields =
        d.field().stream()
            .filter(f -> hasName(f.name()) && f.expr() != null)
            .map(
                f ->
                    new Ast.Field(
                        f.weighs != null, name(f.name()), expressions.expr(f.expr()), span(f)))
            .toList();
    return new Ast.Data(
        new Ast.Name(d.role.getText(), span(d.role)), expressions.expr(d.expr()), fields, span(d));
  }

  private void losses(MdlParser.LossContext l, List<Ast.TrainItem> out) {
    for (var item : l.lossItem()) {
      if (!item.expr().isEmpty()) {
        var output = item.name() == null ? null : name(item.name());
        out.add(
            new Ast.LossItem(
                output,
                expressions.expr(item.expr(0)),
                expressions.optional(item.weight),
                span(item)));
      }
    }
  }

  private void metrics(MdlParser.MetricsContext m, List<Ast.TrainItem> out) {
    boolean weighted = m.kind.getType() == MdlParser.WEIGHTED_METRICS;
    Ast.Name output = null;
    for (var item : m.metricItem()) {
      output = item.name() == null ? output : name(item.name());
      if (item.expr() != null) {
        out.add(new Ast.MetricItem(output, expressions.expr(item.expr()), weighted, span(item)));
      }
    }
  }

  private Ast.Minimize minimize(MdlParser.MinimizeContext m) {
    var label = m.name() == null ? null : name(m.name());
    return new Ast.Minimize(
        label, expressions.expr(m.loss), globs(m.glob()), expressions.expr(m.optimizer), span(m));
  }

  private List<Ast.Glob> globs(List<MdlParser.GlobContext> globs) {
    return globs.stream().map(g -> new Ast.Glob(g.getText(), span(g))).toList();
  }
}
