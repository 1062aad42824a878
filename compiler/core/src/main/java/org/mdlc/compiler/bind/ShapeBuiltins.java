package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Eq;
import org.mdlc.compiler.op.Gather;
import org.mdlc.compiler.op.Ge;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.Pad;
import org.mdlc.compiler.op.Reverse;
import org.mdlc.compiler.op.ScatterAdd;
import org.mdlc.compiler.op.Slice;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Functions of shapes: what a tensor's dimensions are, and other arrangements of the same values.
 * Lists of sizes leave the batch out.
 */
final class ShapeBuiltins {
  private ShapeBuiltins() {}

  static Stream<Builtin> all() {
    return Stream.of(
        Builtin.of(
            "shape(x)",
            "Sizes of the dimensions after the batch.",
            g -> Datum.dims(g.tensor("x").inner())),
        Builtin.of(
            "rank(x)",
            "Number of dimensions after the batch.",
            g -> Datum.whole(g.tensor("x").inner().size())),
        Builtin.of(
            "size(x)",
            "Number of elements, batch included.",
            g -> new Whole(g.tensor("x").shape().elements())),
        Builtin.of("channels(x)", "Size of the last dimension.", ShapeBuiltins::channels),
        Builtin.of("batch_size()", "Number of examples in the batch.", _ -> new Whole(Dim.BATCH)),
        Builtin.of(
            "dtype(x)",
            "Name of the element type.",
            g -> new Datum.Text(g.tensor("x").dtype().text())),
        Builtin.of(
            "reshape(x, shape)",
            "The same values in row-major order in another shape; -1 is worked out.",
            ShapeBuiltins::reshape),
        Builtin.of(
            "transpose(x, order = none)",
            "Dimensions after the batch in another order; without one the last two swap.",
            ShapeBuiltins::transpose),
        Builtin.of(
            "expand_dims(x, axis = -1)", "A new dimension of size 1.", ShapeBuiltins::expand),
        Builtin.of("squeeze(x, axis)", "Without a dimension of size 1.", ShapeBuiltins::squeeze),
        Builtin.of("broadcast_to(x, shape)", "Stretched to a shape.", ShapeBuiltins::broadcast),
        Builtin.of(
            "pad(x, widths, value = 0.0)",
            "With cells added around; one [low, high] per dimension after the batch.",
            ShapeBuiltins::pad),
        Builtin.of(
            "concat(*parts, axis = -1)", "Tensors joined along an axis.", ShapeBuiltins::concat),
        Builtin.of(
            "stack(*parts, axis = -1)", "Tensors joined along a new axis.", ShapeBuiltins::stack),
        Builtin.of(
            "split(x, parts, axis = -1)",
            "Equal parts along an axis (or parts of the listed sizes), as a list.",
            ShapeBuiltins::split),
        Builtin.of(
            "slice(x, start, stop, axis = -1)",
            "The entries from start up to but without stop along an axis.",
            ShapeBuiltins::sliceOf),
        Builtin.of(
            "reverse(x, axis)",
            "The other way round along an axis.",
            g -> g.emit().add(new Reverse(List.of(axis(g))), g.tensor("x"))),
        Builtin.of(
            "zeros(shape, dtype = \"f32\")",
            "A tensor of zeros of exactly this shape.",
            g -> fill(g, 0)),
        Builtin.of(
            "ones(shape, dtype = \"f32\")",
            "A tensor of ones of exactly this shape.",
            g -> fill(g, 1)),
        Builtin.of(
            "full(shape, value, dtype = \"f32\")",
            "A tensor of one value of exactly this shape.",
            g -> fill(g, g.real("value"))),
        Builtin.of(
            "tensor(values, dtype = \"f32\")",
            "A list of numbers as a tensor; of lists of equal lengths, as one of more dimensions.",
            ShapeBuiltins::table),
        Builtin.of("zeros_like(x)", "Zeros of the shape and type of x.", g -> like(g, 0)),
        Builtin.of("ones_like(x)", "Ones of the shape and type of x.", g -> like(g, 1)),
        Builtin.of(
            "iota(shape, axis = 0)",
            "0, 1, 2, .. along an axis of exactly this shape, as i32.",
            g -> g.emit().iota(g.shape("shape"), g.axis("axis", g.shape("shape").rank()))),
        Builtin.of(
            "arange(n)", "0, 1, .. n-1 as i32.", g -> g.emit().iota(Shape.of(g.dim("n")), 0)),
        Builtin.of("eye(n, m = none)", "The identity matrix.", g -> triangle(g, true)),
        Builtin.of(
            "tril(n, m = none)",
            "Ones on and below the diagonal, as f32.",
            g -> triangle(g, false)),
        Builtin.of(
            "one_hot(indices, n)",
            "1 at the index and 0 elsewhere along a new last dimension.",
            ShapeBuiltins::oneHot),
        Builtin.of(
            "gather(x, indices, axis = 0, batch_dims = 0)",
            "Entries of x along an axis, by i32 indices. The first batch_dims dimensions of both agree, and each has indices of its own.",
            ShapeBuiltins::gather),
        Builtin.of(
            "bincount(x, n)",
            "How often each of 0 .. n-1 occurs among the whole numbers of x, batch included; others do not count.",
            ShapeBuiltins::bincount));
  }

  private static int axis(Given g) {
    return g.axis("axis", g.tensor("x").rank());
  }

  private static Datum channels(Given g) {
    var x = g.tensor("x");
    if (x.inner().isEmpty()) {
      throw g.wrong(Codes.RANK_MISMATCH, "x", x.type() + " has no channels");
    }
    return new Whole(x.shape().dim(-1));
  }

  private static Datum reshape(Given g) {
    var x = g.tensor("x");
    var dims = new ArrayList<Dim>(g.dims("shape"));
    var whole = new Shape(x.inner()).elements();
    int open = -1;
    var product = Dim.ONE;
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i).is(-1)) {
        if (open >= 0) {
          throw g.wrong(Codes.VALUE_OUT_OF_RANGE, "shape", "only one size can be -1");
        }
        open = i;
      } else if (dims.get(i).isConstant() && dims.get(i).value() < 0) {
        throw g.wrong(Codes.EMPTY_DIMENSION, "shape", "a dimension cannot be " + dims.get(i));
      } else {
        product = product.times(dims.get(i));
      }
    }
    var target = new Shape(dims);
    if (open >= 0) {
      var rest = product.is(0) ? Optional.<Dim>empty() : whole.dividedBy(product);
      if (rest.isEmpty()) {
        throw g.wrong(
            Codes.SHAPE_MISMATCH,
            "shape",
            whole + " elements per example do not divide into " + target);
      }
      dims.set(open, rest.get());
      target = new Shape(dims);
    }
    if (!whole.equals(target.elements())) {
      throw g.wrong(
          Codes.SHAPE_MISMATCH,
          "shape",
          "cannot reshape "
              + new Shape(x.inner())
              + " to "
              + target
              + ": "
              + whole
              + " elements are not "
              + target.elements());
    }
    if (x.batched()) {
      dims.add(0, Dim.BATCH);
    }
    return g.emit().reshape(x, new Shape(dims));
  }

  private static Datum transpose(Given g) {
    var x = g.tensor("x");
    var order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
    if (!g.has("order")) {
      if (x.rank() < 2) {
        throw g.wrong(Codes.RANK_MISMATCH, "x", "transpose needs two dimensions, not " + x.type());
      }
      Collections.swap(order, x.rank() - 2, x.rank() - 1);
      return g.emit().transpose(x, order);
    }
    int first = x.batched() ? 1 : 0;
    int rank = x.rank() - first;
    var given = new ArrayList<Integer>();
    if (first == 1) {
      given.add(0);
    }
    for (var item : g.wholes("order", rank)) {
      given.add((item < 0 ? item + rank : item) + first);
    }
    if (!given.stream().sorted().toList().equals(order)) {
      throw g.wrong(
          Codes.VALUE_OUT_OF_RANGE,
          "order",
          "the order must name each of the dimensions 0.." + (rank - 1) + " after the batch once");
    }
    return g.emit().transpose(x, given);
  }

  private static Datum expand(Given g) {
    var x = g.tensor("x");
    return g.emit().expand(x, g.axis("axis", x.rank() + 1));
  }

  private static Datum squeeze(Given g) {
    var x = g.tensor("x");
    int axis = axis(g);
    if (!x.shape().dim(axis).is(1)) {
      throw g.wrong(
          Codes.SHAPE_MISMATCH,
          "axis",
          "axis " + axis + " of " + x.type() + " has size " + x.shape().dim(axis) + ", not 1");
    }
    return g.emit().reshape(x, x.shape().without(List.of(axis)));
  }

  private static Datum broadcast(Given g) {
    var x = g.tensor("x");
    var dims = new ArrayList<Dim>(g.dims("shape"));
    if (x.batched()) {
      dims.add(0, Dim.BATCH);
    }
    var target = new Shape(dims);
    if (!Broadcasting.join(x.shape(), target).equals(target)) {
      throw g.wrong(Codes.SHAPE_MISMATCH, "shape", x.type() + " does not stretch to " + target);
    }
    return g.emit().stretch(x, target);
  }

  private static Datum pad(Given g) {
    var x = g.tensor("x");
    var widths = g.items("widths");
    int first = x.rank() - widths.size();
    if (first < 0 || first > (x.batched() ? 1 : 0)) {
      throw g.wrong(
          Codes.RANK_MISMATCH,
          "widths",
          x.inner().size() + " dimensions need as many [low, high] pairs, not " + widths.size());
    }
    var low = new ArrayList<Dim>();
    var high = new ArrayList<Dim>();
    for (int i = 0; i < first; i++) {
      low.add(Dim.ZERO);
      high.add(Dim.ZERO);
    }
    for (var width : widths) {
      var pair =
          width instanceof Datum.Listing l && l.items().size() == 2
              ? l.items()
              : List.of(width, width);
      for (int side = 0; side < 2; side++) {
        if (!(pair.get(side) instanceof Whole w) || w.dim().isConstant() && w.dim().value() < 0) {
          throw g.wrong(
              Codes.VALUE_OUT_OF_RANGE,
              "widths",
              "a padding is a whole number not below 0, not " + pair.get(side).text());
        }
        (side == 0 ? low : high).add(w.dim());
      }
    }
    return g.emit().add(new Pad(low, high, g.real("value")), x);
  }

  private static Datum concat(Given g) {
    var parts = sameType(g, g.tensors("parts"));
    var first = parts.get(0);
    int axis = g.axis("axis", first.rank());
    for (int i = 1; i < parts.size(); i++) {
      var part = parts.get(i);
      boolean fits = part.rank() == first.rank();
      for (int d = 0; fits && d < first.rank(); d++) {
        fits = d == axis || part.shape().dim(d).equals(first.shape().dim(d));
      }
      if (!fits) {
        var misuse =
            new Misuse(
                Codes.SHAPE_MISMATCH,
                "concat along axis "
                    + axis
                    + " needs equal sizes elsewhere: "
                    + first.type()
                    + " and "
                    + part.type(),
                i);
        throw SideAdvice.concatenation(misuse, first.shape(), part.shape());
      }
    }
    return g.emit().concat(parts, axis);
  }

  private static List<Tensor> sameType(Given g, List<Tensor> parts) {
    var dtype = parts.stream().map(Tensor::dtype).reduce(Emitter::join).orElseThrow();
    return parts.stream().map(p -> g.emit().cast(p, dtype)).toList();
  }

  private static Datum stack(Given g) {
    var parts = sameType(g, g.tensors("parts"));
    int axis = g.axis("axis", parts.get(0).rank() + 1);
    for (int i = 1; i < parts.size(); i++) {
      if (!parts.get(i).shape().equals(parts.get(0).shape())) {
        throw new Misuse(
            Codes.SHAPE_MISMATCH,
            "stack needs equal shapes: " + parts.get(0).type() + " and " + parts.get(i).type(),
            i);
      }
    }
    return g.emit().concat(parts.stream().map(p -> g.emit().expand(p, axis)).toList(), axis);
  }

  private static Datum split(Given g) {
    var x = g.tensor("x");
    int axis = axis(g);
    var size = x.shape().dim(axis);
    List<Dim> sizes;
    if (g.get("parts") instanceof Datum.Listing) {
      sizes = g.dims("parts");
      if (!sizes.stream().reduce(Dim.ZERO, Dim::plus).equals(size)) {
        throw g.wrong(Codes.SHAPE_MISMATCH, "parts", "the parts must add up to " + size);
      }
    } else {
      int count = g.whole("parts");
      if (count < 1 || count > Limits.LIST) {
        throw g.wrong(Codes.VALUE_OUT_OF_RANGE, "parts", "cannot split into " + count + " parts");
      }
      var each =
          size.dividedBy(Dim.of(count))
              .orElseThrow(
                  () ->
                      g.wrong(
                          Codes.DIVISION_NOT_EXACT,
                          "parts",
                          size + " does not divide into " + count + " equal parts"));
      sizes = Collections.nCopies(count, each);
    }
    var parts = new ArrayList<Tensor>();
    var start = Dim.ZERO;
    for (var part : sizes) {
      parts.add(slice(g.emit(), x, axis, start, start.plus(part)));
      start = start.plus(part);
    }
    return Datum.list(parts);
  }

  private static Datum sliceOf(Given g) {
    var x = g.tensor("x");
    int axis = axis(g);
    var start = g.dim("start");
    var stop = g.dim("stop");
    var size = x.shape().dim(axis);
    var taken = stop.plus(start.times(-1));
    boolean inside =
        !(start.isConstant() && start.value() < 0)
            && !(taken.isConstant() && taken.value() < 0)
            && !(stop.isConstant() && size.isConstant() && stop.value() > size.value());
    if (!inside) {
      throw g.wrong(
          Codes.INDEX_OUT_OF_RANGE,
          "stop",
          "there is no slice from " + start + " to " + stop + " of " + size + " entries");
    }
    return slice(g.emit(), x, axis, start, stop);
  }

  static Tensor slice(Emitter emit, Tensor x, int axis, Dim from, Dim to) {
    var starts = new ArrayList<Dim>(Collections.nCopies(x.rank(), Dim.ZERO));
    var limits = new ArrayList<Dim>(x.shape().dims());
    starts.set(axis, from);
    limits.set(axis, to);
    return emit.add(new Slice(starts, limits, Collections.nCopies(x.rank(), 1)), x);
  }

  private static Datum fill(Given g, double value) {
    return g.emit().fill(new TensorType(g.dtype("dtype"), g.shape("shape")), value);
  }

  private static Tensor table(Given g) {
    var sizes = new ArrayList<Long>();
    Datum first = g.get("values");
    while (first instanceof Datum.Listing l && !l.items().isEmpty()) {
      sizes.add((long) l.items().size());
      first = l.items().get(0);
    }
    var numbers = new ArrayList<Double>();
    flatten(g, g.get("values"), sizes, 0, numbers);
    var shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    return g.emit().table(new TensorType(g.dtype("dtype"), shape), numbers);
  }

  private static void flatten(
      Given g, Datum value, List<Long> sizes, int depth, List<Double> numbers) {
    if (depth == sizes.size()) {
      numbers.add(
          value
              .number()
              .orElseThrow(
                  () ->
                      g.wrong(
                          Codes.TYPE_MISMATCH,
                          "values",
                          "a tensor is made of numbers known at compile time, not of "
                              + value.kind())));
      return;
    }
    if (!(value instanceof Datum.Listing l) || l.items().size() != sizes.get(depth)) {
      throw g.wrong(
          Codes.SHAPE_MISMATCH, "values", "the lists of a tensor must be of equal lengths");
    }
    l.items().forEach(i -> flatten(g, i, sizes, depth + 1, numbers));
  }

  private static Datum like(Given g, double value) {
    return g.emit().fill(g.tensor("x").type(), value);
  }

  private static Datum triangle(Given g, boolean diagonalOnly) {
    var n = g.dim("n");
    var shape = Shape.of(n, g.has("m") ? g.dim("m") : n);
    var row = g.emit().iota(shape, 0);
    var column = g.emit().iota(shape, 1);
    return g.emit().cast(g.emit().add(diagonalOnly ? new Eq() : new Ge(), row, column), DType.F32);
  }

  private static Datum oneHot(Given g) {
    var indices = g.emit().cast(g.tensor("indices"), DType.I32);
    var dims = new ArrayList<>(indices.shape().dims());
    dims.add(g.dim("n"));
    var shape = new Shape(dims);
    var wide = g.emit().stretch(g.emit().expand(indices, indices.rank()), shape);
    return g.emit()
        .cast(g.emit().add(new Eq(), wide, g.emit().iota(shape, shape.rank() - 1)), DType.F32);
  }

  private static Datum gather(Given g) {
    var x = g.tensor("x");
    int axis = g.axis("axis", x.rank());
    int shared = g.whole("batch_dims");
    var indices = indices(g, "indices");
    if (shared == 0) {
      return g.emit().add(new Gather(axis), x, indices);
    }
    if (shared < 0 || shared > axis || shared > indices.rank()) {
      throw g.wrong(
          Codes.VALUE_OUT_OF_RANGE,
          "batch_dims",
          "batch_dims is "
              + shared
              + "; it lies between 0 and the axis, "
              + axis
              + ", and the indices have "
              + indices.rank()
              + " dimensions");
    }
    var leading = x.shape().dims().subList(0, shared);
    if (!leading.equals(indices.shape().dims().subList(0, shared))) {
      throw g.wrong(
          Codes.SHAPE_MISMATCH,
          "indices",
          "the leading "
              + shared
              + " dimensions of "
              + x.type()
              + " and "
              + indices.type()
              + " differ");
    }
    return gatherEach(g.emit(), x, indices, axis, shared);
  }

  private static Tensor indices(Given g, String name) {
    var indices = g.tensor(name);
    if (indices.dtype() == DType.F32) {
      throw g.wrong(
              Codes.DTYPE_MISMATCH, name, "indices must be whole numbers, not " + indices.type())
          .help("declare the input as i32, or write cast(x, i32)");
    }
    return g.emit().cast(indices, DType.I32);
  }

  /**
   * {@code x [leading, between, n, rest]} at {@code indices [leading, places]}: all lines of {@code
   * n} become one, so that a plain gather finds entry i of line l at {@code l * n + i}.
   */
  private static Tensor gatherEach(Emitter emit, Tensor x, Tensor indices, int axis, int shared) {
    var leading = new Shape(x.shape().dims().subList(0, shared));
    var size = x.shape().dim(axis);
    var lines = emit.moveAxis(x, axis, shared);
    var flat = new ArrayList<>(lines.shape().dims().subList(shared + 1, lines.rank()));
    flat.add(0, leading.elements().times(size));
    var line = emit.reshape(emit.iota(new Shape(List.of(leading.elements())), 0), leading);
    var start = emit.elementwise(new Mul(), List.of(line, emit.number(size, DType.I32)));
    for (int i = shared; i < indices.rank(); i++) {
      start = emit.expand(start, i);
    }
    var found =
        emit.add(
            new Gather(0),
            emit.reshape(lines, new Shape(flat)),
            emit.elementwise(new Add(), List.of(indices, start)));
    int places = indices.rank() - shared; // they stand before `between` now, and belong after it
    var order = new ArrayList<Integer>();
    IntStream.range(0, shared).forEach(order::add);
    IntStream.range(shared, axis).map(i -> i + places).forEach(order::add);
    IntStream.range(shared, shared + places).forEach(order::add);
    IntStream.range(axis + places, found.rank()).forEach(order::add);
    return emit.transpose(found, order);
  }

  private static Datum bincount(Given g) {
    var x = indices(g, "x");
    var flat = g.emit().reshape(x, new Shape(List.of(x.shape().elements())));
    var counts = new Shape(List.of(g.dim("n")));
    var ones = g.emit().fill(flat.type(), 1);
    return g.emit().add(new ScatterAdd(0, counts), flat, ones);
  }
}
