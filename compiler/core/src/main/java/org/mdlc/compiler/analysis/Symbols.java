package org.mdlc.compiler.analysis;

import java.util.List;
import java.util.stream.Stream;
import org.mdlc.compiler.syntax.Ast;

/** The outline of a file: definitions, and the declarations directly in their bodies. */
final class Symbols {
  private final Facts facts;

  Symbols(Facts facts) {
    this.facts = facts;
  }

  List<Symbol> of(Ast.File file) {
    return file.items().stream().flatMap(this::item).toList();
  }

  private Stream<Symbol> item(Ast.Item item) {
    return switch (item) {
      case Ast.Import _ -> Stream.of();
      case Ast.WeightsImport w ->
          w.forModel() ? Stream.of() : Stream.of(symbol(w.name(), "weights", w, List.of()));
      case Ast.Constant c -> Stream.of(symbol(c.name(), "let", c, List.of()));
      case Ast.Model m -> Stream.of(symbol(m.name(), "model", m, parts(m.body())));
      case Ast.Function f -> Stream.of(symbol(f.name(), "fn", f, parts(f.body())));
      case Ast.Definition d -> Stream.of(symbol(d.name(), d.kind().word(), d, parts(d.body())));
      case Ast.Train t ->
          Stream.of(
              new Symbol("train " + t.model(), "train", "", t.span(), t.model().span(), List.of()));
    };
  }

  private List<Symbol> parts(Ast.Block block) {
    return block.statements().stream().flatMap(this::part).toList();
  }

  private Stream<Symbol> part(Ast.Statement statement) {
    return switch (statement) {
      case Ast.Input i -> Stream.of(symbol(i.name(), "input", i, List.of()));
      case Ast.Output o -> Stream.of(symbol(o.name(), "output", o, List.of()));
      case Ast.Let l ->
          l.names().stream().map(n -> symbol(n, l.variable() ? "var" : "let", l, List.of()));
      case Ast.ParamDecl p -> Stream.of(symbol(p.name(), "param", p, List.of()));
      case Ast.StateDecl s -> Stream.of(symbol(s.name(), "state", s, List.of()));
      case Ast.Precision _,
          Ast.Assign _,
          Ast.Update _,
          Ast.Return _,
          Ast.Require _,
          Ast.If _,
          Ast.Repeat _,
          Ast.For _ ->
          Stream.of();
    };
  }

  private Symbol symbol(Ast.Name name, String kind, Ast.Node tree, List<Symbol> parts) {
    var whole = tree.span().to(name.span());
    var detail = facts.types(name.span()).orElse("");
    return new Symbol(name.text(), kind, detail, whole, name.span(), parts);
  }
}
