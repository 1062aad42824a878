package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.Update;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Real;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Text;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.op.Mul;
import org.mdlc.compiler.op.Select;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Binds one step of an optimizer over its weights, in the order of Keras's base class: unscale,
 * accumulate, clip, decay, the body, average, constrain. The formulas are functions of the library;
 * this class keeps what they work on.
 */
final class Optimizers {
  /** The parameters in which an optimizer's arguments are looked for besides its own. */
  static final String OPTIONS = "optimizer_options";

  /** The optimizer that Keras puts around one where gradients are those of f16. */
  static final String SCALING = "LossScaleOptimizer";

  private static final String USUAL_NAME = "optimizer";
  private static final String SCALE = "dynamic_scale";
  private static final String STEPS = "gradient_accumulation_steps";

  private final Evaluator evaluator;
  private final @Nullable Configured scaler;
  private final Configured optimizer;
  private final String prefix;
  private final Variable iteration;
  private final Map<String, Variable> rates = new LinkedHashMap<>();
  private final Map<String, Variable> scalerStates = new LinkedHashMap<>();
  private final Set<String> slotNames = new LinkedHashSet<>();

  /**
   * @param place what tells it from the other optimizers of the train block: {@code _head_1}
   */
  Optimizers(Evaluator evaluator, Configured outer, String place) {
    this.evaluator = evaluator;
    var inner = inner(outer);
    this.scaler = inner == null ? null : outer;
    this.optimizer = inner == null ? outer : inner;
    var given = optimizer.arguments().values().get("name");
    this.prefix = (given instanceof Text t ? t.value() : USUAL_NAME) + place + "/";
    var variables = evaluator.variables();
    this.iteration =
        variables.plain(this.prefix + "iteration", Role.HYPER, TensorType.scalar(DType.I32), 0);
    for (var param : optimizer.definition().tree().config()) {
      var name = param.name().text();
      if (isSchedule(param.type()) && optimizer.arguments().values().get(name) instanceof Real r) {
        rates.put(
            name,
            variables.plain(
                this.prefix + name, Role.HYPER, TensorType.scalar(DType.F32), r.value()));
      }
    }
    if (scaler != null) {
      declareScale();
    }
  }

  /** How Keras lists what it keeps; none where it scales the loss, which Keras lists otherwise. */
  Optional<KerasLayout.Slots> kerasSlots() {
    return scaler == null
        ? Optional.of(new KerasLayout.Slots(prefix, KerasSlots.of(optimizer.name(), slotNames)))
        : Optional.empty();
  }

  /** What the paths of everything it keeps begin with, ending in {@code /}. */
  String prefix() {
    return prefix;
  }

  /** Runs the rule of the scale for its variables alone: the forward pass reads one of them. */
  private void declareScale() {
    var nowhere = Frame.root("scale");
    evaluator.within(
        nowhere,
        () -> {
          try {
            scale(tensor(new Truth(true)));
          } catch (Statements.Failed e) {
            scalerStates.clear(); // the requirement that failed is reported
          }
          return nowhere;
        });
  }

  /** What an optimizer that is given another one wraps. */
  private static @Nullable Configured inner(Configured optimizer) {
    return optimizer.definition().tree().config().stream()
        .map(p -> optimizer.arguments().values().get(p.name().text()))
        .filter(
            v -> v instanceof Configured c && c.definition().tree().kind() == Ast.Kind.OPTIMIZER)
        .map(Configured.class::cast)
        .findFirst()
        .orElse(null);
  }

  /** What an optimizer takes after its own arguments; one that is given another takes none. */
  static Datum.@Nullable Function options(Datum.Definition definition, Library library) {
    return definition.tree().kind() == Ast.Kind.OPTIMIZER && !wraps(definition)
        ? library.standardFunction(OPTIONS)
        : null;
  }

  /** A definition's own parameters, then the options that it does not declare itself. */
  static List<Ast.Param> parameters(Datum.Definition definition, Datum.@Nullable Function options) {
    var parameters = new ArrayList<>(definition.tree().config());
    if (options != null) {
      var own = parameters.stream().map(p -> p.name().text()).toList();
      options.tree().params().stream()
          .filter(o -> !own.contains(o.name().text()))
          .forEach(parameters::add);
    }
    return parameters;
  }

  /** True for an optimizer that is given another one. */
  static boolean wraps(Datum.Definition definition) {
    return definition.tree().config().stream()
        .anyMatch(p -> p.type() instanceof Ast.NamedType n && n.name().equals("optimizer"));
  }

  /** True for a learning rate that is a number and not a schedule. */
  static boolean isLearningRate(Variable variable) {
    return variable.role() == Role.HYPER && variable.path().matches("(.*/)?learning_rate");
  }

  private static boolean isSchedule(Ast.@Nullable TypeExpr type) {
    return switch (type) {
      case Ast.OptionalType o -> isSchedule(o.type());
      case Ast.NamedType n -> n.name().equals("schedule");
      case null, default -> false;
    };
  }

  /** True when gradients are those of a multiple of the loss. */
  boolean scalesLoss() {
    return scaler != null || has("loss_scale_factor");
  }

  /** The loss that gradients are taken of, in the graph of the forward pass. */
  Tensor scaled(Tensor loss) {
    var scale = scalerStates.get(SCALE);
    return scale != null
        ? evaluator.emitter().add(new Mul(), loss, evaluator.emitter().read(scale))
        : tensor(call("scaled_loss", Map.of("loss", loss)));
  }

  // ---- the step

  /** One step over these weights; null when the body has an error, which is reported. */
  @Nullable Update update(List<Variable> weights) {
    var frame = Frame.root("update");
    var averages = new ArrayList<Variable>();
    boolean sound;
    try {
      sound = evaluator.within(frame, () -> step(weights, frame, averages));
    } catch (Statements.Failed | Silent e) {
      return null; // reported where it was found
    }
    if (!sound) {
      return null;
    }
    var builder = frame.builder();
    frame.writes().forEach((v, value) -> builder.output(v.path(), v.role(), value));
    return new Update(
        weights.stream().map(Variable::path).toList(),
        averages.stream().map(Variable::path).toList(),
        builder.build());
  }

  private boolean step(List<Variable> weights, Frame frame, List<Variable> averages) {
    evaluator.mark();
    var emit = evaluator.emitter();
    weights.forEach(emit::read);
    List<Tensor> gradients =
        weights.stream()
            .map(
                w -> emit.of(frame.builder().input(Update.gradient(w.path()), Role.DATA, w.type())))
            .toList();
    var count = emit.read(iteration);
    var finite =
        scaler == null
            ? null
            : tensor(call("are_finite", Map.of("gradients", Datum.list(gradients))));
    var scale = scalerStates.get(SCALE);
    Datum factor = scale == null ? option("loss_scale_factor") : emit.read(scale);
    gradients =
        gradients.stream()
            .map(
                g -> tensor(call("unscaled_gradient", Map.of("g", g, "loss_scale_factor", factor))))
            .toList();
    var slots = weights.stream().map(w -> new Slots(w, new LinkedHashMap<>())).toList();
    Tensor moves = null;
    var before = count;
    if (has(STEPS)) {
      moves = tensor(call("moves_after", Map.of("iteration", count)));
      before = tensor(call("moves_before", Map.of("iteration", count)));
      gradients = accumulated(gradients, slots, moves);
    }
    gradients = tensors(call("clipped_gradients", Map.of("gradients", Datum.list(gradients))));
    var scope = scope();
    for (int i = 0; i < weights.size(); i++) {
      if (!move(slots.get(i), gradients.get(i), scope, before, moves)) {
        return false; // the next weight would only say the same
      }
      if (option("use_ema") instanceof Truth t && t.value()) {
        averages.add(average(slots.get(i), before));
      }
      if (!constrain(weights.get(i))) {
        return false;
      }
      slotNames.addAll(slots.get(i).made().keySet());
    }
    emit.write(iteration, emit.add(new Add(), count, emit.constant(DType.I32, 1)));
    if (finite != null) {
      frame.writes().keySet().forEach(v -> keepUnless(finite, v, frame));
      scale(finite);
    }
    return true;
  }

  /** What an optimizer keeps for one weight. */
  private record Slots(Variable weight, Map<String, Variable> made) {}

  private Variable slot(Slots of, String name) {
    return of.made()
        .computeIfAbsent(
            name,
            n ->
                evaluator
                    .variables()
                    .plain(
                        prefix + of.weight().path() + "/" + n, Role.SLOT, of.weight().type(), 0));
  }

  private List<Tensor> accumulated(List<Tensor> gradients, List<Slots> slots, Tensor moves) {
    var emit = evaluator.emitter();
    var means = new ArrayList<Tensor>();
    for (int i = 0; i < gradients.size(); i++) {
      var sum = slot(slots.get(i), "gradient_accumulator");
      var found =
          tensors(
              call(
                  "accumulated_gradient",
                  Map.of("g", gradients.get(i), "sum_before", emit.read(sum), "moves", moves)));
      means.add(found.get(0));
      emit.write(sum, found.get(1));
    }
    return means;
  }

  private boolean move(
      Slots slots, Tensor gradient, Scope rated, Tensor before, @Nullable Tensor moves) {
    var emit = evaluator.emitter();
    var frame = emit.frame();
    var weight = slots.weight();
    var start = emit.read(weight);
    var w = start;
    var rate = rated.value("learning_rate");
    if (has("weight_decay")) {
      if (rate == null) {
        evaluator
            .problems()
            .report(
                new Misuse(
                    Codes.MISSING_ARGUMENT,
                    "weight_decay is a share of the learning rate, and the optimizer "
                        + optimizer.name()
                        + " has no parameter `learning_rate`"),
                optimizer.span());
        return false;
      }
      w =
          tensor(
              call(
                  "decayed_weight",
                  Map.of("w", w, "path", new Text(weight.path()), "learning_rate", rate)));
    }
    var made = slots.made();
    var own = new LinkedHashMap<String, Variable>();
    var owner =
        new Variables.Owner(
            prefix + weight.path() + "/", Role.SLOT, own, Map.of(operand(optimizer, 0), weight));
    var given =
        List.<Datum>of(
            w,
            gradient,
            emit.add(new Add(), emit.cast(before, DType.F32), emit.constant(DType.F32, 1)),
            new Text(weight.path()));
    var moved =
        evaluator
            .variables()
            .owned(
                owner,
                () -> evaluator.within(Evaluator.Mode.OPTIMIZER, () -> run(given, weight, rated)));
    if (moved == null) {
      return false;
    }
    made.putAll(own);
    emit.write(weight, moved);
    if (moves != null) {
      own.values().forEach(v -> keepUnless(moves, v, frame));
      emit.write(weight, emit.elementwise(new Select(), List.of(moves, emit.read(weight), start)));
    }
    return true;
  }

  /** Where the condition does not hold the variable stays as it was before the step. */
  private void keepUnless(Tensor condition, Variable variable, Frame frame) {
    var emit = evaluator.emitter();
    var start = emit.of(frame.start(variable));
    emit.write(
        variable, emit.elementwise(new Select(), List.of(condition, emit.read(variable), start)));
  }

  private Variable average(Slots slots, Tensor moves) {
    var emit = evaluator.emitter();
    var weight = slots.weight();
    var average = slot(slots, "average");
    emit.write(
        average,
        tensor(
            call(
                "averaged_weight",
                Map.of("average", emit.read(average), "w", emit.read(weight), "moves", moves))));
    emit.write(
        weight,
        tensor(
            call(
                "overwritten_weight",
                Map.of("w", emit.read(weight), "average", emit.read(average), "moves", moves))));
    return average;
  }

  private void scale(Tensor finite) {
    var wrapper = Objects.requireNonNull(scaler);
    var owner = new Variables.Owner(prefix, Role.SLOT, scalerStates, Map.of());
    var scope = wrapper.scope();
    put(scope, wrapper, List.of(finite));
    evaluator
        .variables()
        .owned(
            owner,
            () ->
                evaluator.within(
                    Evaluator.Mode.OPTIMIZER,
                    () ->
                        evaluator
                            .layers()
                            .inBody(
                                scope,
                                () ->
                                    evaluator
                                        .statements()
                                        .body(
                                            wrapper.definition().tree().body(),
                                            scope,
                                            wrapper.name()))));
  }

  // ---- the body

  /** The configuration, with numbers of this step in place of schedules. */
  private Scope scope() {
    var emit = evaluator.emitter();
    var scope = optimizer.scope();
    for (var param : optimizer.definition().tree().config()) {
      var name = param.name().text();
      var rate = rates.get(name);
      if (rate != null) {
        scope.put(name, emit.read(rate), param.span());
      } else if (isSchedule(param.type())
          && optimizer.arguments().values().get(name) instanceof Configured schedule) {
        var step = emit.cast(emit.read(iteration), DType.F32);
        var value =
            evaluator.within(
                Evaluator.Mode.PLAIN,
                () ->
                    evaluator
                        .calls()
                        .run(
                            schedule,
                            List.of(Actual.of(step, schedule.span())),
                            schedule.definition().scope(),
                            schedule.span()));
        scope.put(
            name, value.isPoison() ? value : emit.cast(tensor(value), DType.F32), param.span());
      }
    }
    return scope;
  }

  /** What the body calls its operands, in order. */
  private static String operand(Configured of, int index) {
    var operands = of.definition().tree().operands();
    return index < operands.size() ? operands.get(index).name().text() : "";
  }

  private static Scope.@Nullable Binding put(
      Scope scope, Configured of, List<? extends Datum> given) {
    var operands = of.definition().tree().operands();
    Scope.Binding first = null;
    for (int i = 0; i < operands.size() && i < given.size(); i++) {
      var name = operands.get(i).name();
      var binding = new Scope.Binding(name.text(), given.get(i), name.span(), false, null);
      first = i == 0 ? binding : first;
      scope.put(binding);
    }
    return first;
  }

  private @Nullable Tensor run(List<Datum> given, Variable weight, Scope rated) {
    var tree = optimizer.definition().tree();
    var scope = rated.inner();
    var moving = put(scope, optimizer, given);
    if (moving != null) {
      moving.updatedBy(next -> moving.set(checked(next, weight)));
    }
    evaluator.problems().enter(optimizer.span());
    try {
      evaluator
          .layers()
          .inBody(scope, () -> evaluator.statements().body(tree.body(), scope, tree.name().text()));
    } catch (Statements.Failed e) {
      return null;
    } finally {
      evaluator.problems().leave();
    }
    if (moving == null || moving.value().isPoison()) {
      return null;
    }
    if (moving.value().equals(given.getFirst())) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.MISSING_UPDATE,
                      tree.name().span(),
                      "the optimizer " + tree.name() + " never moves its weight")
                  .help("write `" + moving.name() + " <- ..` in its body"));
      return null;
    }
    return (Tensor) moving.value();
  }

  private Datum checked(Datum next, Variable weight) {
    if (next.isPoison()) {
      return next;
    }
    var tensor = evaluator.emitter().cast(tensor(next), weight.type().dtype());
    var shape = Broadcasting.join(tensor.shape(), weight.type().shape());
    if (!shape.equals(weight.type().shape())) {
      throw new Misuse(
          Codes.SHAPE_MISMATCH,
          "the weight is " + weight.type() + " and would become " + tensor.type());
    }
    return evaluator.emitter().stretch(tensor, shape);
  }

  private boolean constrain(Variable weight) {
    if (!(weight.constraint() instanceof Configured c)) {
      return true;
    }
    var emit = evaluator.emitter();
    var moved = emit.read(weight);
    var value =
        evaluator.within(
            Evaluator.Mode.PLAIN,
            () ->
                evaluator
                    .calls()
                    .run(c, List.of(Actual.of(moved, c.span())), c.definition().scope(), c.span()));
    if (value.isPoison()) {
      return false;
    }
    var tensor = tensor(value);
    if (!tensor.type().equals(weight.type())) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.SHAPE_MISMATCH,
                  "the constraint "
                      + c.name()
                      + " makes "
                      + tensor.type()
                      + " of a weight of "
                      + weight.type()),
              c.span());
      return false;
    }
    emit.write(weight, emit.here(tensor));
    return true;
  }

  // ---- the library's part

  /** An option that every optimizer takes; none where the optimizer answers for it itself. */
  private Datum option(String name) {
    boolean own =
        optimizer.definition().tree().config().stream().anyMatch(p -> p.name().text().equals(name));
    return own
        ? Datum.None.NONE
        : optimizer.arguments().values().getOrDefault(name, Datum.None.NONE);
  }

  private boolean has(String name) {
    return !(option(name) instanceof Datum.None);
  }

  /** Calls a function of the library; options fill the parameters that are not given. */
  private Datum call(String function, Map<String, Datum> given) {
    var callee = evaluator.library().standardFunction(function);
    var actuals =
        callee.tree().params().stream()
            .map(p -> p.name().text())
            .map(
                p ->
                    Actual.of(
                        given.containsKey(p) ? Objects.requireNonNull(given.get(p)) : option(p),
                        optimizer.span()))
            .toList();
    return evaluator.within(
        Evaluator.Mode.PLAIN,
        () ->
            evaluator
                .calls()
                .invoke(
                    callee, actuals, evaluator.emptyScope(), optimizer.span(), optimizer.span()));
  }

  private Tensor tensor(Datum value) {
    return evaluator.arithmetic().tensor(value);
  }

  private static List<Tensor> tensors(Datum value) {
    return ((Listing) value).items().stream().map(Tensor.class::cast).toList();
  }
}
