package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.Update;
import org.mdlc.compiler.bind.Datum.Configured;
import org.mdlc.compiler.bind.Datum.Real;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Trail;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Add;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/** Binds an optimizer's body once per weight, with the weight's constraint at its end. */
final class Optimizers {
  private final Evaluator evaluator;
  private final Configured optimizer;
  private final String prefix;
  private final Variable iteration;
  private final Map<String, Variable> rates = new LinkedHashMap<>();

  /**
   * @param prefix of the paths of everything it keeps, ending in {@code /}
   */
  Optimizers(Evaluator evaluator, Configured optimizer, String prefix) {
    this.evaluator = evaluator;
    this.optimizer = optimizer;
    this.prefix = prefix;
    this.iteration =
        evaluator
            .variables()
            .plain(prefix + "iteration", Role.HYPER, TensorType.scalar(DType.I32), 0);
    for (var param : optimizer.definition().tree().config()) {
      var name = param.name().text();
      if (isSchedule(param.type()) && optimizer.arguments().values().get(name) instanceof Real r) {
        rates.put(
            name,
            evaluator
                .variables()
                .plain(prefix + name, Role.HYPER, TensorType.scalar(DType.F32), r.value()));
      }
    }
  }

  private static boolean isSchedule(Ast.@Nullable TypeExpr type) {
    return switch (type) {
      case Ast.OptionalType o -> isSchedule(o.type());
      case Ast.NamedType n -> n.name().equals("schedule");
      case null, default -> false;
    };
  }

  /** Counts the step, in the graph of the forward pass. */
  void count() {
    var emit = evaluator.emitter();
    emit.write(iteration, emit.add(new Add(), emit.read(iteration), emit.constant(DType.I32, 1)));
  }

  List<Update> updates(List<Variable> trained) {
    var updates = new ArrayList<Update>();
    for (var weight : trained) {
      var update = update(weight);
      if (update == null) {
        return List.of(); // the next weight would only say the same
      }
      updates.add(update);
    }
    return updates;
  }

  private @Nullable Update update(Variable weight) {
    var frame = Frame.root("update");
    var slots = new LinkedHashMap<String, Variable>();
    var owner =
        new Variables.Owner(
            prefix + weight.path() + "/", Role.SLOT, slots, Map.of(weightName(), weight));
    var moved =
        evaluator.within(
            frame,
            () ->
                evaluator
                    .variables()
                    .owned(
                        owner,
                        () ->
                            evaluator.within(Evaluator.Mode.OPTIMIZER, () -> run(weight, frame))));
    if (moved == null) {
      return null;
    }
    var builder = frame.builder();
    evaluator.within(frame, () -> slots.values().stream().map(evaluator.emitter()::read).toList());
    builder.output(weight.path(), Role.PARAM, frame.use(moved));
    slots.values().forEach(s -> builder.output(s.path(), Role.SLOT, frame.read(s)));
    var graph = builder.build();
    var hyper =
        graph.inputs().stream().filter(i -> i.role() == Role.HYPER).map(Graph.Input::name).toList();
    return new Update(
        weight.path(),
        slots.values().stream().map(Variable::path).toList(),
        hyper,
        ordered(graph, slots, hyper));
  }

  /** What the body calls the weight. */
  private String weightName() {
    var operands = optimizer.definition().tree().operands();
    return operands.isEmpty() ? "" : operands.getFirst().name().text();
  }

  /** Weight, gradient, slots, hyper: the order that a step hands them over in. */
  private static Graph ordered(Graph graph, Map<String, Variable> slots, List<String> hyper) {
    var inputs = new ArrayList<>(graph.inputs().subList(0, 2));
    slots.values().forEach(s -> inputs.add(graph.input(s.path()).orElseThrow()));
    hyper.forEach(h -> inputs.add(graph.input(h).orElseThrow()));
    return new Graph(graph.name(), inputs, graph.nodes(), graph.outputs());
  }

  private @Nullable Tensor run(Variable weight, Frame frame) {
    var tree = optimizer.definition().tree();
    var emit = evaluator.emitter();
    var w =
        new Tensor(
            frame, frame.builder().input(weight.path(), Role.PARAM, weight.type()), Trail.NONE);
    var g =
        new Tensor(frame, frame.builder().input("gradient", Role.DATA, weight.type()), Trail.NONE);
    var scope = Calls.configuredScope(optimizer);
    evaluator.mark();
    bindRates(scope, tree);
    var given = List.of(w, g, step());
    Scope.Binding moving = null;
    for (int i = 0; i < tree.operands().size() && i < given.size(); i++) {
      var name = tree.operands().get(i).name();
      var binding = new Scope.Binding(name.text(), given.get(i), name.span(), false, null);
      if (i == 0) {
        moving = binding.updatedBy(next -> binding.set(checked(next, weight)));
      }
      scope.put(binding);
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
    if (moving.value().equals(w)) {
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
    return constrained((Tensor) moving.value(), weight, emit);
  }

  private void bindRates(Scope scope, Ast.Definition tree) {
    for (var param : tree.config()) {
      var name = param.name().text();
      var rate = rates.get(name);
      if (rate != null) {
        scope.put(name, evaluator.emitter().read(rate), param.span());
      } else if (isSchedule(param.type())
          && optimizer.arguments().values().get(name) instanceof Configured schedule) {
        var step = evaluator.emitter().cast(evaluator.emitter().read(iteration), DType.F32);
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
            name,
            value.isPoison()
                ? value
                : evaluator.emitter().cast(evaluator.arithmetic().tensor(value), DType.F32),
            param.span());
      }
    }
  }

  private Tensor step() {
    var emit = evaluator.emitter();
    return emit.add(
        new Add(), emit.cast(emit.read(iteration), DType.F32), emit.constant(DType.F32, 1));
  }

  private Datum checked(Datum next, Variable weight) {
    if (next.isPoison()) {
      return next;
    }
    var tensor =
        evaluator.emitter().cast(evaluator.arithmetic().tensor(next), weight.type().dtype());
    var shape = Broadcasting.join(tensor.shape(), weight.type().shape());
    if (!shape.equals(weight.type().shape())) {
      throw new Misuse(
          Codes.SHAPE_MISMATCH,
          "the weight is " + weight.type() + " and would become " + tensor.type());
    }
    return evaluator.emitter().stretch(tensor, shape);
  }

  private @Nullable Tensor constrained(Tensor moved, Variable weight, Emitter emit) {
    if (!(weight.constraint() instanceof Configured c)) {
      return moved;
    }
    var value =
        evaluator.within(
            Evaluator.Mode.PLAIN,
            () ->
                evaluator
                    .calls()
                    .run(c, List.of(Actual.of(moved, c.span())), c.definition().scope(), c.span()));
    if (value.isPoison()) {
      return null;
    }
    var tensor = evaluator.arithmetic().tensor(value);
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
      return null;
    }
    return emit.here(tensor);
  }
}
