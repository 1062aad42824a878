package org.mdlc.compiler.bind;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Axis;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.Dim;

/** Inputs that a model declares, and what they leave open: named dimensions and the batch. */
final class ModelInputs {
  private final Evaluator evaluator;
  private final Map<String, Long> dims = new LinkedHashMap<>();
  private final Set<String> symbols = new LinkedHashSet<>();
  private @Nullable Long batch;

  ModelInputs(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** Sizes given for named dimensions. */
  void dims(Map<String, Long> sizes) {
    dims.putAll(sizes);
  }

  /** Names of dimensions that the model's inputs declared. */
  Set<String> symbols() {
    return symbols;
  }

  /** Notes the number of examples that an input declares. */
  void fixBatch(Ast.Input tree, Scope scope) {
    if (tree.batch() == null) {
      return;
    }
    var value = evaluator.eval(tree.batch(), scope);
    if (value.isPoison()) {
      return;
    }
    if (!(value instanceof Whole w) || !w.dim().isConstant() || w.dim().value() < 1) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.VALUE_OUT_OF_RANGE,
                  "`batch` is a positive whole number, not " + value.text()),
              tree.batch().span());
      return;
    }
    if (batch != null && batch != w.dim().value()) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.VALUE_OUT_OF_RANGE, "another input has batches of " + batch + " examples"),
              tree.batch().span());
      return;
    }
    batch = w.dim().value();
  }

  /** The number of examples of every batch, where an input declares it. */
  @Nullable Long fixedBatch() {
    return batch;
  }

  Datum input(Ast.Input tree, Scope scope) {
    evaluator.inputTypes().declare(tree);
    if (tree.type() instanceof Ast.TensorType t) {
      for (var dim : t.dims()) {
        if (dim instanceof Ast.RestDims r) {
          throw new Misuse(
              Codes.UNKNOWN_DIMENSION,
              "an input needs all its dimensions: `"
                  + r.span().text()
                  + "` stands for any number of them");
        }
      }
      open(t, "", scope);
    }
    if (Types.elementOf(tree.type()).equals("str")) {
      var shape = evaluator.types().declaredText(tree.type(), scope);
      return new Datum.Strings(tree.name().text(), shape, tree.name().span());
    }
    var type = evaluator.types().declared(tree.type(), scope, true);
    var value = evaluator.emitter().frame().builder().input(tree.name().text(), Role.DATA, type);
    var tensor = evaluator.emitter().of(value);
    return tensor.with(
        tensor.trail().then(tree.name().span(), "`" + tree.name() + "` is declared " + type));
  }

  /**
   * Names in a type that nothing has a size for are dimensions that data or a setting gives.
   *
   * @param prefix goes before the names under which they are given
   */
  void open(Ast.TypeExpr type, String prefix, Scope scope) {
    var pattern = type instanceof Ast.TensorType t ? t.dims() : List.<Ast.DimExpr>of();
    for (int i = 0; i < pattern.size(); i++) {
      if (pattern.get(i) instanceof Ast.OneDim d
          && d.size() instanceof Ast.NameExpr n
          && scope.find(n.name()) == null
          && !isConstant(n.name(), scope)) {
        var name = prefix + n.name();
        var size = dims.get(name);
        symbols.add(name);
        scope.put(
            n.name(),
            new Whole(size == null ? Dim.symbol(name) : Dim.of(size), new Axis(n.name(), i)),
            d.span());
      }
    }
  }

  private static boolean isConstant(String name, Scope scope) {
    var known = scope.library().find(Category.VALUE, name);
    return known != null && !known.value().callable();
  }
}
