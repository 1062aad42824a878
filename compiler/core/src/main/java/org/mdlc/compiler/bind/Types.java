package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Axis;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Real;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Fits values to declared types: checks, converts, and binds the named dimensions of a signature.
 */
final class Types {
  /** Element types that a tensor can be declared with. */
  static final List<String> ELEMENTS = List.of("f32", "i32", "u32", "bool", "str", "any");

  /** All names of types. */
  static final List<String> NAMES =
      List.of(
          "int",
          "float",
          "bool",
          "str",
          "fn",
          "layer",
          "block",
          "initializer",
          "regularizer",
          "constraint",
          "schedule",
          "loss",
          "metric",
          "optimizer",
          "dtype",
          "weights",
          "activation",
          "any",
          "f32",
          "i32",
          "u32");

  /** What the types of other languages are called here. */
  static final Map<String, String> HABITS =
      Map.of(
          "integer",
          "int",
          "string",
          "str",
          "double",
          "float",
          "boolean",
          "bool",
          "function",
          "fn",
          "float32",
          "f32",
          "int32",
          "i32",
          "f64",
          "f32",
          "i64",
          "i32");

  private final Evaluator evaluator;

  Types(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  static Optional<DType> dtype(String word) {
    return switch (word) {
      case "f32" -> Optional.of(DType.F32);
      case "i32" -> Optional.of(DType.I32);
      case "u32" -> Optional.of(DType.U32);
      case "bool" -> Optional.of(DType.BOOL);
      default -> Optional.empty();
    };
  }

  /**
   * A value as the declared type has it.
   *
   * @param what how messages call the value, such as "`units` of Dense"
   * @param dims where named dimensions are looked up and bound
   * @param order construction number of the layer whose argument it is
   */
  Datum fit(Ast.@Nullable TypeExpr type, Datum value, String what, Scope dims, int order) {
    if (type == null || value.isPoison()) {
      return value;
    }
    return switch (type) {
      case Ast.OptionalType o ->
          value instanceof Datum.None ? value : fit(o.type(), value, what, dims, order);
      case Ast.UnionType u -> union(u, value, what, dims, order);
      case Ast.EnumType e -> word(e, value, what);
      case Ast.ListType l -> list(l, value, what, dims, order);
      case Ast.TupleType t -> tuple(t, value, what, dims, order);
      case Ast.TensorType t -> tensor(t, value, what, dims);
      case Ast.NamedType n -> named(n, value, what, order);
    };
  }

  private Datum union(Ast.UnionType union, Datum value, String what, Scope dims, int order) {
    Misuse first = null;
    for (var alternative : union.alternatives()) {
      try {
        return fit(alternative, value, what, dims, order);
      } catch (Misuse m) {
        first = first == null ? m : first;
      }
    }
    throw new Misuse(
        Codes.TYPE_MISMATCH, what + " must be " + describe(union) + ", not " + value.kind());
  }

  private static Datum word(Ast.EnumType type, Datum value, String what) {
    var words = type.words().stream().map(Ast.Name::text).toList();
    var text = value instanceof Datum.Text t ? t.value() : null;
    if (text != null && words.contains(text)) {
      return value;
    }
    if (text != null && words.contains(text.toLowerCase(Locale.ROOT))) {
      return new Datum.Text(text.toLowerCase(Locale.ROOT));
    }
    var misuse =
        new Misuse(
            Codes.UNKNOWN_WORD,
            what
                + " is one of "
                + String.join(", ", words)
                + ", not "
                + (text == null ? value.kind() : "`" + text + "`"));
    if (text != null) {
      DidYouMean.nearest(text, words)
          .ifPresent(n -> misuse.replace("did you mean `" + n + "`?", n));
    }
    throw misuse;
  }

  private Datum list(Ast.ListType type, Datum value, String what, Scope dims, int order) {
    if (!(value instanceof Listing l)) {
      throw new Misuse(Codes.TYPE_MISMATCH, what + " must be a list, not " + value.kind());
    }
    return new Listing(
        l.items().stream()
            .map(i -> fit(type.element(), i, "an entry of " + what, dims.inner(), order))
            .toList(),
        l.tuple());
  }

  private Datum tuple(Ast.TupleType type, Datum value, String what, Scope dims, int order) {
    if (!(value instanceof Listing l) || l.items().size() != type.elements().size()) {
      throw new Misuse(
          Codes.TYPE_MISMATCH,
          what
              + " must be a tuple of "
              + type.elements().size()
              + ", not "
              + (value instanceof Listing l ? "of " + l.items().size() : value.kind()));
    }
    var items = new ArrayList<Datum>();
    for (int i = 0; i < l.items().size(); i++) {
      items.add(
          fit(type.elements().get(i), l.items().get(i), "entry " + i + " of " + what, dims, order));
    }
    return Datum.tuple(items);
  }

  private Datum named(Ast.NamedType type, Datum value, String what, int order) {
    return switch (type.name()) {
      case "any" -> value;
      case "int" -> {
        if (value instanceof Whole) {
          yield value;
        }
        var code =
            value instanceof Real r && r.quotient()
                ? Codes.DIVISION_NOT_EXACT
                : Codes.TYPE_MISMATCH;
        var misuse = new Misuse(code, what + " must be an int, not " + value.kind());
        if (value instanceof Real r) {
          misuse
              .note("its value is " + r.value())
              .help("floor_div(a, b) and ceil_div(a, b) give whole numbers");
        }
        throw unquoted(misuse, value);
      }
      case "float" -> {
        if (value instanceof Real || value instanceof Tensor t && t.rank() == 0) {
          yield value;
        }
        if (value instanceof Whole w) {
          yield w.dim().isConstant() ? new Real(w.dim().value()) : w;
        }
        throw unquoted(
            new Misuse(Codes.TYPE_MISMATCH, what + " must be a number, not " + value.kind()),
            value);
      }
      case "bool" -> {
        if (value instanceof Datum.Truth) {
          yield value;
        }
        throw unquoted(
            new Misuse(Codes.TYPE_MISMATCH, what + " must be true or false, not " + value.kind()),
            value);
      }
      case "str" -> {
        if (value instanceof Datum.Text) {
          yield value;
        }
        throw new Misuse(Codes.TYPE_MISMATCH, what + " must be a string, not " + value.kind());
      }
      case "fn", "activation" -> evaluator.conversions().function(value, what);
      case "initializer" -> evaluator.conversions().initializer(value, what, order);
      case "regularizer" ->
          evaluator.conversions().configured(value, Library.Category.REGULARIZER, what);
      case "constraint" ->
          evaluator.conversions().configured(value, Library.Category.CONSTRAINT, what);
      case "schedule" -> evaluator.conversions().schedule(value, what);
      case "loss" -> evaluator.conversions().configured(value, Library.Category.LOSS, what);
      case "metric" -> evaluator.conversions().configured(value, Library.Category.METRIC, what);
      case "optimizer" ->
          evaluator.conversions().configured(value, Library.Category.OPTIMIZER, what);
      case "layer" -> layer(value, what);
      case "block" -> {
        if (value.callable()) {
          yield value;
        }
        throw new Misuse(
            Codes.TYPE_MISMATCH, what + " must be a block or layer, not " + value.kind());
      }
      case "dtype" -> {
        var text = value instanceof Datum.Text t ? t.value() : value.text();
        if (dtype(text).isEmpty()) {
          throw new Misuse(
              Codes.UNKNOWN_TYPE,
              what + " must be an element type such as f32, not `" + text + "`");
        }
        yield new Datum.Text(dtype(text).get().text());
      }
      case "weights" -> {
        if (value instanceof Datum.WeightsFile) {
          yield value;
        }
        throw new Misuse(
            Codes.TYPE_MISMATCH, what + " must be imported weights, not " + value.kind());
      }
      default -> {
        var dtype = dtype(type.name());
        if (dtype.isEmpty()) {
          throw new Misuse(Codes.UNKNOWN_TYPE, "there is no type `" + type.name() + "`");
        }
        yield element(dtype.get(), asTensor(value, what), what);
      }
    };
  }

  /** A number or truth value that stands in quotes. */
  private static Misuse unquoted(Misuse misuse, Datum value) {
    return value instanceof Datum.Text t && t.value().matches("-?\\d+(\\.\\d+)?|true|false")
        ? misuse.replace("without quotes", t.value())
        : misuse;
  }

  private static Datum layer(Datum value, String what) {
    if (value instanceof Datum.Layer) {
      return value;
    }
    var misuse = new Misuse(Codes.TYPE_MISMATCH, what + " must be a layer, not " + value.kind());
    if (value instanceof Datum.Definition d) {
      misuse.help("make one with " + d.name() + "(..)");
    }
    throw misuse;
  }

  // ---- tensors

  private Tensor asTensor(Datum value, String what) {
    return switch (value) {
      case Tensor t -> t;
      case Whole _, Real _, Datum.Truth _ -> evaluator.arithmetic().tensor(value);
      case Datum.Strings s -> throw textAsTensor(s, what);
      default -> {
        boolean layer = value instanceof Datum.Layer || value instanceof Datum.Definition;
        var misuse =
            new Misuse(
                layer ? Codes.LAYER_USED_AS_TENSOR : Codes.TYPE_MISMATCH,
                what + " must be a tensor, not " + value.kind());
        if (layer) {
          misuse.help("a layer is applied with x |> " + value.text() + "(..)");
        }
        throw misuse;
      }
    };
  }

  private Tensor element(DType dtype, Tensor tensor, String what) {
    if (tensor.dtype() == dtype) {
      return tensor;
    }
    if (dtype == DType.F32 && tensor.dtype() == DType.BOOL) {
      return evaluator.emitter().cast(tensor, DType.F32);
    }
    var misuse =
        new Misuse(
            Codes.DTYPE_MISMATCH, what + " must hold " + dtype.text() + ", not " + tensor.type());
    if (dtype == DType.F32) {
      misuse.help(
          "whole numbers go through Embedding or one_hot first, or are converted with cast(x, f32)");
    } else {
      evaluator.shapeAdvice().whole(misuse, tensor, dtype);
    }
    throw misuse;
  }

  /** For text where numbers are needed. */
  static Misuse textAsTensor(Datum.Strings text, String what) {
    return new Misuse(
            Codes.TEXT_AS_TENSOR,
            what + " must be a tensor, and `" + text.name() + "` is text: " + text.typeText())
        .at(text.span(), "declared here")
        .help(
            "make numbers of it first: "
                + text.name()
                + " |> TextVectorization(..), StringLookup(..) or Hashing(..)");
  }

  private Datum.Strings text(Ast.TensorType type, Datum value, String what, Scope dims) {
    if (!(value instanceof Datum.Strings text)) {
      throw new Misuse(
              Codes.TEXT_EXPECTED,
              what + " must be text, which only an input of the model can be, not " + value.kind())
          .help("declare an input such as `input review: str[]` and give that to the layer");
    }
    unify(type, text, what, dims);
    return text;
  }

  private Datum tensor(Ast.TensorType type, Datum value, String what, Scope dims) {
    if (type.dtype().text().equals("str")) {
      return text(type, value, what, dims);
    }
    var tensor = asTensor(value, what);
    var result = tensor;
    if (!type.dtype().text().equals("any")) {
      var dtype = dtype(type.dtype().text());
      if (dtype.isEmpty()) {
        throw new Misuse(
            Codes.UNKNOWN_TYPE, "there is no element type `" + type.dtype().text() + "`");
      }
      result = element(dtype.get(), tensor, what);
    }
    unify(type, tensor, what, dims);
    return result;
  }

  /** Binds the names of a pattern to the dimensions of a tensor after its batch, or checks them. */
  private void unify(Ast.TensorType type, Datum.Shaped tensor, String what, Scope dims) {
    var actual = tensor.inner();
    var pattern = type.dims();
    int rest = restAt(pattern);
    int fixed = pattern.size() - (rest >= 0 ? 1 : 0);
    if (rest < 0 ? actual.size() != fixed : actual.size() < fixed) {
      throw wrongRank(type, tensor, what, fixed, rest >= 0);
    }
    for (int i = 0; i < pattern.size(); i++) {
      int fromEnd = i - pattern.size();
      switch (pattern.get(i)) {
        case Ast.RestDims r ->
            bindRest(r, actual.subList(i, actual.size() + fromEnd + 1), i, what, tensor, dims);
        case Ast.OneDim d -> {
          boolean afterRest = rest >= 0 && i > rest;
          var size = actual.get(afterRest ? actual.size() + fromEnd : i);
          bindOne(d, size, afterRest ? fromEnd : i, what, tensor, dims);
        }
      }
    }
  }

  private static int restAt(List<Ast.DimExpr> pattern) {
    for (int i = 0; i < pattern.size(); i++) {
      if (pattern.get(i) instanceof Ast.RestDims) {
        return i;
      }
    }
    return -1;
  }

  private Misuse wrongRank(
      Ast.TensorType type, Datum.Shaped tensor, String what, int wanted, boolean orMore) {
    int has = tensor.inner().size();
    var misuse =
        new Misuse(
                Codes.RANK_MISMATCH,
                what
                    + " needs "
                    + wanted
                    + (orMore ? " or more" : "")
                    + (wanted == 1 && !orMore ? " dimension" : " dimensions")
                    + " after the batch, not "
                    + has)
            .note("it is declared " + type.span().text() + " and gets " + tensor.typeText());
    return evaluator.shapeAdvice().rank(misuse, tensor, has, wanted, orMore);
  }

  private void bindRest(
      Ast.RestDims rest,
      List<Dim> actual,
      int start,
      String what,
      Datum.Shaped tensor,
      Scope dims) {
    var items = new ArrayList<Whole>();
    for (int i = 0; i < actual.size(); i++) {
      items.add(new Whole(actual.get(i), new Axis(rest.name().text(), start + i)));
    }
    var bound = dims.here(rest.name().text());
    if (bound == null) {
      dims.put(rest.name().text(), Datum.list(items), rest.span());
    } else if (bound.value() instanceof Listing known && !known.items().equals(items)) {
      throw new Misuse(
              Codes.SHAPE_MISMATCH,
              what
                  + " has dimensions "
                  + Datum.list(items).text()
                  + " where "
                  + known.text()
                  + " is needed")
          .note(
              "..."
                  + rest.name().text()
                  + " is "
                  + known.text()
                  + " from an earlier argument; this one is "
                  + tensor.typeText());
    }
  }

  private void bindOne(
      Ast.OneDim pattern, Dim size, int index, String what, Datum.Shaped tensor, Scope dims) {
    if (pattern.size() instanceof Ast.NameExpr name && dims.find(name.name()) == null) {
      dims.put(name.name(), new Whole(size, new Axis(name.name(), index)), pattern.span());
      return;
    }
    var wanted = evaluator.eval(pattern.size(), dims);
    if (wanted.isPoison()) {
      return;
    }
    if (!(wanted instanceof Whole w)) {
      throw new Misuse(
          Codes.TYPE_MISMATCH,
          "the size `"
              + pattern.span().text()
              + "` in the type of "
              + what
              + " is not a whole number but "
              + wanted.kind());
    }
    if (!w.dim().equals(size)) {
      throw mismatch(pattern, w.dim(), size, what, tensor);
    }
  }

  private static Misuse mismatch(
      Ast.OneDim pattern, Dim wanted, Dim size, String what, Datum.Shaped tensor) {
    var text = pattern.span().text();
    var misuse =
        new Misuse(
                Codes.SHAPE_MISMATCH,
                what
                    + " has "
                    + size
                    + " where "
                    + (text.equals(wanted.toString()) ? wanted : text + " = " + wanted)
                    + " is needed")
            .note("it gets " + tensor.typeText());
    if (tensor.inner().size() == 3 && tensor.inner().get(0).equals(wanted)) {
      misuse.help(
          "images are [height, width, channels]: this one looks like channels first; use Permute([2, 3, 1])");
    }
    return misuse;
  }

  // ---- types of what does not exist yet

  /**
   * The type of a weight, input or target: dimensions as declared, with the batch in front when
   * {@code batched}.
   */
  TensorType declared(Ast.TypeExpr type, Scope scope, boolean batched) {
    return declared(type, elementOf(type), scope, batched);
  }

  /** The word before the dimensions. */
  static String elementOf(Ast.TypeExpr type) {
    return switch (type) {
      case Ast.NamedType n -> n.name();
      case Ast.TensorType t -> t.dtype().text();
      default -> "";
    };
  }

  /** An input of strings; the dimensions as {@link #declared} has them. */
  Shape declaredText(Ast.TypeExpr type, Scope scope) {
    return declared(type, "i32", scope, true).shape();
  }

  private TensorType declared(Ast.TypeExpr type, String element, Scope scope, boolean batched) {
    var dims = new ArrayList<Dim>();
    if (batched) {
      dims.add(Dim.BATCH);
    }
    if (type instanceof Ast.TensorType t) {
      t.dims().forEach(d -> dims.addAll(sizes(d, scope)));
    } else if (!(type instanceof Ast.NamedType)) {
      throw new Misuse(
          Codes.TYPE_MISMATCH,
          "a tensor type such as f32[10] is needed here, not " + type.span().text());
    }
    var dtype =
        element.equals("any")
            ? DType.F32
            : dtype(element).orElseThrow(() -> Precision.unknownType(element));
    for (var dim : dims) {
      if (dim.isConstant() && dim.value() < 1) {
        throw new Misuse(
            Codes.EMPTY_DIMENSION, "a dimension of " + type.span().text() + " comes out as " + dim);
      }
    }
    return new TensorType(dtype, new Shape(dims));
  }

  private List<Dim> sizes(Ast.DimExpr dim, Scope scope) {
    return switch (dim) {
      case Ast.RestDims r -> {
        var bound = scope.find(r.name().text());
        if (bound != null && bound.value().isPoison()) {
          throw new Silent();
        }
        if (bound == null || !(bound.value() instanceof Listing l)) {
          throw new Misuse(Codes.UNKNOWN_NAME, "..." + r.name().text() + " is not bound here");
        }
        bound.use();
        yield l.items().stream().map(i -> size(i, r)).toList();
      }
      case Ast.OneDim d -> List.of(size(evaluator.eval(d.size(), scope), d));
    };
  }

  private static Dim size(Datum value, Ast.DimExpr at) {
    return switch (value) {
      case Whole w -> w.dim();
      case Datum.Poison _ -> throw new Silent();
      case Real r ->
          throw new Misuse(
                  Codes.DIVISION_NOT_EXACT,
                  "the size `" + at.span().text() + "` comes out as " + r.value())
              .help("floor_div(a, b) and ceil_div(a, b) give whole numbers");
      default ->
          throw new Misuse(
              Codes.TYPE_MISMATCH,
              "the size `" + at.span().text() + "` is " + value.kind() + ", not a whole number");
    };
  }

  // ---- words for messages

  static String describe(Ast.TypeExpr type) {
    return switch (type) {
      case Ast.OptionalType o -> describe(o.type()) + " or none";
      case Ast.UnionType u ->
          u.alternatives().stream().map(Types::describe).collect(Collectors.joining(" or "));
      case Ast.EnumType e ->
          e.words().stream().map(Ast.Name::text).collect(Collectors.joining(" or "));
      case Ast.ListType l -> "a list of " + describe(l.element());
      case Ast.TupleType t -> "a tuple of " + t.elements().size();
      case Ast.TensorType t -> t.span().text();
      case Ast.NamedType n ->
          switch (n.name()) {
            case "int", "initializer", "optimizer" -> "an " + n.name();
            case "fn" -> "a function";
            default -> "a " + n.name();
          };
    };
  }
}
