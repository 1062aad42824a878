package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * What variables start at: values of the initialize graph, and the numbers among them that need no
 * graph. Initializers draw here, each with a key of its own.
 */
final class InitialValues {
  /**
   * What a variable starts at: a number, or a value of the initialize graph with the draw that its
   * key comes from.
   */
  record Start(double fill, @Nullable Tensor value, @Nullable Draw draw) {}

  /** A variable's type, and what it starts at. */
  record Made(TensorType type, Start start) {}

  private final Evaluator evaluator;
  private final Frame frame = Frame.root("initialize");
  private final Map<String, Tensor> keys = new LinkedHashMap<>();
  private @Nullable String making;

  InitialValues(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** The initialize graph. */
  Frame frame() {
    return frame;
  }

  /** Evaluates an initial value in the initialize graph. */
  @Nullable Made start(
      Ast.Name name,
      Ast.@Nullable TypeExpr type,
      Ast.@Nullable Expr initial,
      Scope scope,
      String path,
      Map<String, Datum> settings,
      int order) {
    if (initial == null) {
      evaluator
          .problems()
          .report(
              new Misuse(Codes.MISSING_INITIAL, "`" + name + "` needs a value to start from")
                  .help("write `= zeros` or another initializer after its type"),
              name.span());
      return null;
    }
    var wanted = type == null ? null : sized(evaluator.types().declared(type, scope, false), name);
    return evaluator.within(
        frame,
        () -> {
          var before = making;
          making = path;
          Datum value;
          try {
            value = evaluator.eval(initial, scope, Category.INITIALIZER);
          } finally {
            making = before;
          }
          if (value.isPoison()) {
            return null;
          }
          return made(value, wanted, path, settings, order, name);
        });
  }

  /** A weight's size is a number, and one that memory can hold. */
  private static TensorType sized(TensorType type, Ast.Name name) {
    var elements = type.shape().elements();
    if (!elements.isConstant()) {
      throw new Misuse(
              Codes.UNKNOWN_DIMENSION,
              "the size of `"
                  + name
                  + "` depends on "
                  + String.join(", ", elements.symbols())
                  + ", which is not known")
          .note("it would be " + type)
          .help(
              "declare the input with a number, give it with --set "
                  + elements.symbols().first()
                  + "=.., or take a mean, maximum or last step over the dimension first");
    }
    if (elements.value() > Integer.MAX_VALUE) {
      throw new Misuse(
          Codes.MODEL_TOO_LARGE,
          "`"
              + name
              + "` would be "
              + type
              + ": "
              + elements
              + " elements, and a weight has at most "
              + Integer.MAX_VALUE);
    }
    return type;
  }

  private @Nullable Made made(
      Datum value,
      @Nullable TensorType wanted,
      String path,
      Map<String, Datum> settings,
      int order,
      Ast.Name name) {
    if (value instanceof Tensor
        || value.number().isPresent()
        || value instanceof Truth
        || value instanceof Whole) {
      var tensor = evaluator.arithmetic().tensor(value);
      if (wanted == null) {
        var dtype = value instanceof Whole ? DType.F32 : tensor.dtype();
        return finished(evaluator.emitter().cast(tensor, dtype), null);
      }
      var joined = Broadcasting.join(tensor.shape(), wanted.shape());
      if (!joined.equals(wanted.shape())) {
        throw new Misuse(
            Codes.SHAPE_MISMATCH,
            "`" + name + "` is declared " + wanted + " and starts from " + tensor.type());
      }
      return finished(
          evaluator
              .emitter()
              .stretch(evaluator.emitter().cast(tensor, wanted.dtype()), wanted.shape()),
          null);
    }
    if (wanted == null) {
      throw new Misuse(
              Codes.MISSING_ARGUMENT,
              "`" + name + "` needs a type: an initializer does not say its shape")
          .help("write " + name + ": f32[..] = ..");
    }
    var initializer =
        evaluator
            .conversions()
            .configured(value, Category.INITIALIZER, "the initial value of `" + name + "`");
    if (!(initializer instanceof Configured c)) {
      return null;
    }
    var draws = new ArrayList<Draw>();
    var before = making;
    making = path;
    try {
      var tensor =
          evaluator
              .arithmetic()
              .tensor(drawn(c, wanted.shape(), settings, order, name.span(), draws));
      if (!tensor.shape().equals(wanted.shape())) {
        throw new Misuse(
            Codes.SHAPE_MISMATCH,
            "the initializer "
                + c.name()
                + " gives "
                + tensor.type()
                + " where "
                + wanted
                + " is needed");
      }
      return finished(
          evaluator.emitter().cast(tensor, wanted.dtype()), draws.isEmpty() ? null : draws.get(0));
    } finally {
      making = before;
    }
  }

  /** Runs an initializer in the initialize graph with a key of its own. */
  private Datum drawn(
      Configured c,
      Shape shape,
      Map<String, Datum> settings,
      int order,
      Span at,
      List<Draw> draws) {
    var draw = c.draw();
    var seed = c.arguments().values().get("seed");
    if (draw == null && seed != null) {
      draw = evaluator.randomness().forInitializer(order, seed);
    }
    if (draw != null) {
      draws.add(draw);
    }
    var before =
        evaluator
            .randomness()
            .initializerKey(draw == null ? null : keyHere(making + BoundProgram.SEED, draw));
    try {
      var fans = Fans.of(shape);
      var actuals = new ArrayList<Actual>();
      for (var operand : c.definition().tree().operands()) {
        actuals.add(
            switch (operand.name().text()) {
              case "shape" -> Actual.of(Datum.dims(shape.dims()), at);
              case "fan_in" -> Actual.of(settings.getOrDefault("fan_in", new Whole(fans.in())), at);
              case "fan_out" ->
                  Actual.of(settings.getOrDefault("fan_out", new Whole(fans.out())), at);
              default ->
                  throw new Misuse(
                      Codes.UNKNOWN_ARGUMENT,
                      "an initializer is given shape, fan_in and fan_out, not `"
                          + operand.name()
                          + "`");
            });
      }
      var result =
          evaluator.within(
              Evaluator.Mode.PLAIN,
              () -> evaluator.calls().run(c, actuals, c.definition().scope(), at));
      if (result.isPoison()) {
        throw new Silent();
      }
      return result;
    } finally {
      evaluator.randomness().initializerKey(before);
    }
  }

  /** An initializer called with a shape, inside the initial value of a weight. */
  Datum initializer(Configured c, List<Actual> actuals, Scope scope, Span span) {
    if (making == null) {
      throw new Misuse(
          Codes.NOT_CALLABLE,
          c.kind() + " can be called only in the initial value of a param or state");
    }
    if (actuals.size() != 1) {
      throw new Misuse(Codes.TOO_MANY_ARGUMENTS, "an initializer is called with a shape");
    }
    var shape = evaluator.parameters().evaluate(actuals.get(0), null, null, scope);
    if (!(shape instanceof Datum.Listing l)
        || l.items().stream().anyMatch(i -> !(i instanceof Whole))) {
      throw new Misuse(
          Codes.TYPE_MISMATCH, "a shape is a list of whole numbers, not " + shape.kind(), 0);
    }
    var dims = l.items().stream().map(i -> ((Whole) i).dim()).toList();
    return drawn(
        c, new Shape(dims), Map.of(), evaluator.instance().order(), span, new ArrayList<>());
  }

  /** A random key, given when the model is created, as a value of the initialize graph. */
  Tensor key(String path, Draw draw) {
    return evaluator.within(frame, () -> keyHere(path, draw));
  }

  private Tensor keyHere(String path, Draw draw) {
    var fixed = draw.fixed();
    if (fixed != null) {
      return evaluator.randomness().constantKey(fixed);
    }
    return keys.computeIfAbsent(
        path, p -> evaluator.emitter().of(frame.builder().input(p, Role.SEED, Randomness.KEY)));
  }

  private Made finished(Tensor tensor, @Nullable Draw draw) {
    var value = frame.use(tensor);
    var maker = frame.builder().maker(value);
    var fill =
        constantOf(
            maker != null && maker.op() instanceof Broadcast ? maker.operands().get(0) : value);
    return new Made(
        value.type(),
        fill == null ? new Start(Double.NaN, tensor, draw) : new Start(fill, tensor, null));
  }

  private @Nullable Double constantOf(Value value) {
    var maker = frame.builder().maker(value);
    if (maker == null) {
      return null;
    }
    return switch (maker.op()) {
      case Constant c -> c.value();
      case Cast _ -> constantOf(maker.operands().get(0));
      default -> null;
    };
  }

  /**
   * Inputs and outputs of one unit, as Keras counts them: the dimensions before the last two are a
   * receptive field.
   */
  record Fans(Dim in, Dim out) {
    static Fans of(Shape shape) {
      if (shape.rank() == 0) {
        return new Fans(Dim.ONE, Dim.ONE);
      }
      if (shape.rank() == 1) {
        return new Fans(shape.dim(0), shape.dim(0));
      }
      var field = new Shape(shape.dims().subList(0, shape.rank() - 2)).elements();
      return new Fans(field.times(shape.dim(-2)), field.times(shape.dim(-1)));
    }
  }
}
