package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.bind.Datum.Real;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Trail;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.ir.Origin;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * Runs the language at compile time: what is known becomes a value, what depends on data becomes
 * nodes of the graph under construction. An expression with an error is reported once and is {@link
 * Poison} from then on.
 */
final class Evaluator {
  /**
   * What kind of body is running: it decides what a random shape means and which variables may be
   * made.
   */
  enum Mode {
    MODEL,
    METRIC,
    OPTIMIZER,
    /** Neither weights nor random numbers: schedules, regularizers, losses' arithmetic. */
    PLAIN
  }

  private final Problems problems;
  private final Emitter emitter;
  private final Contractions contractions;
  private final Arithmetic arithmetic;
  private final Types types = new Types(this);
  private final Conversions conversions = new Conversions(this);
  private final Parameters parameters = new Parameters(this);
  private final Calls calls = new Calls(this, parameters);
  private final Members members = new Members(this);
  private final Layers layers = new Layers(this);
  private final Models models = new Models(this);
  private final Statements statements = new Statements(this);
  private final Indexing indexing = new Indexing(this);
  private final Scans scans = new Scans(this);
  private final Randomness randomness = new Randomness(this);
  private final ModelInputs inputs = new ModelInputs(this);
  private final InitialValues initialValues = new InitialValues(this);
  private final Variables variables = new Variables(this, initialValues);
  private final WeightReadings weightReadings = new WeightReadings(this);
  private final HostLayers hostLayers = new HostLayers(this);
  private final Usage usage = new Usage();
  private final Masks masks = new Masks(this);
  private final InputTypes inputTypes = new InputTypes();
  private final ShapeAdvice shapeAdvice = new ShapeAdvice(inputTypes);
  private final Ranges ranges = new Ranges();
  private final Sketch sketch = new Sketch(this);
  private final Observation observation;
  private final Lints lints;
  private final Library library;
  private Instance instance;
  private Mode mode = Mode.MODEL;
  private Category wanted = Category.VALUE;
  private boolean training;
  private Set<Instance> adapting = Set.of();
  private Optional<DType> precision = Optional.empty();
  private long steps;
  private @Nullable Span statement;
  private final Set<Span> shadowWarned = new HashSet<>();

  Evaluator(Problems problems, Library library, Instance root, Observer observer) {
    this.observation = new Observation(observer);
    this.problems = problems;
    this.lints = new Lints(problems);
    this.library = library;
    this.instance = root;
    this.emitter = new Emitter(Frame.root("nothing"));
    this.contractions = new Contractions(emitter);
    this.arithmetic = new Arithmetic(emitter, contractions);
  }

  // ---- parts

  Problems problems() {
    return problems;
  }

  Emitter emitter() {
    return emitter;
  }

  Contractions contractions() {
    return contractions;
  }

  Arithmetic arithmetic() {
    return arithmetic;
  }

  Types types() {
    return types;
  }

  Conversions conversions() {
    return conversions;
  }

  Parameters parameters() {
    return parameters;
  }

  Calls calls() {
    return calls;
  }

  Layers layers() {
    return layers;
  }

  Models models() {
    return models;
  }

  Statements statements() {
    return statements;
  }

  Randomness randomness() {
    return randomness;
  }

  ModelInputs inputs() {
    return inputs;
  }

  InitialValues initialValues() {
    return initialValues;
  }

  Variables variables() {
    return variables;
  }

  WeightReadings weightReadings() {
    return weightReadings;
  }

  HostLayers hostLayers() {
    return hostLayers;
  }

  Lints lints() {
    return lints;
  }

  InputTypes inputTypes() {
    return inputTypes;
  }

  ShapeAdvice shapeAdvice() {
    return shapeAdvice;
  }

  Ranges ranges() {
    return ranges;
  }

  Masks masks() {
    return masks;
  }

  Usage usage() {
    return usage;
  }

  /** What tells who listens what stands where. */
  Observation observation() {
    return observation;
  }

  /** What notes the calls of the model. */
  Sketch sketch() {
    return sketch;
  }

  /** Where nothing but definitions can be seen. */
  Scope emptyScope() {
    return Scope.of(library);
  }

  Library library() {
    return library;
  }

  Instance instance() {
    return instance;
  }

  /** Runs as the body of another layer. */
  <T> T within(Instance other, Supplier<T> work) {
    var before = instance;
    instance = other;
    try {
      return work.get();
    } finally {
      instance = before;
    }
  }

  Mode mode() {
    return mode;
  }

  <T> T within(Mode other, Supplier<T> work) {
    var before = mode;
    mode = other;
    try {
      return work.get();
    } finally {
      mode = before;
    }
  }

  /** Runs with nodes going to another graph. */
  <T> T within(Frame other, Supplier<T> work) {
    var before = emitter.frame();
    emitter.enter(other);
    try {
      return work.get();
    } finally {
      emitter.enter(before);
    }
  }

  boolean training() {
    return training;
  }

  void training(boolean on) {
    training = on;
  }

  /** The layers for which the word {@code adapting} is true. */
  void adapting(Set<Instance> layers) {
    adapting = layers;
  }

  /** The narrow type in which layers compute, if any. */
  Optional<DType> precision() {
    return precision;
  }

  void precision(Optional<DType> narrow) {
    precision = narrow;
  }

  /**
   * A tensor that stays f32, and makes what it meets f32, where layers compute in a narrow type.
   */
  Tensor wide(Tensor x) {
    if (precision.isEmpty() || !x.dtype().isFloat()) {
      return x;
    }
    var logits = x.logits();
    var wide =
        emitter
            .add(new Cast(DType.F32), x)
            .withMask(x.mask())
            .withLogits(
                logits == null ? null : new Datum.Logits(logits.function(), wide(logits.of())));
    var last = x.trail();
    var maker = last.maker();
    return maker == null || !maker.value().equals(x.value())
        ? wide.with(last)
        : wide.with(
            new Trail(
                last.before(),
                last.span(),
                last.text(),
                new Datum.Maker(maker.layer(), wide.value())));
  }

  // ---- where we are

  /** Notes the statement that runs, for the origin of its nodes. */
  void enter(Ast.Statement tree) {
    count(tree.span());
    if (!Problems.isLibrary(tree.span().file())) {
      statement = tree.span();
    }
    mark();
  }

  void mark() {
    var at = statement;
    emitter.at(
        at == null
            ? new Origin(instance.path(), "", "")
            : new Origin(instance.path(), at.toString(), Problems.firstLine(at)));
  }

  @Nullable Span statement() {
    return statement;
  }

  void statement(@Nullable Span span) {
    statement = span;
    mark();
  }

  /** What the library's constants took is not the user's. */
  void startCounting() {
    steps = 0;
  }

  void count(Span at) {
    if (++steps > Limits.STEPS) {
      throw new TooMuch(problems.users(at));
    }
  }

  // ---- expressions

  /** The value of an expression where a certain kind of definition is wanted. */
  Datum eval(Ast.Expr tree, Scope scope, Category category) {
    var before = wanted;
    wanted = category;
    try {
      return eval(tree, scope);
    } finally {
      wanted = before;
    }
  }

  Datum eval(Ast.Expr tree, Scope scope) {
    count(tree.span());
    try {
      var value = value(tree, scope);
      observation.value(tree.span(), value);
      return value;
    } catch (Silent e) {
      return Poison.POISON;
    } catch (ArithmeticException e) {
      problems.report(tooLarge(), tree.span());
      return Poison.POISON;
    } catch (Misuse m) {
      var at = m.argument() >= 0 ? part(tree, m.argument()) : tree;
      problems.report(m, at.span(), trail(at, scope));
      return Poison.POISON;
    }
  }

  static Misuse tooLarge() {
    return new Misuse(
            Codes.MODEL_TOO_LARGE, "a size here is beyond what whole numbers of 64 bits hold")
        .help("check the factors: one of them is far too large");
  }

  /** The operand or argument at fault. */
  private static Ast.Node part(Ast.Expr tree, int argument) {
    return switch (tree) {
      case Ast.Binary b -> argument == 0 ? b.left() : b.right();
      case Ast.Unary u -> u.operand();
      case Ast.Index i -> i.target();
      case Ast.Call c -> argument < c.arguments().size() ? c.arguments().get(argument).value() : c;
      case Ast.Pipe p when argument == 0 -> p.value();
      case Ast.Pipe p when p.target() instanceof Ast.Call c ->
          argument - 1 < c.arguments().size()
              ? c.arguments().get(argument - 1).value()
              : p.target();
      default -> tree;
    };
  }

  /** The shape history of a name. */
  private Trail trail(Ast.Node tree, Scope scope) {
    return switch (tree) {
      case Ast.NameExpr n when scope.value(n.name()) instanceof Tensor t -> t.trail();
      case Ast.Binary b -> {
        var left = trail(b.left(), scope);
        yield left.isNone() ? trail(b.right(), scope) : left;
      }
      case Ast.Pipe p -> trail(p.value(), scope);
      case Ast.Call c when !c.arguments().isEmpty() -> trail(c.arguments().get(0).value(), scope);
      case Ast.Index i -> trail(i.target(), scope);
      default -> Trail.NONE;
    };
  }

  private Datum value(Ast.Expr tree, Scope scope) {
    return switch (tree) {
      case Ast.ErrorExpr _ -> Poison.POISON;
      case Ast.NameExpr n -> name(n, scope);
      case Ast.IntLit i -> Datum.whole(i.value());
      case Ast.FloatLit f -> new Real(f.value());
      case Ast.StringLit s -> new Datum.Text(s.value());
      case Ast.BoolLit b -> new Truth(b.value());
      case Ast.NoneLit _ -> Datum.None.NONE;
      case Ast.Training _ -> new Truth(training);
      case Ast.Adapting _ -> new Truth(adapting.contains(instance));
      case Ast.ListExpr l -> new Listing(items(l.elements(), scope), false);
      case Ast.TupleExpr t -> Datum.tuple(items(t.elements(), scope));
      case Ast.Spread s ->
          throw new Misuse(
              Codes.TYPE_MISMATCH, "`" + s.span().text() + "` stands only inside a list");
      case Ast.Unary u -> {
        var operand = eval(u.operand(), scope, Category.VALUE);
        yield operand.isPoison() ? Poison.POISON : unary(u, operand);
      }
      case Ast.Binary b -> binary(b, scope);
      case Ast.Pipe p -> calls.pipe(p, scope, wanted);
      case Ast.Call c -> calls.call(c, scope, wanted);
      case Ast.Member m -> members.member(m, eval(m.target(), scope, Category.VALUE));
      case Ast.Index i -> indexing.index(i, scope);
      case Ast.Range r -> range(r, scope);
      case Ast.IfExpr i -> choose(i, scope);
      case Ast.Lambda l -> new Datum.Closure(l, scope);
      case Ast.Scan s -> scans.scan(s, scope);
    };
  }

  private List<Datum> items(List<Ast.Expr> elements, Scope scope) {
    var items = new ArrayList<Datum>();
    for (var element : elements) {
      if (element instanceof Ast.Spread s) {
        switch (eval(s.list(), scope, Category.VALUE)) {
          case Listing l -> items.addAll(l.items());
          case Poison p -> items.add(p);
          case Datum other -> {
            problems.report(
                new Misuse(
                    Codes.TYPE_MISMATCH, "`...` takes a list apart, and this is " + other.kind()),
                s.span());
            items.add(Poison.POISON);
          }
        }
      } else {
        items.add(eval(element, scope));
      }
    }
    if (items.size() > Limits.LIST) {
      throw new Misuse(Codes.VALUE_OUT_OF_RANGE, "a list holds at most " + Limits.LIST + " values");
    }
    return items;
  }

  private Datum name(Ast.NameExpr tree, Scope scope) {
    var binding = scope.find(tree.name());
    if (binding != null) {
      binding.use();
      usage.use(binding.span());
      var variable = binding.variable();
      return variable == null ? binding.value() : emitter.read(variable);
    }
    if (tree.name().equals("trainable")) {
      return new Truth(instance.trainable());
    }
    var entry = wanted == Category.VALUE ? null : scope.library().findLoosely(wanted, tree.name());
    entry = entry == null ? scope.library().findAny(wanted, tree.name()) : entry;
    if (entry == null && wanted != Category.VALUE) {
      entry = scope.library().findLoosely(wanted, Conversions.full(tree.name()));
    }
    if (entry != null) {
      usage.use(entry.span());
      return entry.value();
    }
    throw unknown(tree.name(), scope);
  }

  private Misuse unknown(String name, Scope scope) {
    var later = scope.announced(name);
    if (later != null) {
      return new Misuse(Codes.USED_BEFORE_DEFINITION, "`" + name + "` is used above its definition")
          .at(later, "it is defined here")
          .help("move the definition up");
    }
    var misuse = new Misuse(Codes.UNKNOWN_NAME, "there is no `" + name + "` here");
    var candidates = new ArrayList<>(scope.visible());
    candidates.addAll(scope.library().allNames());
    var near = DidYouMean.nearest(name, candidates);
    if (near.isPresent()) {
      misuse.replace("did you mean `" + near.get() + "`?", near.get());
    } else if (Types.dtype(name).isPresent()) {
      misuse.help("element types stand in declarations; as an argument write \"" + name + "\"");
    }
    return misuse;
  }

  private Datum unary(Ast.Unary tree, Datum operand) {
    var result = arithmetic.unary(tree.op(), operand).unmasked();
    sketch.function("unary " + tree.op().name(), Map.of("x", operand), result, tree.span());
    return result;
  }

  private Datum noted(Ast.Binary tree, Datum left, Datum right, Datum result) {
    var operands = new LinkedHashMap<String, Datum>();
    operands.put("a", left);
    operands.put("b", right);
    sketch.function(tree.op().symbol(), operands, result, tree.span());
    return result;
  }

  private Datum binary(Ast.Binary tree, Scope scope) {
    if (tree.op() == Ast.BinaryOp.AND || tree.op() == Ast.BinaryOp.OR) {
      var left = eval(tree.left(), scope, Category.VALUE);
      if (left instanceof Truth t && t.value() == (tree.op() == Ast.BinaryOp.OR)) {
        return left; // the other side need not make sense: `x == none or x > 0`
      }
      var right = eval(tree.right(), scope, Category.VALUE);
      return noted(tree, left, right, arithmetic.binary(tree.op(), left, right));
    }
    if (tree.op() == Ast.BinaryOp.EQUAL || tree.op() == Ast.BinaryOp.NOT_EQUAL) {
      var left = wordOr(tree.left(), scope);
      var right = wordOr(tree.right(), scope);
      return noted(tree, left, right, arithmetic.binary(tree.op(), left, right));
    }
    var left = eval(tree.left(), scope, Category.VALUE);
    var right = eval(tree.right(), scope, Category.VALUE);
    Datum result;
    try {
      result = arithmetic.binary(tree.op(), left, right);
    } catch (Misuse m) {
      throw SideAdvice.operation(m, tree, left, right);
    }
    if (tree.op() != Ast.BinaryOp.MATMUL) {
      lints.broadcast(tree, left, right, result);
    }
    return noted(tree, left, right, result);
  }

  /** In a comparison a word that is no name stands for itself: {@code padding == same}. */
  private Datum wordOr(Ast.Expr tree, Scope scope) {
    if (tree instanceof Ast.NameExpr n
        && scope.find(n.name()) == null
        && usage.isWord(n.name())
        && scope.library().findAny(Category.VALUE, n.name()) == null) {
      return new Datum.Text(n.name());
    }
    return eval(tree, scope, Category.VALUE);
  }

  private Datum range(Ast.Range tree, Scope scope) {
    var from = eval(tree.from(), scope, Category.VALUE);
    var to = eval(tree.to(), scope, Category.VALUE);
    if (from.isPoison() || to.isPoison()) {
      return Poison.POISON;
    }
    if (from instanceof Datum.Text a && to instanceof Datum.Text b) {
      return new Datum.Named(
          "range", List.of(new Datum.NamedArgument("from", a), new Datum.NamedArgument("to", b)));
    }
    if (!(from instanceof Whole a) || !(to instanceof Whole b)) {
      throw new Misuse(
          Codes.TYPE_MISMATCH,
          "`..` goes between whole numbers, not " + (from instanceof Whole ? to : from).kind());
    }
    return numbers(a.dim(), b.dim());
  }

  static Datum numbers(Dim from, Dim toIncluded) {
    if (!from.isConstant() || !toIncluded.isConstant()) {
      throw Arithmetic.unknown(from.isConstant() ? toIncluded : from);
    }
    if (toIncluded.value() - from.value() >= Limits.LIST) {
      throw new Misuse(Codes.VALUE_OUT_OF_RANGE, "a list holds at most " + Limits.LIST + " values");
    }
    var items = new ArrayList<Datum>();
    for (long i = from.value(); i <= toIncluded.value(); i++) {
      items.add(Datum.whole(i));
    }
    return Datum.list(items);
  }

  private Datum choose(Ast.IfExpr tree, Scope scope) {
    return switch (condition(tree.condition(), scope)) {
      case Truth t -> blockValue(t.value() ? tree.then() : tree.otherwise(), scope);
      default -> Poison.POISON;
    };
  }

  /** A compile-time bool, or poison. */
  Datum condition(Ast.Expr tree, Scope scope) {
    var condition = eval(tree, scope, Category.VALUE);
    if (condition instanceof Truth || condition.isPoison()) {
      return condition;
    }
    var misuse =
        condition instanceof Tensor
            ? new Misuse(
                    Codes.NOT_COMPILE_TIME,
                    "this depends on data, and `if` is decided at compile time")
                .help("where(condition, a, b) chooses element by element")
            : new Misuse(
                Codes.TYPE_MISMATCH, "a condition must be true or false, not " + condition.kind());
    problems.report(misuse, tree.span());
    return Poison.POISON;
  }

  /** The value of a block used as one. */
  Datum blockValue(Ast.Block block, Scope scope) {
    var inner = scope.inner();
    var returned = statements.run(block.statements(), inner);
    if (returned != null) {
      return returned;
    }
    var value = block.value();
    if (value == null) {
      problems.report(
          Diagnostic.of(
              Codes.MISSING_BRANCH, problems.users(block.span()), "this block has no value"));
      return Poison.POISON;
    }
    return eval(value, inner);
  }

  /** Warns once where a name hides another one of the same body. */
  void warnShadow(String name, Span span, Scope scope) {
    var outer = scope.find(name);
    if (outer != null
        && scope.here(name) == null
        && !Problems.isLibrary(span.file())
        && outer.span().file() == span.file()
        && !outer.span().equals(scope.announced(name))
        && shadowWarned.add(span)) {
      problems.report(
          Diagnostic.of(Codes.SHADOWED_NAME, span, "`" + name + "` hides another `" + name + "`")
              .also(outer.span(), "the outer one is here")
              .help(
                  "choose another name, or assign with `" + name + " = ..` if it was made by var"));
    }
  }

  /** The limit of steps is reached. */
  static final class TooMuch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Span span;

    TooMuch(Span span) {
      super("too much to expand", null, false, false);
      this.span = span;
    }

    Span span() {
      return span;
    }
  }
}
