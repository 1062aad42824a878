package org.mdlc.compiler.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Children;

/**
 * The names of a file by the rules of scopes alone. It needs no text that binds, and so knows also
 * what stands in a definition that nothing uses, or behind a mistake.
 */
final class Names {
  private final List<Declared> all = new ArrayList<>();
  private final Ast.File file;

  /** Where the next definition begins: an unclosed brace reaches so far. */
  private int next;

  private Names(Ast.File file) {
    this.file = file;
  }

  /** Those of a file, and those that its imports define. */
  static Names of(Ast.File file, List<Ast.File> imports) {
    var names = new Names(file);
    var whole = file.source().whole();
    for (int i = 0; i < file.items().size(); i++) {
      boolean last = i + 1 == file.items().size();
      names.next = last ? whole.end() : file.items().get(i + 1).span().start();
      names.item(file.items().get(i), whole);
    }
    for (var imported : imports) {
      imported.items().forEach(item -> names.defined(item, whole));
    }
    return names;
  }

  /** What a name means at a place: the innermost, and there the latest, that can be seen. */
  Optional<Declared> find(String name, int offset) {
    return all.stream()
        .filter(d -> d.text().equals(name) && d.isSeenAt(offset))
        .max(Comparator.comparingInt(Declared::from))
        .or(() -> ofTrainedModel(offset).stream().filter(d -> d.text().equals(name)).findFirst());
  }

  /**
   * All that can be used at a place, the innermost first; of one name only what it means. Not what
   * is being declared there.
   */
  List<Declared> visible(int offset) {
    var byName = new LinkedHashMap<String, Declared>();
    all.stream()
        .filter(d -> d.isSeenAt(offset) && !isInside(d.tree(), offset))
        .sorted(Comparator.comparingInt(Declared::from).reversed())
        .forEach(d -> byName.putIfAbsent(d.text(), d));
    ofTrainedModel(offset).forEach(d -> byName.putIfAbsent(d.text(), d));
    return List.copyOf(byName.values());
  }

  /** What is declared at a place. */
  Optional<Declared> at(Span name) {
    return all.stream().filter(d -> d.name().equals(name)).findFirst();
  }

  private boolean isInside(Ast.Node tree, int offset) {
    return switch (tree) {
      case Ast.Let _, Ast.Output _, Ast.Model _ ->
          tree.span().file() == file.source() && tree.span().touches(offset);
      default -> false;
    };
  }

  /** The models that can be named in this file. */
  List<Declared> models() {
    return all.stream().filter(d -> d.tree() instanceof Ast.Model).toList();
  }

  /** Inputs, outputs and layers of the model of that name. */
  List<Declared> inside(String model) {
    return models().stream()
        .filter(d -> d.text().equals(model))
        .findFirst()
        .map(d -> ofBody((Ast.Model) d.tree()))
        .orElse(List.of());
  }

  private List<Declared> ofTrainedModel(int offset) {
    return file.items().stream()
                .filter(i -> i.span().start() <= offset)
                .reduce((_, later) -> later)
                .orElse(null)
            instanceof Ast.Train t
        ? inside(t.model().text())
        : List.of();
  }

  /** What stands directly in the body of a model, which may be one of an imported file. */
  private static List<Declared> ofBody(Ast.Model model) {
    var names = new Names(new Ast.File(model.span().file(), List.of(), model.span()));
    var body = names.region(model.body().span());
    names.block(model.body(), body);
    return names.all.stream().filter(d -> d.to() == body.end()).toList();
  }

  // ---- definitions

  private void item(Ast.Item item, Span whole) {
    defined(item, whole);
    switch (item) {
      case Ast.Import _, Ast.WeightsImport _ -> {}
      case Ast.Constant c -> expressions(c.value());
      case Ast.Model m -> {
        params(m.config(), region(m.span()));
        block(m.body(), region(m.body().span()));
      }
      case Ast.Function f -> {
        params(f.params(), region(f.span()));
        block(f.body(), region(f.body().span()));
      }
      case Ast.Definition d -> {
        params(d.config(), region(d.span()));
        params(d.operands(), region(d.span()));
        block(d.body(), region(d.body().span()));
      }
      case Ast.Train t -> trainItems(t.items(), region(t.span()));
    }
  }

  private void defined(Ast.Item item, Span whole) {
    switch (item) {
      case Ast.Import _, Ast.Train _ -> {}
      case Ast.WeightsImport w -> {
        if (!w.forModel()) {
          add("weights", w.name(), whole, w, "");
        }
      }
      case Ast.Constant c -> add("let", c.name(), whole, c, c.doc());
      case Ast.Model m -> add("model", m.name(), whole, m, m.doc());
      case Ast.Function f -> add("fn", f.name(), whole, f, f.doc());
      case Ast.Definition d -> add(d.kind().word(), d.name(), whole, d, d.doc());
    }
  }

  private void params(List<Ast.Param> params, Span region) {
    for (var param : params) {
      add("parameter", param.name(), region, param, param.doc());
      dims(param, region);
    }
  }

  /** The names of dimensions in the types of operands. */
  private void dims(Ast.Node node, Span region) {
    for (var child : Children.of(node)) {
      switch (child) {
        case Ast.RestDims r -> dim(r.name().text(), r.name().span(), region, r);
        case Ast.OneDim o when o.size() instanceof Ast.NameExpr n ->
            dim(n.name(), n.span(), region, o);
        case Ast.TypeExpr t -> dims(t, region);
        default -> {}
      }
    }
  }

  private void dim(String name, Span place, Span region, Ast.Node tree) {
    boolean known = all.stream().anyMatch(d -> d.text().equals(name) && d.isSeenAt(place.start()));
    if (!known) {
      all.add(new Declared("dimension", name, place, region.start(), region.end(), tree, ""));
    }
  }

  // ---- bodies

  /** Where names of a stretch that ends in a brace are seen: also behind it, if that is missing. */
  private Span region(Span braces) {
    boolean closed = braces.text().endsWith("}");
    return closed || braces.end() >= next ? braces : new Span(braces.file(), braces.start(), next);
  }

  /**
   * @param body of the definition, to whose end weights are seen wherever they are declared
   */
  private void block(Ast.Block block, Span body) {
    for (var statement : block.statements()) {
      statement(statement, region(block.span()), body);
    }
    if (block.value() != null) {
      expressions(block.value());
    }
  }

  private void statement(Ast.Statement statement, Span block, Span body) {
    switch (statement) {
      case Ast.Input i -> {
        dims(i, block);
        after(i, "input", i.name(), block, i.doc());
      }
      case Ast.Output o -> {
        expressions(o.value());
        after(o, "output", o.name(), block, o.doc());
      }
      case Ast.Let l -> {
        expressions(l.value());
        l.names().forEach(n -> after(l, l.variable() ? "var" : "let", n, block, ""));
      }
      case Ast.ParamDecl p -> after(p, "param", p.name(), body, p.doc());
      case Ast.StateDecl s -> after(s, "state", s.name(), body, s.doc());
      case Ast.If i -> {
        expressions(i.condition());
        block(i.then(), body);
        if (i.otherwise() != null) {
          block(i.otherwise(), body);
        }
      }
      case Ast.Repeat r -> {
        if (r.index() != null) {
          add("index", r.index(), region(r.body().span()), r, "");
        }
        block(r.body(), body);
      }
      case Ast.For f -> {
        add("for", f.variable(), region(f.body().span()), f, "");
        block(f.body(), body);
      }
      case Ast.Precision _, Ast.Assign _, Ast.Update _, Ast.Return _, Ast.Require _ ->
          Children.of(statement).forEach(this::expressions);
    }
  }

  /** Names that expressions make for their insides. */
  private void expressions(Ast.Node node) {
    switch (node) {
      case Ast.Lambda l -> l.params().forEach(p -> add("parameter", p, l.span(), l, ""));
      case Ast.Scan s -> {
        s.sources().forEach(x -> add("element", x.element(), region(s.body().span()), x, ""));
        s.carries().forEach(c -> add("carried", c.name(), region(s.body().span()), c, ""));
      }
      default -> {}
    }
    for (var child : Children.of(node)) {
      if (child instanceof Ast.Block b) {
        block(b, region(b.span()));
      } else {
        expressions(child);
      }
    }
  }

  private void trainItems(List<Ast.TrainItem> items, Span region) {
    for (var item : items) {
      switch (item) {
        case Ast.Let l -> statement(l, region, region);
        case Ast.Stage s -> trainItems(s.items(), region(s.span()));
        default -> expressions(item);
      }
    }
  }

  private void after(Ast.Node tree, String kind, Ast.Name name, Span region, String doc) {
    int from = Math.min(tree.span().end(), region.end());
    all.add(new Declared(kind, name.text(), name.span(), from, region.end(), tree, doc));
  }

  private void add(String kind, Ast.Name name, Span region, Ast.Node tree, String doc) {
    all.add(new Declared(kind, name.text(), name.span(), region.start(), region.end(), tree, doc));
  }
}
