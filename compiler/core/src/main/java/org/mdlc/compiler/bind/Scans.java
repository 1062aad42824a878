package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.None;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Trail;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** Recurrence: the body of a scan becomes a graph that the steps share. */
final class Scans {
  private final Evaluator evaluator;

  Scans(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Datum scan(Ast.Scan tree, Scope scope) {
    var sequences = new ArrayList<Tensor>();
    Datum over =
        tree.over() == null ? None.NONE : evaluator.eval(tree.over(), scope, Category.VALUE);
    boolean poison = over.isPoison();
    boolean batched = false;
    for (var source : tree.sources()) {
      switch (evaluator.eval(source.sequence(), scope, Category.VALUE)) {
        case Tensor t -> {
          batched |= t.batched();
          sequences.add(timeFirst(t, over));
        }
        case Poison _ -> poison = true;
        case Datum other ->
            throw new Misuse(Codes.TYPE_MISMATCH, "`scan` walks tensors, not " + other.kind());
      }
    }
    var starts = new ArrayList<Datum>();
    for (var carry : tree.carries()) {
      var start = evaluator.eval(carry.initial(), scope, Category.VALUE);
      poison |= start.isPoison();
      boolean stretch = batched;
      if (!poison) {
        starts.add(
            mapped(
                start, x -> stretched(evaluator.arithmetic().tensor(x), stretch).withMask(null)));
      }
    }
    boolean reverse = false;
    if (tree.reverse() != null) {
      var value = evaluator.eval(tree.reverse(), scope, Category.VALUE);
      poison |= value.isPoison();
      if (value instanceof Truth t) {
        reverse = t.value();
      } else if (!value.isPoison()) {
        throw new Misuse(
            Codes.TYPE_MISMATCH, "`reverse` must be true or false, not " + value.kind());
      }
    }
    if (poison) {
      return Poison.POISON;
    }
    checkLengths(sequences);
    return build(tree, scope, sequences, starts, reverse, batched);
  }

  private Tensor timeFirst(Tensor x, Datum over) {
    int first = x.batched() ? 1 : 0;
    int axis = first;
    if (over instanceof Whole w) {
      if (w.axis() == null && w.dim().isConstant()) {
        int given = (int) w.dim().value();
        axis = given < 0 ? given + x.rank() : given + first;
      } else {
        int hint = w.axis() == null ? 0 : w.axis().index();
        axis = (hint < 0 ? hint + x.inner().size() : hint) + first;
        if (axis >= x.rank() || !x.shape().dim(axis).equals(w.dim())) {
          axis = x.shape().dims().lastIndexOf(w.dim());
        }
      }
    } else if (!(over instanceof None)) {
      throw new Misuse(Codes.TYPE_MISMATCH, "`over` names a dimension, not " + over.kind());
    }
    if (axis < first || axis >= x.rank()) {
      throw new Misuse(
          Codes.AXIS_UNKNOWN,
          x.type() + " has no dimension " + (over instanceof None ? "to scan over" : over.text()));
    }
    return evaluator.emitter().moveAxis(x, axis, 0);
  }

  /** A carried value is a tensor, or a list of such. */
  private static Datum mapped(Datum value, UnaryOperator<Datum> each) {
    return value instanceof Datum.Listing l
        ? new Datum.Listing(l.items().stream().map(i -> mapped(i, each)).toList(), l.tuple())
        : each.apply(value);
  }

  /** The tensors of carried values, in order. */
  private static List<Tensor> flat(List<Datum> values) {
    var tensors = new ArrayList<Tensor>();
    values.forEach(
        v ->
            mapped(
                v,
                t -> {
                  tensors.add((Tensor) t);
                  return t;
                }));
    return tensors;
  }

  private Tensor stretched(Tensor start, boolean batched) {
    if (!batched || start.batched()) {
      return start;
    }
    var dims = new ArrayList<Dim>(start.shape().dims());
    dims.add(0, Dim.BATCH);
    return evaluator.emitter().stretch(start, new Shape(dims));
  }

  private static void checkLengths(List<Tensor> sequences) {
    for (var s : sequences) {
      if (!s.shape().dim(0).equals(sequences.get(0).shape().dim(0))) {
        throw new Misuse(
            Codes.SHAPE_MISMATCH,
            "the sequences of a scan have different lengths: "
                + sequences.get(0).shape().dim(0)
                + " and "
                + s.shape().dim(0));
      }
    }
  }

  private static TensorType element(Tensor sequence) {
    return sequence.type().withShape(sequence.shape().without(List.of(0)));
  }

  private Datum build(
      Ast.Scan tree,
      Scope scope,
      List<Tensor> sequences,
      List<Datum> starts,
      boolean reverse,
      boolean batched) {
    var outer = evaluator.emitter().frame();
    var frame = outer.loop("step");
    var inner = scope.inner();
    var bindings = new ArrayList<Scope.Binding>();
    var updated = new boolean[starts.size()];
    for (int i = 0; i < starts.size(); i++) {
      var carry = tree.carries().get(i);
      var value =
          mapped(
              starts.get(i),
              x ->
                  new Tensor(
                      frame,
                      frame.builder().input(carry.name().text(), Role.DATA, ((Tensor) x).type()),
                      Trail.NONE));
      int index = i;
      var binding = new Scope.Binding(carry.name().text(), value, carry.name().span(), false, null);
      bindings.add(
          binding.updatedBy(
              next -> {
                binding.set(carried(next, value, carry.name().text()));
                updated[index] = true;
              }));
      inner.put(binding);
    }
    for (int i = 0; i < sequences.size(); i++) {
      var source = tree.sources().get(i);
      var value =
          new Tensor(
              frame,
              frame.builder().input(source.element().text(), Role.DATA, element(sequences.get(i))),
              Trail.NONE);
      inner.put(source.element().text(), value, source.element().span());
    }
    var output = evaluator.within(frame, () -> body(tree, inner));
    if (output instanceof Poison || bindings.stream().anyMatch(b -> b.value().isPoison())) {
      return Poison.POISON;
    }
    for (int i = 0; i < updated.length; i++) {
      if (!updated[i]) {
        throw missingUpdate(tree.carries().get(i));
      }
    }
    for (var binding : bindings) {
      flat(List.of(binding.value()))
          .forEach(t -> frame.builder().output(binding.name(), Role.RESULT, frame.use(t)));
    }
    var outputs = outputs(output);
    for (int i = 0; i < outputs.size(); i++) {
      frame.builder().output("out" + i, Role.RESULT, frame.use(outputs.get(i)));
    }
    var operands = new ArrayList<>(flat(starts));
    int carries = operands.size();
    operands.addAll(sequences);
    frame.captures().forEach(v -> operands.add(new Tensor(outer, v, Trail.NONE)));
    var results =
        evaluator
            .emitter()
            .addAll(
                new Scan(frame.builder().build(), carries, sequences.size(), reverse), operands);
    return result(results, starts, carries, output, batched);
  }

  private @Nullable Datum body(Ast.Scan tree, Scope scope) {
    var returned = evaluator.statements().run(tree.body().statements(), scope);
    if (returned != null) {
      throw new Misuse(Codes.MISPLACED_STATEMENT, "a scan's body cannot return")
          .help("its last expression is the output of the step");
    }
    return tree.body().value() == null
        ? None.NONE
        : evaluator.eval(tree.body().value(), scope, Category.VALUE);
  }

  private Datum carried(Datum next, Datum before, String name) {
    if (next.isPoison()) {
      return Poison.POISON;
    }
    if (before instanceof Datum.Listing b) {
      if (!(next instanceof Datum.Listing n) || n.items().size() != b.items().size()) {
        throw new Misuse(
            Codes.TYPE_MISMATCH,
            "`"
                + name
                + "` is carried as a list of "
                + b.items().size()
                + " and would become "
                + (next instanceof Datum.Listing n ? "one of " + n.items().size() : next.kind()));
      }
      var items = new ArrayList<Datum>();
      for (int i = 0; i < b.items().size(); i++) {
        items.add(carried(n.items().get(i), b.items().get(i), name + "[" + i + "]"));
      }
      return new Datum.Listing(items, b.tuple());
    }
    var type = ((Tensor) before).type();
    var tensor = evaluator.emitter().cast(evaluator.arithmetic().tensor(next), type.dtype());
    var shape = Broadcasting.join(tensor.shape(), type.shape());
    if (!shape.equals(type.shape())) {
      throw new Misuse(
          Codes.SHAPE_MISMATCH,
          "`" + name + "` is carried as " + type + " and would become " + tensor.type());
    }
    return evaluator.emitter().stretch(tensor, shape);
  }

  private Silent missingUpdate(Ast.Carry carry) {
    evaluator
        .problems()
        .report(
            Diagnostic.of(
                    Codes.MISSING_UPDATE,
                    carry.name().span(),
                    "the carried value `" + carry.name() + "` never moves")
                .help("update it in the block with `" + carry.name() + " <- ..`"));
    return new Silent();
  }

  private static List<Tensor> outputs(@Nullable Datum output) {
    return switch (output) {
      case Tensor t -> List.of(t);
      case Datum.Listing l -> {
        var tensors = new ArrayList<Tensor>();
        for (var item : l.items()) {
          if (!(item instanceof Tensor t)) {
            throw new Misuse(
                Codes.TYPE_MISMATCH,
                "the output of a scan's step is made of tensors, not " + item.kind());
          }
          tensors.add(t);
        }
        yield tensors;
      }
      case None _ -> List.of();
      case null, default ->
          throw new Misuse(Codes.TYPE_MISMATCH, "the output of a scan's step is a tensor");
    };
  }

  /** (outputs stacked, last value of each carry ..). */
  private Datum result(
      List<Tensor> results,
      List<Datum> starts,
      int carries,
      @Nullable Datum output,
      boolean batched) {
    var stacked = new ArrayList<Datum>();
    for (var s : results.subList(carries, results.size())) {
      stacked.add(
          batched && s.rank() > 1 && s.shape().dim(1).equals(Dim.BATCH)
              ? evaluator.emitter().moveAxis(s, 0, 1)
              : s);
    }
    var all = new ArrayList<Datum>();
    all.add(
        output instanceof None
            ? None.NONE
            : output instanceof Datum.Listing ? Datum.tuple(stacked) : stacked.get(0));
    var last = results.subList(0, carries).iterator();
    starts.forEach(s -> all.add(mapped(s, _ -> last.next())));
    return Datum.tuple(all);
  }
}
