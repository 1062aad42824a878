package org.mdlc.compiler.syntax;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.syntax.Ast.Node;

/** The nodes directly inside a node, in the order in which they stand in the text. */
public final class Children {
  private final List<Node> nodes = new ArrayList<>();

  private Children() {}

  public static List<Node> of(Node node) {
    var children = new Children();
    switch (node) {
      case Ast.File f -> children.all(f.items());
      case Ast.Name _ -> {}
      case Ast.Item i -> children.item(i);
      case Ast.Param p -> children.one(p.name()).one(p.type()).one(p.defaultValue());
      case Ast.TypeExpr t -> children.type(t);
      case Ast.OneDim d -> children.one(d.size());
      case Ast.RestDims d -> children.one(d.name());
      case Ast.Block b -> children.all(b.statements()).one(b.value());
      case Ast.Statement s -> children.statement(s);
      case Ast.Template t ->
          t.pieces().stream()
              .filter(Ast.ExprPiece.class::isInstance)
              .forEach(p -> children.one(((Ast.ExprPiece) p).value()));
      case Ast.Expr e -> children.expression(e);
      case Ast.Arg a -> children.one(a.name()).one(a.value());
      case Ast.RestIndex _ -> {}
      case Ast.Slice s -> children.one(s.from()).one(s.to()).one(s.step());
      case Ast.OneIndex i -> children.one(i.value());
      case Ast.ScanSource s -> children.one(s.element()).one(s.sequence());
      case Ast.Carry c -> children.one(c.name()).one(c.initial());
      case Ast.Field f -> children.one(f.name()).one(f.value());
      case Ast.TrainItem t -> children.trainItem(t);
      case Ast.Glob _ -> {}
    }
    children.nodes.sort(Comparator.comparingInt(n -> n.span().start()));
    return List.copyOf(children.nodes);
  }

  private void item(Ast.Item item) {
    switch (item) {
      case Ast.Import i -> one(i.path());
      case Ast.WeightsImport w -> one(w.path()).one(w.sha256()).one(w.name());
      case Ast.Constant c -> one(c.name()).one(c.type()).one(c.value());
      case Ast.Model m -> one(m.name()).all(m.config()).one(m.body());
      case Ast.Function f -> one(f.name()).all(f.params()).one(f.result()).one(f.body());
      case Ast.Definition d ->
          one(d.name()).all(d.config()).all(d.operands()).one(d.result()).one(d.body());
      case Ast.Train t -> one(t.model()).all(t.arguments()).all(t.items());
    }
  }

  private void type(Ast.TypeExpr type) {
    switch (type) {
      case Ast.NamedType _ -> {}
      case Ast.TensorType t -> one(t.dtype()).all(t.dims());
      case Ast.ListType l -> one(l.element());
      case Ast.TupleType t -> all(t.elements());
      case Ast.EnumType e -> all(e.words());
      case Ast.UnionType u -> all(u.alternatives());
      case Ast.OptionalType o -> one(o.type());
    }
  }

  private void statement(Ast.Statement statement) {
    switch (statement) {
      case Ast.Input i -> one(i.name()).one(i.type()).one(i.batch());
      case Ast.Precision p -> one(p.policy());
      case Ast.Output o -> one(o.name()).one(o.value());
      case Ast.Let l -> all(l.names()).one(l.type()).one(l.value());
      case Ast.ParamDecl p -> one(p.name()).one(p.type()).one(p.initial()).all(p.options());
      case Ast.StateDecl s -> one(s.name()).one(s.type()).one(s.initial()).all(s.options());
      case Ast.Assign a -> all(a.targets()).one(a.value());
      case Ast.Update u -> one(u.target()).one(u.value());
      case Ast.Return r -> one(r.value());
      case Ast.Require r -> one(r.condition()).one(r.message());
      case Ast.If i -> one(i.condition()).one(i.then()).one(i.otherwise());
      case Ast.Repeat r -> one(r.count()).one(r.index()).one(r.body());
      case Ast.For f -> one(f.variable()).one(f.list()).one(f.body());
    }
  }

  private void expression(Ast.Expr expression) {
    switch (expression) {
      case Ast.ErrorExpr _,
          Ast.NameExpr _,
          Ast.IntLit _,
          Ast.FloatLit _,
          Ast.StringLit _,
          Ast.BoolLit _,
          Ast.NoneLit _,
          Ast.Training _,
          Ast.Adapting _ -> {}
      case Ast.ListExpr l -> all(l.elements());
      case Ast.Spread s -> one(s.list());
      case Ast.TupleExpr t -> all(t.elements());
      case Ast.Unary u -> one(u.operand());
      case Ast.Binary b -> one(b.left()).one(b.right());
      case Ast.Pipe p -> one(p.value()).one(p.target());
      case Ast.Call c -> one(c.callee()).all(c.arguments());
      case Ast.Member m -> one(m.target()).one(m.member());
      case Ast.Index i -> one(i.target()).all(i.items());
      case Ast.Range r -> one(r.from()).one(r.to());
      case Ast.IfExpr i -> one(i.condition()).one(i.then()).one(i.otherwise());
      case Ast.Lambda l -> all(l.params()).one(l.body());
      case Ast.Scan s ->
          all(s.sources()).one(s.over()).one(s.reverse()).all(s.carries()).one(s.body());
    }
  }

  private void trainItem(Ast.TrainItem item) {
    switch (item) {
      case Ast.Let l -> statement(l);
      case Ast.Data d -> one(d.role()).one(d.source()).all(d.fields());
      case Ast.LossItem l -> one(l.output()).one(l.loss()).one(l.weight());
      case Ast.MetricItem m -> one(m.output()).one(m.metric());
      case Ast.OptimizerItem o -> one(o.optimizer()).all(o.paths());
      case Ast.CallbackItem c -> one(c.callback());
      case Ast.Setting s -> one(s.key()).one(s.output()).one(s.value());
      case Ast.Stage s -> one(s.name()).all(s.items());
      case Ast.Freeze f -> all(f.paths());
      case Ast.Adapt a -> all(a.paths());
      case Ast.Minimize m -> one(m.label()).one(m.loss()).all(m.modules()).one(m.optimizer());
    }
  }

  private Children one(@Nullable Node node) {
    if (node != null) {
      nodes.add(node);
    }
    return this;
  }

  private Children all(List<? extends Node> more) {
    nodes.addAll(more);
    return this;
  }
}
