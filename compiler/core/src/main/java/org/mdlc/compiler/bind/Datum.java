package org.mdlc.compiler.bind;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** What an expression of the language is while a model is being bound. */
sealed interface Datum {
  /** Something in it has been reported already: whatever is made from it is silent. */
  enum Poison implements Datum {
    POISON
  }

  enum None implements Datum {
    NONE
  }

  /**
   * A whole number or a dimension: the language makes no difference.
   *
   * @param axis where it stands when it is a dimension of a signature, so that {@code over = [H,
   *     W]} finds its axes
   */
  record Whole(Dim dim, @Nullable Axis axis) implements Datum {
    Whole(Dim dim) {
      this(dim, null);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Whole w && w.dim.equals(dim);
    }

    @Override
    public int hashCode() {
      return dim.hashCode();
    }
  }

  /**
   * Place of a named dimension in the type that binds it, not counting the batch.
   *
   * @param index from the left, or from the right (-1 is last) when a rest stands before it
   */
  record Axis(String name, int index) {}

  /**
   * A float.
   *
   * @param quotient true when it came of dividing whole numbers, which may have been meant to come
   *     out even
   */
  record Real(double value, boolean quotient) implements Datum {
    Real(double value) {
      this(value, false);
    }
  }

  record Truth(boolean value) implements Datum {}

  /** A string, or a word of an enum. */
  record Text(String value) implements Datum {}

  /** A list, or a tuple. */
  record Listing(List<Datum> items, boolean tuple) implements Datum {
    public Listing {
      items = List.copyOf(items);
    }
  }

  /**
   * A value of the graph.
   *
   * @param frame the graph it is defined in
   * @param mask says which of its steps count; layers hand it on, functions do not
   * @param logits what a probability was made of; layers hand it on, functions do not
   */
  record Tensor(
      Frame frame, Value value, Trail trail, @Nullable Tensor mask, @Nullable Logits logits)
      implements Shaped {
    Tensor(Frame frame, Value value, Trail trail) {
      this(frame, value, trail, null, null);
    }

    TensorType type() {
      return value.type();
    }

    Shape shape() {
      return type().shape();
    }

    int rank() {
      return type().rank();
    }

    DType dtype() {
      return type().dtype();
    }

    boolean batched() {
      return rank() > 0 && shape().dim(0).equals(Dim.BATCH);
    }

    /** Dimensions without the batch. */
    @Override
    public List<Dim> inner() {
      return shape().dims().subList(batched() ? 1 : 0, rank());
    }

    @Override
    public String typeText() {
      return type().toString();
    }

    Tensor with(Trail other) {
      return new Tensor(frame, value, other, mask, logits);
    }

    Tensor withMask(@Nullable Tensor other) {
      return new Tensor(frame, value, trail, other, logits);
    }

    Tensor withLogits(@Nullable Logits other) {
      return new Tensor(frame, value, trail, mask, other);
    }
  }

  /**
   * What a tensor of probabilities was made of.
   *
   * @param function that made it: {@code softmax} (of the last axis) or {@code sigmoid}
   */
  record Logits(String function, Tensor of) {
    public Logits {
      of = of.withMask(null).withLogits(null);
    }
  }

  /**
   * An input of the model that holds strings. It never enters the graph: a layer makes numbers of
   * it on the host.
   *
   * @param shape with the batch
   */
  record Strings(String name, Shape shape, Span span) implements Shaped {
    @Override
    public List<Dim> inner() {
      return shape.dims().subList(1, shape.rank());
    }

    @Override
    public String typeText() {
      return shape.dims().stream()
          .map(Dim::toString)
          .collect(Collectors.joining(", ", "str[", "]"));
    }
  }

  /** What has dimensions that a signature can name. */
  sealed interface Shaped extends Datum {
    /** Dimensions without the batch. */
    List<Dim> inner();

    /** Such as {@code f32[batch, 10]}. */
    String typeText();
  }

  /** A function of the compiler's own. */
  record Native(Builtin builtin) implements Datum {}

  /**
   * A {@code fn}, a one-expression function, or a definition that still lacks its first list of
   * arguments.
   */
  record Definition(Ast.Definition tree, Scope scope) implements Datum {
    String name() {
      return tree.name().text();
    }
  }

  record Function(Ast.Function tree, Scope scope) implements Datum {}

  record Closure(Ast.Lambda tree, Scope scope) implements Datum {}

  /** A model used as a part of another one. */
  record ModelDefinition(Ast.Model tree, Scope scope) implements Datum {}

  /**
   * A definition with its first list of arguments: a loss, metric, optimizer, schedule,
   * initializer, regularizer, constraint or block.
   *
   * @param reduction of a loss: what is made of its values
   */
  record Configured(
      Definition definition, Arguments arguments, @Nullable Draw draw, Span span, String reduction)
      implements Datum {
    static final String MEAN = "sum_over_batch_size";

    Configured(Definition definition, Arguments arguments, @Nullable Draw draw, Span span) {
      this(definition, arguments, draw, span, MEAN);
    }

    String name() {
      return definition.name();
    }

    /** Where the body stands, with its configuration bound. */
    Scope scope() {
      return arguments.within(definition.scope());
    }

    Configured reduced(String how) {
      return new Configured(definition, arguments, draw, span, how);
    }
  }

  /**
   * A layer, or a model used as one: owns its weights.
   *
   * @param readings how a call sees some of its weights
   */
  record Layer(Instance instance, List<Reading> readings) implements Datum {
    public Layer {
      readings = List.copyOf(readings);
    }

    Layer(Instance instance) {
      this(instance, List.of());
    }

    Layer through(Reading reading) {
      return new Layer(instance, Stream.concat(readings.stream(), Stream.of(reading)).toList());
    }
  }

  /**
   * A weight of a layer seen through a function.
   *
   * @param names the layer has one of them
   * @param keep true when the weight becomes what the function gives
   * @param owner the layer in whose body the function stands
   */
  record Reading(List<String> names, Datum function, boolean keep, Instance owner) {
    public Reading {
      names = List.copyOf(names);
    }
  }

  /** Weights of a file. */
  record WeightsFile(Ast.WeightsImport tree) implements Datum {}

  /** A random generator that a layer owns. */
  record Generator(Variable key) implements Datum {}

  /**
   * A data source such as {@code csv("x.csv")}, a callback: a name with plain arguments, which the
   * compiler only hands on.
   */
  record Named(String name, List<NamedArgument> arguments) implements Datum {
    public Named {
      arguments = List.copyOf(arguments);
    }
  }

  record NamedArgument(String name, Datum value) {}

  static Whole whole(long value) {
    return new Whole(Dim.of(value));
  }

  static Listing list(List<? extends Datum> items) {
    return new Listing(List.copyOf(items), false);
  }

  static Listing list(Datum... items) {
    return list(Arrays.asList(items));
  }

  static Listing tuple(List<? extends Datum> items) {
    return new Listing(List.copyOf(items), true);
  }

  static Listing dims(List<Dim> dims) {
    return list(dims.stream().map(Whole::new).toList());
  }

  /** A number that is known now. */
  default Optional<Double> number() {
    return switch (this) {
      case Whole w when w.dim().isConstant() -> Optional.of((double) w.dim().value());
      case Real r -> Optional.of(r.value());
      default -> Optional.empty();
    };
  }

  /** Without the masks that its tensors carry. */
  default Datum unmasked() {
    return switch (this) {
      case Tensor t when t.mask() != null -> t.withMask(null);
      case Listing l -> new Listing(l.items().stream().map(Datum::unmasked).toList(), l.tuple());
      default -> this;
    };
  }

  default boolean isPoison() {
    return this instanceof Poison
        || (this instanceof Listing l && l.items().stream().anyMatch(Datum::isPoison));
  }

  /**
   * What it is, in the words of a message: {@code an int}, {@code f32[batch, 10]}, {@code the layer
   * Dense}.
   */
  default String kind() {
    return switch (this) {
      case Poison _ -> "an error";
      case None _ -> "none";
      case Whole w -> w.dim().isConstant() ? "an int" : "a dimension";
      case Real _ -> "a float";
      case Truth _ -> "a bool";
      case Text _ -> "a string";
      case Listing l -> l.tuple() ? "a tuple" : "a list";
      case Shaped s -> s.typeText();
      case Native n -> "the function " + n.builtin().name();
      case Definition d -> "the " + d.tree().kind().word() + " " + d.name();
      case Function f -> "the function " + f.tree().name();
      case Closure _ -> "a function";
      case ModelDefinition m -> "the model " + m.tree().name();
      case Configured c -> "the " + c.definition().tree().kind().word() + " " + c.name();
      case Layer l -> "the layer " + l.instance().kind();
      case WeightsFile w -> "the weights " + w.tree().name();
      case Generator _ -> "a random generator";
      case Named n -> n.name() + "(..)";
    };
  }

  /** The value as one would write it, shortened. */
  default String text() {
    return switch (this) {
      case None _ -> "none";
      case Whole w -> w.dim().toString();
      case Real r -> Double.toString(r.value());
      case Truth t -> Boolean.toString(t.value());
      case Text s -> s.value();
      case Listing l ->
          l.items().stream()
              .limit(8)
              .map(Datum::text)
              .collect(Collectors.joining(", ", l.tuple() ? "(" : "[", l.tuple() ? ")" : "]"));
      case Native n -> n.builtin().name();
      case Definition d -> d.name();
      case Function f -> f.tree().name().text();
      case Configured c -> c.name();
      case Layer l -> l.instance().kind();
      default -> kind();
    };
  }

  /** True for what may stand left of {@code (..)}. */
  default boolean callable() {
    return switch (this) {
      case Native _,
          Definition _,
          Function _,
          Closure _,
          ModelDefinition _,
          Configured _,
          Layer _ ->
          true;
      default -> false;
    };
  }

  /**
   * How a shape came to be: a chain of steps, the latest first.
   *
   * @param maker the layer whose call this step is
   */
  record Trail(@Nullable Trail before, @Nullable Span span, String text, @Nullable Maker maker) {
    static final Trail NONE = new Trail(null, null, "", null);

    boolean isNone() {
      return before == null && text.isEmpty();
    }

    Trail then(Span at, String step) {
      return new Trail(isNone() ? null : this, at, step, null);
    }

    Trail then(Span at, String step, Maker by) {
      return new Trail(isNone() ? null : this, at, step, by);
    }

    /** The last steps, oldest first. */
    List<Trail> last(int count) {
      var steps = new java.util.ArrayDeque<Trail>();
      for (Trail t = this; t != null && steps.size() < count; t = t.before()) {
        if (!t.text().isEmpty()) {
          steps.addFirst(t);
        }
      }
      return List.copyOf(steps);
    }
  }

  /** A layer and what one call of it gave. */
  record Maker(Instance layer, Value value) {}
}
