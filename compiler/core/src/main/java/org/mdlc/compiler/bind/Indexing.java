package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.None;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.op.Eq;
import org.mdlc.compiler.op.Gather;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Reverse;
import org.mdlc.compiler.op.Select;
import org.mdlc.compiler.op.Slice;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/**
 * {@code x[..]} on lists and tensors; on tensors the entries apply to the dimensions after the
 * batch.
 */
final class Indexing {
  private final Evaluator evaluator;

  Indexing(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Datum index(Ast.Index tree, Scope scope) {
    var target = evaluator.eval(tree.target(), scope, Category.VALUE);
    var entries = tree.items().stream().map(i -> entry(i, scope)).toList();
    if (target.isPoison() && !(target instanceof Listing)
        || entries.stream().anyMatch(Entry::poison)) {
      return Poison.POISON;
    }
    return switch (target) {
      case Listing l -> list(l, entries, tree);
      case Tensor t -> noted(t, entries, tensor(t, entries).unmasked(), tree);
      default -> throw new Misuse(Codes.TYPE_MISMATCH, target.kind() + " cannot be indexed");
    };
  }

  private Datum noted(Tensor target, List<Entry> entries, Datum result, Ast.Index tree) {
    var parts = new LinkedHashMap<String, Datum>();
    parts.put("x", target);
    for (int i = 0; i < entries.size(); i++) {
      var entry = entries.get(i);
      parts.put(Sketch.index(entry.tree, i), Datum.list(entry.first, entry.second, entry.third));
    }
    evaluator.sketch().function("[]", parts, result, tree.span());
    return result;
  }

  /** One entry with its expressions evaluated. */
  private record Entry(Ast.IndexItem tree, Datum first, Datum second, Datum third) {
    boolean poison() {
      return first.isPoison() || second.isPoison() || third.isPoison();
    }

    boolean newAxis() {
      return tree instanceof Ast.OneIndex && first instanceof None;
    }
  }

  private Entry entry(Ast.IndexItem item, Scope scope) {
    return switch (item) {
      case Ast.RestIndex _ -> new Entry(item, None.NONE, None.NONE, None.NONE);
      case Ast.OneIndex o ->
          new Entry(item, evaluator.eval(o.value(), scope, Category.VALUE), None.NONE, None.NONE);
      case Ast.Slice s ->
          new Entry(
              item, optional(s.from(), scope), optional(s.to(), scope), optional(s.step(), scope));
    };
  }

  private Datum optional(Ast.@Nullable Expr tree, Scope scope) {
    return tree == null ? None.NONE : evaluator.eval(tree, scope, Category.VALUE);
  }

  // ---- lists

  private static Datum list(Listing list, List<Entry> entries, Ast.Index tree) {
    if (entries.size() != 1) {
      throw new Misuse(
          Codes.RANK_MISMATCH, "a list has one dimension; index a list of lists with x[i][j]");
    }
    var entry = entries.get(0);
    int size = list.items().size();
    if (entry.tree instanceof Ast.OneIndex) {
      if (!(entry.first instanceof Whole w)) {
        throw new Misuse(
            Codes.TYPE_MISMATCH,
            "a list is indexed with a whole number, not " + entry.first.kind());
      }
      long at = known(w.dim());
      if (at < -size || at >= size) {
        throw new Misuse(
            Codes.INDEX_OUT_OF_RANGE,
            "index "
                + at
                + " of a list of "
                + size
                + ": `"
                + Problems.firstLine(tree.target().span())
                + "` is "
                + list.text());
      }
      return list.items().get((int) (at < 0 ? at + size : at));
    }
    if (!(entry.tree instanceof Ast.Slice)) {
      return list;
    }
    int step = (int) number(entry.third, 1);
    if (step == 0) {
      throw new Misuse(Codes.VALUE_OUT_OF_RANGE, "a slice cannot go in steps of 0");
    }
    var items = new ArrayList<Datum>();
    if (step > 0) {
      for (long i = clamp(number(entry.first, 0), size);
          i < clamp(number(entry.second, size), size);
          i += step) {
        items.add(list.items().get((int) i));
      }
    } else {
      long from =
          entry.first instanceof None
              ? size - 1
              : Math.min(fromEnd(number(entry.first, 0), size), size - 1);
      long to = entry.second instanceof None ? -1 : fromEnd(number(entry.second, 0), size);
      for (long i = from; i > to && i >= 0; i += step) {
        items.add(list.items().get((int) i));
      }
    }
    return new Listing(items, list.tuple());
  }

  private static long fromEnd(long i, int size) {
    return i < 0 ? i + size : i;
  }

  private static long clamp(long i, int size) {
    return Math.clamp(fromEnd(i, size), 0L, (long) size);
  }

  private static long number(Datum value, long otherwise) {
    return switch (value) {
      case None _ -> otherwise;
      case Whole w -> known(w.dim());
      default ->
          throw new Misuse(Codes.TYPE_MISMATCH, "an index is a whole number, not " + value.kind());
    };
  }

  private static long known(Dim dim) {
    if (!dim.isConstant()) {
      throw Arithmetic.unknown(dim);
    }
    return dim.value();
  }

  // ---- tensors

  /**
   * What is left to do with the axes: everything is sliced first, then single indices, new axes and
   * lookups follow.
   */
  private Tensor tensor(Tensor x, List<Entry> entries) {
    int first = x.batched() ? 1 : 0;
    int rank = x.rank() - first;
    long taking =
        entries.stream().filter(e -> !(e.tree instanceof Ast.RestIndex) && !e.newAxis()).count();
    if (taking > rank) {
      throw new Misuse(
          Codes.RANK_MISMATCH,
          taking
              + " indices for "
              + rank
              + " dimensions of "
              + x.type()
              + (first == 1 ? " after the batch" : ""));
    }
    if (entries.stream().filter(e -> e.tree instanceof Ast.RestIndex).count() > 1) {
      throw new Misuse(Codes.VALUE_OUT_OF_RANGE, "`..` can stand once in an index");
    }
    int axis = first;
    var result = x;
    for (var entry : entries) {
      if (entry.tree instanceof Ast.RestIndex) {
        axis += rank - (int) taking;
      } else if (entry.newAxis()) {
        result = evaluator.emitter().expand(result, axis++);
      } else if (entry.tree instanceof Ast.Slice) {
        result = slice(result, axis++, entry);
      } else if (entry.first instanceof Tensor indices) {
        int before = result.rank();
        result = gather(result, axis, indices);
        axis += result.rank() - before + 1;
      } else {
        result = one(result, axis, entry.first);
      }
    }
    return result;
  }

  private Tensor one(Tensor x, int axis, Datum index) {
    if (!(index instanceof Whole w)) {
      throw new Misuse(
          Codes.TYPE_MISMATCH,
          "an index is a whole number, a slice, `none` or an i32 tensor, not " + index.kind());
    }
    var size = x.shape().dim(axis);
    var at = w.dim();
    if (at.isConstant() && at.value() < 0) {
      at = size.plus(at);
    }
    if (at.isConstant() && (at.value() < 0 || size.isConstant() && at.value() >= size.value())) {
      throw new Misuse(
          Codes.INDEX_OUT_OF_RANGE,
          "index " + w.dim() + " of a dimension of size " + size + " in " + x.type());
    }
    return evaluator
        .emitter()
        .reshape(
            ShapeBuiltins.slice(evaluator.emitter(), x, axis, at, at.plus(1)),
            x.shape().without(List.of(axis)));
  }

  private Tensor slice(Tensor x, int axis, Entry entry) {
    var size = x.shape().dim(axis);
    int step = (int) number(entry.third, 1);
    if (step == 0) {
      throw new Misuse(Codes.VALUE_OUT_OF_RANGE, "a slice cannot go in steps of 0");
    }
    if (step < 0) {
      if (!(entry.first instanceof None) || !(entry.second instanceof None)) {
        throw new Misuse(
                Codes.VALUE_OUT_OF_RANGE, "backwards only the whole dimension can be walked")
            .help("write x[a:b][::-1]");
      }
      var reversed = evaluator.emitter().add(new Reverse(List.of(axis)), x);
      return step == -1 ? reversed : strided(reversed, axis, Dim.ZERO, size, -step);
    }
    var from = bound(entry.first, Dim.ZERO, size);
    var to = bound(entry.second, size, size);
    if (from.is(0) && to.equals(size) && step == 1) {
      return x;
    }
    if (size.isConstant()
        && entry.first instanceof Whole w
        && w.dim().isConstant()
        && w.dim().value() >= size.value()) {
      throw new Misuse(
          Codes.INDEX_OUT_OF_RANGE,
          "the slice starts at " + w.dim() + " of a dimension of size " + size + " in " + x.type());
    }
    var length = to.minus(from);
    if (length.isConstant() && length.value() <= 0) {
      throw new Misuse(
          Codes.EMPTY_DIMENSION,
          "the slice " + from + ":" + to + " of a dimension of size " + size + " is empty");
    }
    return strided(x, axis, from, to, step);
  }

  private static Dim bound(Datum value, Dim otherwise, Dim size) {
    return switch (value) {
      case None _ -> otherwise;
      case Whole w -> {
        var at = w.dim();
        if (at.isConstant() && at.value() < 0) {
          at = size.plus(at);
        }
        if (at.isConstant() && size.isConstant()) {
          at = Dim.of(Math.clamp(at.value(), 0L, size.value()));
        }
        yield at;
      }
      default ->
          throw new Misuse(
              Codes.TYPE_MISMATCH, "a slice goes between whole numbers, not " + value.kind());
    };
  }

  private Tensor strided(Tensor x, int axis, Dim from, Dim to, int step) {
    var starts = new ArrayList<Dim>();
    var limits = new ArrayList<Dim>();
    var strides = new ArrayList<Integer>();
    for (int i = 0; i < x.rank(); i++) {
      starts.add(i == axis ? from : Dim.ZERO);
      limits.add(i == axis ? to : x.shape().dim(i));
      strides.add(i == axis ? step : 1);
    }
    return evaluator.emitter().add(new Slice(starts, limits, strides), x);
  }

  /** One index per example along the axis, or a lookup in a table without a batch. */
  private Tensor gather(Tensor x, int axis, Tensor indices) {
    if (indices.dtype() != DType.I32) {
      throw new Misuse(
              Codes.DTYPE_MISMATCH, "indices are whole numbers (i32), not " + indices.type())
          .help("convert with cast(x, i32)");
    }
    if (!x.batched() || !indices.batched()) {
      return evaluator.emitter().add(new Gather(axis), x, indices);
    }
    return picked(x, axis, indices);
  }

  /**
   * {@code x[batch, .., K, ..]} at {@code indices[batch, ..]}: the leading dimensions agree, and
   * each example has its own index.
   */
  private Tensor picked(Tensor x, int axis, Tensor indices) {
    var emit = evaluator.emitter();
    var leading = new Shape(x.shape().dims().subList(0, axis));
    if (!leading.equals(indices.shape()) && !(axis == 1 && indices.rank() == 1)) {
      throw new Misuse(
          Codes.SHAPE_MISMATCH,
          "one index per entry of " + leading + " is needed, and there are " + indices.type());
    }
    // The entry whose place equals the index: all others are zero, so that the sum is that entry.
    var wide = indices;
    for (int i = axis; i < x.rank(); i++) {
      wide = emit.expand(wide, wide.rank());
    }
    var places = emit.iota(x.shape(), axis);
    var chosen = emit.add(new Eq(), emit.stretch(wide, x.shape()), places);
    var zero = emit.fill(x.type(), 0);
    return emit.add(new ReduceSum(List.of(axis)), emit.add(new Select(), chosen, x, zero));
  }
}
