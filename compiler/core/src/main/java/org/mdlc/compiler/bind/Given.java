package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/** The arguments of one call of a {@link Builtin}, read as what it needs. */
final class Given {
  private final Builtin builtin;
  private final Map<String, Datum> values;
  private final Evaluator evaluator;
  private final Span span;

  Given(Builtin builtin, Map<String, Datum> values, Evaluator evaluator, Span span) {
    this.builtin = builtin;
    this.values = values;
    this.evaluator = evaluator;
    this.span = span;
  }

  /** The same call with other arguments. */
  Given with(Map<String, Datum> others) {
    return new Given(builtin, others, evaluator, span);
  }

  Evaluator evaluator() {
    return evaluator;
  }

  Emitter emit() {
    return evaluator.emitter();
  }

  Span span() {
    return span;
  }

  Datum get(String name) {
    var value = values.get(name);
    if (value == null) {
      throw new IllegalStateException(builtin.name() + " has no parameter " + name);
    }
    return value;
  }

  boolean has(String name) {
    return !(get(name) instanceof Datum.None);
  }

  Misuse wrong(Codes code, String name, String message) {
    return builtin.wrong(code, name, message);
  }

  private Misuse needs(String name, String what) {
    var value = get(name);
    var misuse =
        wrong(
            value instanceof Datum.Layer || value instanceof Datum.Definition
                ? Codes.LAYER_USED_AS_TENSOR
                : Codes.TYPE_MISMATCH,
            name,
            "`" + name + "` of " + builtin.name() + " must be " + what + ", not " + value.kind());
    if (value instanceof Datum.Layer || value instanceof Datum.Definition) {
      misuse.help("a layer is applied with x |> " + value.text() + "(..)");
    }
    return misuse;
  }

  /** A tensor; a number becomes a constant. */
  Tensor tensor(String name) {
    return switch (get(name)) {
      case Tensor t -> t;
      case Whole _, Datum.Real _, Datum.Truth _ -> evaluator.arithmetic().tensor(get(name));
      case Datum.Strings s -> throw Types.textAsTensor(s, "`" + name + "` of " + builtin.name());
      default -> throw needs(name, "a tensor");
    };
  }

  Tensor floats(String name) {
    return emit().cast(tensor(name), DType.F32);
  }

  List<Tensor> tensors(String name) {
    var items = get(name) instanceof Listing l ? l.items() : List.of(get(name));
    if (items.size() == 1 && items.get(0) instanceof Listing inner) {
      items = inner.items();
    }
    var tensors = new ArrayList<Tensor>();
    for (var item : items) {
      if (item instanceof Datum.Strings text) {
        throw Types.textAsTensor(text, "what " + builtin.name() + " takes");
      }
      if (!(item instanceof Tensor t)) {
        boolean layer = item instanceof Datum.Layer || item instanceof Datum.Definition;
        var misuse =
            new Misuse(
                layer ? Codes.LAYER_USED_AS_TENSOR : Codes.TYPE_MISMATCH,
                builtin.name() + " takes tensors, not " + item.kind(),
                tensors.size());
        throw layer ? misuse.help("a layer is applied with x |> " + item.text() + "(..)") : misuse;
      }
      tensors.add(t);
    }
    if (tensors.isEmpty()) {
      throw wrong(Codes.MISSING_ARGUMENT, name, builtin.name() + " needs at least one tensor");
    }
    return tensors;
  }

  boolean truth(String name) {
    if (get(name) instanceof Datum.Truth t) {
      return t.value();
    }
    throw needs(name, "true or false");
  }

  String text(String name) {
    if (get(name) instanceof Datum.Text t) {
      return t.value();
    }
    throw needs(name, "a string");
  }

  double real(String name) {
    return get(name).number().orElseThrow(() -> needs(name, "a number known at compile time"));
  }

  Dim dim(String name) {
    return dim(name, get(name));
  }

  private Dim dim(String name, Datum value) {
    if (value instanceof Whole w) {
      return w.dim();
    }
    if (value instanceof Datum.Real r) {
      throw wrong(
              Codes.DIVISION_NOT_EXACT,
              name,
              "`" + name + "` of " + builtin.name() + " needs a whole number, not " + r.value())
          .help("floor_div(a, b) and ceil_div(a, b) give whole numbers");
    }
    throw needs(name, "a whole number");
  }

  int whole(String name) {
    return known(name, dim(name));
  }

  private int known(String name, Dim dim) {
    if (!dim.isConstant()) {
      throw Arithmetic.unknown(dim);
    }
    if (Math.abs(dim.value()) > Integer.MAX_VALUE) {
      throw wrong(
          Codes.VALUE_OUT_OF_RANGE,
          name,
          "`" + name + "` of " + builtin.name() + " is too large: " + dim);
    }
    return (int) dim.value();
  }

  List<Dim> dims(String name) {
    return items(name).stream().map(i -> dim(name, i)).toList();
  }

  /** A list; one value alone stands for a list of one. */
  List<Datum> items(String name) {
    return get(name) instanceof Listing l ? l.items() : List.of(get(name));
  }

  /** One number for each of {@code count} axes: a single one serves all. */
  List<Integer> wholes(String name, int count) {
    var items = items(name);
    if (items.size() == 1) {
      int one = known(name, dim(name, items.get(0)));
      return IntStream.range(0, count).map(_ -> one).boxed().toList();
    }
    if (items.size() != count) {
      throw wrong(
          Codes.VALUE_OUT_OF_RANGE,
          name,
          "`"
              + name
              + "` of "
              + builtin.name()
              + " needs "
              + count
              + " numbers, not "
              + items.size());
    }
    return items.stream().map(i -> known(name, dim(name, i))).toList();
  }

  DType dtype(String name) {
    var word = get(name) instanceof Datum.Text t ? t.value() : get(name).text();
    return Types.dtype(word)
        .orElseThrow(
            () -> {
              var unknown = Precision.unknownType(word);
              var misuse = wrong(unknown.code(), name, unknown.text());
              unknown.notes().forEach(misuse::note);
              unknown.helps().forEach(misuse::help);
              return misuse;
            });
  }

  /** An axis counted as in Keras: the batch is axis 0, -1 is the last. */
  int axis(String name, int rank) {
    int axis = whole(name);
    if (axis < -rank || axis >= rank) {
      throw wrong(
          Codes.AXIS_UNKNOWN,
          name,
          "there is no axis " + axis + " in a tensor of " + rank + " dimensions");
    }
    return axis < 0 ? axis + rank : axis;
  }

  /**
   * Axes to reduce: from {@code over} (after the batch, or by name) or {@code axis} (as in Keras);
   * all when neither is given.
   */
  List<Integer> axes(Tensor x) {
    if (has("over")) {
      return items("over").stream().map(i -> over(i, x)).distinct().sorted().toList();
    }
    if (has("axis")) {
      return items("axis").stream()
          .map(i -> asAxis(known("axis", dim("axis", i)), x, 0))
          .distinct()
          .sorted()
          .toList();
    }
    return IntStream.range(0, x.rank()).boxed().toList();
  }

  int over(Datum item, Tensor x) {
    if (!(item instanceof Whole w)) {
      throw wrong(Codes.TYPE_MISMATCH, "over", "`over` takes dimensions, not " + item.kind());
    }
    int first = x.batched() ? 1 : 0;
    if (w.axis() == null) {
      return asAxis(known("over", w.dim()), x, first);
    }
    var inner = x.inner();
    int hint = w.axis().index() < 0 ? w.axis().index() + inner.size() : w.axis().index();
    if (hint >= 0 && hint < inner.size() && inner.get(hint).equals(w.dim())) {
      return hint + first;
    }
    var same = IntStream.range(0, inner.size()).filter(i -> inner.get(i).equals(w.dim())).toArray();
    if (same.length == 1) {
      return same[0] + first;
    }
    throw wrong(Codes.AXIS_UNKNOWN, "over", x.type() + " has no dimension " + w.axis().name())
        .note(w.axis().name() + " is " + w.dim())
        .help("name the axis by its number: 0 is the first after the batch, -1 the last");
  }

  private int asAxis(int axis, Tensor x, int first) {
    int at = axis < 0 ? axis + x.rank() : axis + first;
    if (at < first && axis < 0 && first > 0 && at >= 0) {
      at = 0;
    }
    if (at < 0 || at >= x.rank()) {
      throw wrong(
          Codes.AXIS_UNKNOWN,
          first > 0 ? "over" : "axis",
          "there is no axis " + axis + " in " + x.type());
    }
    return at;
  }

  /** A shape without the batch, as written. */
  Shape shape(String name) {
    return new Shape(checked(name, dims(name)));
  }

  private List<Dim> checked(String name, List<Dim> dims) {
    for (var dim : dims) {
      if (dim.isConstant() && dim.value() < 0) {
        throw wrong(Codes.EMPTY_DIMENSION, name, "a dimension cannot be " + dim);
      }
    }
    return dims;
  }

  Optional<Datum> optional(String name) {
    return has(name) ? Optional.of(get(name)) : Optional.empty();
  }
}
