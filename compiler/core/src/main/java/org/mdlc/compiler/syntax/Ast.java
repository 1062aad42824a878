package org.mdlc.compiler.syntax;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;

/**
 * The tree of an mdl file, as written: nothing is resolved, nothing is filled in. Every node knows
 * where it stands.
 *
 * <p>A declaration of several names ({@code let a = 1, b = 2}) appears as several nodes. A piece of
 * text that could not be read appears as {@link ErrorExpr}, has been reported already, and should
 * be met with silence.
 */
public final class Ast {
  private Ast() {}

  /** Anything with a place in the source. */
  public sealed interface Node {
    Span span();
  }

  /** A whole file. */
  public record File(SourceFile source, List<Item> items, Span span) implements Node {
    public File {
      items = List.copyOf(items);
    }
  }

  /** A word where it was written. */
  public record Name(String text, Span span) implements Node {
    @Override
    public String toString() {
      return text;
    }
  }

  // ---- top level

  /** What stands at the top level of a file. */
  public sealed interface Item extends Node {}

  /** {@code import "blocks.mdl"}. */
  public record Import(StringLit path, Span span) implements Item {}

  /**
   * {@code import weights "imagenet.safetensors" sha256 ".." as imagenet}.
   *
   * @param name what the weights are called; or the model that starts from them
   * @param forModel true for {@code import weights ".." for Mnist}
   */
  public record WeightsImport(
      StringLit path, @Nullable StringLit sha256, Name name, boolean forModel, Span span)
      implements Item {}

  /** {@code let classes = 10} outside any definition. */
  public record Constant(String doc, Name name, @Nullable TypeExpr type, Expr value, Span span)
      implements Item {}

  /** {@code model Name(config) { .. }}. */
  public record Model(String doc, Name name, List<Param> config, Block body, Span span)
      implements Item {
    public Model {
      config = List.copyOf(config);
    }
  }

  /**
   * {@code fn name(params) -> result { .. }}; for {@code = expr} the body is a block with only a
   * value.
   */
  public record Function(
      String doc, Name name, List<Param> params, @Nullable TypeExpr result, Block body, Span span)
      implements Item {
    public Function {
      params = List.copyOf(params);
    }
  }

  /** What a two-list definition defines. */
  public enum Kind {
    LAYER,
    BLOCK,
    LOSS,
    METRIC,
    OPTIMIZER,
    SCHEDULE,
    INITIALIZER,
    REGULARIZER,
    CONSTRAINT;

    /** As written: {@code layer}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * {@code layer Name(config)(operands) -> result { .. }} and its kin; {@code = expr} as in {@link
   * Function}.
   */
  public record Definition(
      Kind kind,
      String doc,
      Name name,
      List<Param> config,
      List<Param> operands,
      @Nullable TypeExpr result,
      Block body,
      Span span)
      implements Item {
    public Definition {
      config = List.copyOf(config);
      operands = List.copyOf(operands);
    }
  }

  /** {@code train Name(arguments) { .. }}. */
  public record Train(String doc, Name model, List<Arg> arguments, List<TrainItem> items, Span span)
      implements Item {
    public Train {
      arguments = List.copyOf(arguments);
      items = List.copyOf(items);
    }
  }

  /** {@code rate: float = 0.5}; the doc comment is empty when there is none. */
  public record Param(
      String doc, Name name, @Nullable TypeExpr type, @Nullable Expr defaultValue, Span span)
      implements Node {}

  // ---- types

  /** A type as written. */
  public sealed interface TypeExpr extends Node {}

  /**
   * {@code int}, {@code float}, {@code bool}, {@code str}, {@code fn}, {@code layer}, {@code
   * initializer}, {@code f32} ..
   */
  public record NamedType(String name, Span span) implements TypeExpr {}

  /** {@code f32[...S, C / 2]}. */
  public record TensorType(Name dtype, List<DimExpr> dims, Span span) implements TypeExpr {
    public TensorType {
      dims = List.copyOf(dims);
    }
  }

  /** {@code [int]}: a list of any length. */
  public record ListType(TypeExpr element, Span span) implements TypeExpr {}

  /** {@code (f32[T, U], f32[U])}. */
  public record TupleType(List<TypeExpr> elements, Span span) implements TypeExpr {
    public TupleType {
      elements = List.copyOf(elements);
    }
  }

  /** {@code enum(valid, same)}: one of some words. */
  public record EnumType(List<Name> words, Span span) implements TypeExpr {
    public EnumType {
      words = List.copyOf(words);
    }
  }

  /** {@code int | [int]}: two or more. */
  public record UnionType(List<TypeExpr> alternatives, Span span) implements TypeExpr {
    public UnionType {
      alternatives = List.copyOf(alternatives);
    }
  }

  /** {@code int?}: {@code none} is allowed as well. */
  public record OptionalType(TypeExpr type, Span span) implements TypeExpr {}

  /** One entry of a tensor type's shape. */
  public sealed interface DimExpr extends Node {}

  /** {@code C} or {@code 28} or {@code H / 2}. */
  public record OneDim(Expr size, Span span) implements DimExpr {}

  /** {@code ...S}: any number of dimensions, together called S. */
  public record RestDims(Name name, Span span) implements DimExpr {}

  // ---- statements

  /** Statements and, where the block is used as a value, that value. */
  public record Block(List<Statement> statements, @Nullable Expr value, Span span) implements Node {
    public Block {
      statements = List.copyOf(statements);
    }
  }

  /** What stands in a block. */
  public sealed interface Statement extends Node {}

  /** {@code input image: f32[28, 28, 1]}, or with a number of examples that never changes. */
  public record Input(String doc, Name name, TypeExpr type, @Nullable Expr batch, Span span)
      implements Statement {}

  /** {@code precision mixed_bfloat16}: what the layers of a model compute in. */
  public record Precision(Name policy, Span span) implements Statement {}

  /** {@code output digit = expr}; {@code output digit} alone has the name as its value. */
  public record Output(String doc, Name name, Expr value, Span span) implements Statement {}

  /**
   * {@code let a = expr}, {@code var a = expr}, {@code let (a, b) = expr}: several names take a
   * tuple apart.
   */
  public record Let(
      boolean variable, List<Name> names, @Nullable TypeExpr type, Expr value, Span span)
      implements Statement, TrainItem {
    public Let {
      names = List.copyOf(names);
    }
  }

  /** {@code param kernel: f32[I, O] = glorot_uniform with (regularizer = r)}. */
  public record ParamDecl(
      String doc,
      Name name,
      @Nullable TypeExpr type,
      @Nullable Expr initial,
      List<Arg> options,
      Span span)
      implements Statement {
    public ParamDecl {
      options = List.copyOf(options);
    }
  }

  /** {@code state seen = 0.0}. */
  public record StateDecl(
      String doc,
      Name name,
      @Nullable TypeExpr type,
      @Nullable Expr initial,
      List<Arg> options,
      Span span)
      implements Statement {
    public StateDecl {
      options = List.copyOf(options);
    }
  }

  /** {@code v = expr} or {@code (a, b) = expr}, for names made by {@code var}. */
  public record Assign(List<Name> targets, Expr value, Span span) implements Statement {
    public Assign {
      targets = List.copyOf(targets);
    }
  }

  /** {@code m <- expr}: the new value counts from the end of the step on. */
  public record Update(Name target, Expr value, Span span) implements Statement {}

  /** {@code return expr}. */
  public record Return(@Nullable Expr value, Span span) implements Statement {}

  /** {@code require cond, "message {expr}"}. */
  public record Require(Expr condition, @Nullable Template message, Span span)
      implements Statement {}

  /** An {@code if} that is not used as a value. */
  public record If(Expr condition, Block then, @Nullable Block otherwise, Span span)
      implements Statement {}

  /** {@code repeat n as i { .. }}: i counts from 0. */
  public record Repeat(Expr count, @Nullable Name index, Block body, Span span)
      implements Statement {}

  /** {@code for x in list { .. }}. */
  public record For(Name variable, Expr list, Block body, Span span) implements Statement {}

  /** The message of a {@code require}, cut into text and expressions. */
  public record Template(List<Piece> pieces, Span span) implements Node {
    public Template {
      pieces = List.copyOf(pieces);
    }
  }

  /** A piece of a template. */
  public sealed interface Piece {}

  public record TextPiece(String text) implements Piece {}

  public record ExprPiece(Expr value) implements Piece {}

  // ---- expressions

  /** Anything that has a value. */
  public sealed interface Expr extends Node {}

  /** Text that could not be read and has been reported. */
  public record ErrorExpr(Span span) implements Expr {}

  public record NameExpr(String name, Span span) implements Expr {}

  public record IntLit(long value, Span span) implements Expr {}

  /** {@code text} is as written, without underscores. */
  public record FloatLit(double value, String text, Span span) implements Expr {}

  /** {@code value} has its escapes resolved. */
  public record StringLit(String value, Span span) implements Expr {}

  public record BoolLit(boolean value, Span span) implements Expr {}

  public record NoneLit(Span span) implements Expr {}

  /** The word {@code training}. */
  public record Training(Span span) implements Expr {}

  /** The word {@code adapting}. */
  public record Adapting(Span span) implements Expr {}

  /** {@code [a, b, ...rest]}; a {@link Spread} puts in the elements of another list. */
  public record ListExpr(List<Expr> elements, Span span) implements Expr {
    public ListExpr {
      elements = List.copyOf(elements);
    }
  }

  /** {@code ...S}, only inside a {@link ListExpr}. */
  public record Spread(Expr list, Span span) implements Expr {}

  /**
   * {@code (a, b)}; {@code (a,)} and {@code (...list)} are tuples too, and {@code (a)} is just a.
   */
  public record TupleExpr(List<Expr> elements, Span span) implements Expr {
    public TupleExpr {
      elements = List.copyOf(elements);
    }
  }

  public enum UnaryOp {
    NEGATE("-"),
    PLUS("+"),
    NOT("not");

    private final String symbol;

    UnaryOp(String symbol) {
      this.symbol = symbol;
    }

    public String symbol() {
      return symbol;
    }
  }

  public enum BinaryOp {
    POWER("**"),
    MULTIPLY("*"),
    DIVIDE("/"),
    REMAINDER("%"),
    MATMUL("@"),
    ADD("+"),
    SUBTRACT("-"),
    SHIFT_LEFT("<<"),
    SHIFT_RIGHT(">>"),
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_EQUAL("<="),
    GREATER(">"),
    GREATER_EQUAL(">="),
    AND("and"),
    OR("or");

    private final String symbol;

    BinaryOp(String symbol) {
      this.symbol = symbol;
    }

    public String symbol() {
      return symbol;
    }

    public boolean isComparison() {
      return compareTo(EQUAL) >= 0 && compareTo(GREATER_EQUAL) <= 0;
    }
  }

  public record Unary(UnaryOp op, Expr operand, Span span) implements Expr {}

  /** {@code operator} is where the operator stands. */
  public record Binary(BinaryOp op, Expr left, Expr right, Span operator, Span span)
      implements Expr {}

  /** {@code value |> target}. */
  public record Pipe(Expr value, Expr target, Span operator, Span span) implements Expr {}

  public record Call(Expr callee, List<Arg> arguments, Span span) implements Expr {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /** {@code value} or {@code name = value}. */
  public record Arg(@Nullable Name name, Expr value, Span span) implements Node {}

  /** {@code encoder.kernel}. */
  public record Member(Expr target, Name member, Span span) implements Expr {}

  /** {@code x[.., 1:-1, none]}. */
  public record Index(Expr target, List<IndexItem> items, Span span) implements Expr {
    public Index {
      items = List.copyOf(items);
    }
  }

  /** One entry of an index. */
  public sealed interface IndexItem extends Node {}

  /** {@code ..}: all dimensions that the other entries leave. */
  public record RestIndex(Span span) implements IndexItem {}

  /** {@code from:to:step}, each optional; {@code :} is the whole dimension. */
  public record Slice(@Nullable Expr from, @Nullable Expr to, @Nullable Expr step, Span span)
      implements IndexItem {}

  /** A number, a tensor of indices, or {@code none} for a new dimension of size 1. */
  public record OneIndex(Expr value, Span span) implements IndexItem {}

  /** {@code a..b}, both ends included. */
  public record Range(Expr from, Expr to, Span span) implements Expr {}

  /** {@code if c { a } else { b }} as a value: both blocks have one. */
  public record IfExpr(Expr condition, Block then, Block otherwise, Span span) implements Expr {}

  /** {@code fn(x) => expr}. */
  public record Lambda(List<Name> params, Expr body, Span span) implements Expr {
    public Lambda {
      params = List.copyOf(params);
    }
  }

  /**
   * {@code scan x_t in x over T reverse = r with h = zeros([U]) { .. }}: the body runs once per
   * entry of the sequences' dimension {@code over} (the first one when absent), {@code h <- ..} in
   * it gives the next step's h, and its value is the step's output. The whole has the value
   * (outputs stacked, last h, ..).
   */
  public record Scan(
      List<ScanSource> sources,
      @Nullable Expr over,
      @Nullable Expr reverse,
      List<Carry> carries,
      Block body,
      Span span)
      implements Expr {
    public Scan {
      sources = List.copyOf(sources);
      carries = List.copyOf(carries);
    }
  }

  /** {@code x_t in x}. */
  public record ScanSource(Name element, Expr sequence, Span span) implements Node {}

  /** {@code h = zeros([U])}. */
  public record Carry(Name name, Expr initial, Span span) implements Node {}

  // ---- train blocks

  /** What stands in a train block. */
  public sealed interface TrainItem extends Node {}

  /**
   * {@code data csv("x.csv") { image = columns(..) }}; role is {@code data}, {@code holdout} or
   * {@code validation}.
   */
  public record Data(Name role, Expr source, List<Field> fields, Span span) implements TrainItem {
    public Data {
      fields = List.copyOf(fields);
    }
  }

  /**
   * {@code image = images / 255}, or {@code weight digit = importance}.
   *
   * @param weighs true when it fills the weights of the output of that name
   */
  public record Field(boolean weighs, Name name, Expr value, Span span) implements Node {}

  /** {@code loss digit: Huber() weight 0.3}. */
  public record LossItem(@Nullable Name output, Expr loss, @Nullable Expr weight, Span span)
      implements TrainItem {}

  /**
   * {@code metrics digit: BinaryAccuracy()}; in a list, a metric without a name belongs to the
   * output named before it.
   *
   * @param weighted true in {@code weighted_metrics}
   */
  public record MetricItem(@Nullable Name output, Expr metric, boolean weighted, Span span)
      implements TrainItem {}

  /**
   * {@code optimizer SGD() for head}.
   *
   * @param paths the weights it moves; none for all that no other optimizer does
   */
  public record OptimizerItem(Expr optimizer, List<Glob> paths, Span span) implements TrainItem {}

  public record CallbackItem(Expr callback, Span span) implements TrainItem {}

  /** {@code batch 128}, or {@code class_weight digit: [1, 5]} for one output. */
  public record Setting(Name key, @Nullable Name output, Expr value, Span span)
      implements TrainItem {}

  /** {@code stage tune { .. }}. */
  public record Stage(Name name, List<TrainItem> items, Span span) implements TrainItem {
    public Stage {
      items = List.copyOf(items);
    }
  }

  /** {@code freeze base} ({@code frozen} true) or {@code unfreeze base.conv5_*}. */
  public record Freeze(boolean frozen, List<Glob> paths, Span span) implements TrainItem {
    public Freeze {
      paths = List.copyOf(paths);
    }
  }

  /** {@code adapt scaling, base.**}: layers that learn from data before training. */
  public record Adapt(List<Glob> paths, Span span) implements TrainItem {
    public Adapt {
      paths = List.copyOf(paths);
    }
  }

  /** {@code minimize label: loss over modules with optimizer}. */
  public record Minimize(
      @Nullable Name label, Expr loss, List<Glob> modules, Expr optimizer, Span span)
      implements TrainItem {
    public Minimize {
      modules = List.copyOf(modules);
    }
  }

  /**
   * A path of layer names, {@code base.conv5_*}; {@code *} stands for any letters within a name,
   * {@code **} for any path.
   */
  public record Glob(String pattern, Span span) implements Node {}
}
