package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.syntax.Ast;

/** Runs a model's body once per phase: each phase is a graph of its own, over the same weights. */
final class ModelPhases {
  private static final String PREDICT = "predict";

  /** One run of the model. */
  record Phase(Frame frame, Models.Run run, Scope scope) {}

  private final Evaluator evaluator;
  private final Datum.ModelDefinition definition;
  private final Instance root;

  ModelPhases(Evaluator evaluator, Datum.ModelDefinition definition, Instance root) {
    this.evaluator = evaluator;
    this.definition = definition;
    this.root = root;
  }

  @Nullable BoundProgram bind(Ast.@Nullable Train train, ProgramBinder program) {
    evaluator.precision(Precision.of(definition.tree(), evaluator.problems()));
    var predict = run(PREDICT, false);
    checkOutputs(predict);
    if (train == null) {
      run("train", true); // for the weights and keys that only training needs
    }
    var training =
        train == null ? null : new Training(evaluator, this, train, program.data()).bind(predict);
    program.checkSettings(evaluator, definition.tree());
    new Unused(evaluator, definition.tree(), predict).warn();
    if (evaluator.problems().hasErrors()) {
      return null;
    }
    requireOutputs(predict);
    var graph = predicting(predict);
    return new BoundProgram(
        definition.tree().name().text(),
        evaluator.ranges().ofInputs(ProgramBinder.inputs(graph)),
        predict.run().outputs().entrySet().stream()
            .map(o -> new Port(o.getKey(), o.getValue().type()))
            .toList(),
        training == null ? List.of() : evaluator.ranges().ofTargets(training.targets()),
        training == null ? List.of() : training.weights(),
        ProgramBinder.variables(evaluator),
        graph,
        ProgramBinder.initialize(evaluator),
        training == null ? null : training.evaluate(),
        training == null ? null : training.adapt(),
        training == null ? List.of() : training.metrics(),
        training == null ? List.of() : training.stages(),
        training == null ? Optional.empty() : Optional.of(training.settings()),
        pretrained(),
        texts(predict),
        evaluator.hostLayers().steps(),
        evaluator.precision(),
        Optional.ofNullable(evaluator.inputs().fixedBatch())
            .map(rows -> (int) Math.min(rows, Integer.MAX_VALUE)),
        KerasPaths.of(
            evaluator, graph, training == null ? Optional.empty() : training.kerasSlots()),
        evaluator.sketch().of(root),
        training == null ? Optional.empty() : Optional.of(training.compile()));
  }

  private static List<BoundProgram.Text> texts(Phase phase) {
    return phase.run().inputs().values().stream()
        .filter(v -> v instanceof Datum.Strings)
        .map(v -> (Datum.Strings) v)
        .map(s -> new BoundProgram.Text(s.name(), s.shape()))
        .toList();
  }

  private List<BoundProgram.Pretrained> pretrained() {
    return evaluator.layers().pretrained().entrySet().stream()
        .map(
            e -> {
              var tree = e.getValue().tree();
              var hash = Optional.ofNullable(tree.sha256()).map(Ast.StringLit::value);
              var file = Files.resolve(tree.path().span().file().name(), tree.path().value());
              return new BoundProgram.Pretrained(e.getKey().path(), file, hash);
            })
        .toList();
  }

  Evaluator evaluator() {
    return evaluator;
  }

  Datum.ModelDefinition definition() {
    return definition;
  }

  /** Runs the body in a new graph. */
  Phase run(String name, boolean training) {
    var frame = Frame.root(name);
    boolean isPredict = name.equals(PREDICT);
    evaluator.training(training);
    evaluator.layers().startPhase();
    root.restart();
    var scope = root.arguments().within(definition.scope());
    var run =
        new Models.Run(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>(), true);
    evaluator.within(
        frame,
        () -> {
          evaluator.mark();
          if (isPredict) {
            evaluator.sketch().begin(frame);
          }
          evaluator.models().run(definition.tree(), run, scope);
          if (isPredict) {
            evaluator.sketch().end(root, run.outputs());
          }
          run.outputs().replaceAll((_, value) -> evaluator.wide(value));
          return run;
        });
    evaluator.statement(null);
    return new Phase(frame, run, scope);
  }

  private void checkOutputs(Phase predict) {
    boolean any =
        definition.tree().body().statements().stream().anyMatch(s -> s instanceof Ast.Output)
            || predict.run().spans().keySet().stream().anyMatch(s -> s.startsWith("output "));
    if (!any) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.NO_OUTPUT,
                      definition.tree().name().span(),
                      "the model " + definition.tree().name() + " has no output")
                  .help("end it with `output name = ..`"));
    }
  }

  /** Without an error every output that was declared has a value. */
  private static void requireOutputs(Phase predict) {
    for (var name : predict.run().spans().keySet()) {
      if (name.startsWith("output ")
          && !predict.run().outputs().containsKey(name.substring("output ".length()))) {
        throw new CompilerBug("bind", "the " + name + " came to nothing without a word");
      }
    }
  }

  private static Graph predicting(Phase phase) {
    var builder = phase.frame().builder();
    phase
        .run()
        .outputs()
        .forEach((name, tensor) -> builder.output(name, Role.RESULT, phase.frame().use(tensor)));
    phase
        .frame()
        .writes()
        .forEach((variable, value) -> builder.output(variable.path(), variable.role(), value));
    return ordered(builder.build());
  }

  /** Data first, then targets, then variables: the order in which a caller thinks of them. */
  static Graph ordered(Graph graph) {
    var inputs = new ArrayList<Graph.Input>();
    graph.inputs().stream().filter(i -> i.role() == Role.DATA).forEach(inputs::add);
    graph.inputs().stream().filter(i -> i.role() == Role.TARGET).forEach(inputs::add);
    graph.inputs().stream().filter(i -> i.role().isVariable()).forEach(inputs::add);
    return new Graph(graph.name(), inputs, graph.nodes(), graph.outputs());
  }
}
