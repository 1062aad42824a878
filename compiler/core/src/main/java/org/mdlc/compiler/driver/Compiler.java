package org.mdlc.compiler.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.mdlc.compiler.bind.Binder;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.DataFiles;
import org.mdlc.compiler.bind.Observer;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.emit.java.CompiledPrograms;
import org.mdlc.compiler.emit.java.JavaEmitter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.TextForm;
import org.mdlc.compiler.op.Control;
import org.mdlc.compiler.pass.BuildTrainStep;
import org.mdlc.compiler.pass.MixedPrecision;
import org.mdlc.compiler.pass.Pipeline;
import org.mdlc.compiler.plan.MakeProgram;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.ProgramText;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.summary.ModelSummary;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;
import org.mdlc.compiler.type.Dim;

/**
 * From text to generated code, in two parts: {@link #bind} finds everything that is wrong with the
 * text, {@link #generate} turns what is right into Java. Prints nothing, and reads no files but
 * imports and, for their mistakes, the CSV files and class folders of train blocks: the {@link
 * Input}s.
 */
public final class Compiler {
  private static final String BOUND = "Bind";
  private static final String BUILT = "BuildTrainStep";
  private static final String PLANNED = "MakeProgram";

  private Compiler() {}

  /** Everything that is wrong with a file: with each of its models and their train blocks. */
  public static DiagnosticSink check(CompileRequest request) {
    var problems = new DiagnosticSink();
    var file = Parser.parse(request.source(), problems);
    if (!problems.hasErrors()) {
      bindStandalone(file, request, problems, Observer.NONE);
    }
    return problems;
  }

  /**
   * As {@link #check}, for who wants to know more than the mistakes. Of a text that does not parse,
   * what was read is bound all the same, and told to the observer; its only problems are those of
   * the syntax.
   *
   * @return the tree, with holes where the text cannot be read
   */
  public static Ast.File observe(
      CompileRequest request, DiagnosticSink problems, Observer observer) {
    var file = Parser.parse(request.source(), problems);
    bindStandalone(file, request, problems.hasErrors() ? copy(problems) : problems, observer);
    return file;
  }

  /** So that the binder knows that there are errors, and what it finds is not told. */
  private static DiagnosticSink copy(DiagnosticSink problems) {
    var copy = new DiagnosticSink();
    problems.sorted().forEach(copy::report);
    return copy;
  }

  private static void bindStandalone(
      Ast.File file, CompileRequest request, DiagnosticSink problems, Observer observer) {
    var models = ModelChoice.standalone(file, request.settings().keySet());
    bindEach(file, models, request, problems, observer);
  }

  /**
   * Binds the models that a file is there for: those with a train block or, where none has one, all
   * whose parameters have values. A file of definitions only is checked, and gives none.
   */
  public static CompiledFile bindAll(CompileRequest request) {
    var problems = new DiagnosticSink();
    var file = Parser.parse(request.source(), problems);
    if (problems.hasErrors()) {
      return new CompiledFile(problems, List.of());
    }
    var models = ModelChoice.meant(file, request.settings().keySet());
    var bound = bindEach(file, models, request, problems, Observer.NONE);
    return new CompiledFile(problems, problems.hasErrors() ? List.of() : bound);
  }

  private static List<BoundProgram> bindEach(
      Ast.File file,
      List<String> models,
      CompileRequest request,
      DiagnosticSink problems,
      Observer observer) {
    if (models.isEmpty()) {
      Binder.check(file, binding("", request, observer), problems);
    }
    return models.stream()
        .flatMap(m -> bind(file, m, request, problems, observer).stream())
        .toList();
  }

  /**
   * Binds one model.
   *
   * @throws InvalidRequest if the file does not have the model asked for
   */
  public static Compilation bind(CompileRequest request) {
    var problems = new DiagnosticSink();
    var file = Parser.parse(request.source(), problems);
    if (problems.hasErrors()) {
      return new Compilation(problems, Optional.empty());
    }
    var model = ModelChoice.choose(file, request.model());
    return new Compilation(problems, bind(file, model, request, problems, Observer.NONE));
  }

  /**
   * Generates the code of a bound model.
   *
   * @throws InvalidRequest if the size of a named dimension is not known
   */
  public static GeneratedModel generate(BoundProgram program, CompileRequest request) {
    requireSizes(program);
    var bound = MixedPrecision.of(program);
    var plans = new Plans(bound, request);
    var initialize = plans.plan(bound.initialize()).program();
    var predict = plans.plan(bound.predict());
    var evaluate = Optional.ofNullable(bound.evaluate()).map(e -> plans.plan(e).program());
    var adapt = Optional.ofNullable(bound.adapt()).map(a -> plans.plan(a).program());
    var train = bound.stages().stream().map(plans::plan).toList();
    var programs =
        new CompiledPrograms(
            bound,
            initialize,
            predict.program(),
            evaluate,
            adapt,
            train.stream().map(Planned::program).toList(),
            ModelSummary.of(program).withNeeds(plans.needs(predict, train)));
    var source =
        JavaEmitter.emit(programs, request.packageName(), request.kernels(), request.timed());
    var prefix = request.packageName().isEmpty() ? "" : request.packageName() + ".";
    return new GeneratedModel(prefix + bound.model(), source, programs);
  }

  /** What a model is made of and, unless the size of a named dimension is open, what it needs. */
  public static ModelSummary summary(BoundProgram program, CompileRequest request) {
    var summary = ModelSummary.of(program);
    if (!openSizes(program).isEmpty()) {
      return summary;
    }
    var bound = MixedPrecision.of(program);
    var plans = new Plans(bound, request);
    var train = bound.stages().stream().map(plans::plan).toList();
    return summary.withNeeds(plans.needs(plans.plan(bound.predict()), train));
  }

  /**
   * The optimised programs of a phase, for people: one, or one per stage of training.
   *
   * @throws InvalidRequest if the model does not have the phase, the size of a named dimension is
   *     not known, or an input does not allow such a batch
   */
  public static List<ProgramReport> report(
      BoundProgram program, CompileRequest request, ReportRequest wanted) {
    requireSizes(program);
    int batch = wanted.batchOf(program);
    var bound = MixedPrecision.of(program);
    var plans = new Plans(bound, request);
    var planned =
        switch (wanted.phaseOf(program)) {
          case TRAIN -> bound.stages().stream().map(plans::plan).toList();
          case EVALUATE -> List.of(plans.plan(Objects.requireNonNull(bound.evaluate())));
          case PREDICT -> List.of(plans.plan(bound.predict()));
        };
    return planned.stream().map(p -> ProgramReport.of(bound, p.program(), batch)).toList();
  }

  /** The names that dumps can be asked for, in order. */
  public static List<String> dumpNames() {
    var names = new ArrayList<String>();
    names.add(BOUND);
    names.add(BUILT);
    names.addAll(Pipeline.optimize(Map.of()).passNames());
    names.add(PLANNED);
    return List.copyOf(names);
  }

  /**
   * The program of a phase.
   *
   * @param flops of the operations that it carries out
   */
  private record Planned(Program program, Dim flops) {}

  /** From the graph of a phase to its program. */
  private record Plans(BoundProgram bound, CompileRequest request) {
    ModelSummary.Needs needs(Planned predict, List<Planned> train) {
      int batch = batch();
      return new ModelSummary.Needs(
          batch,
          train.stream().mapToLong(p -> stepBytes(p, batch)).max().orElse(0),
          stepBytes(predict, batch),
          Control.cost(bound.predict()).flops().at(batch),
          train.stream().mapToLong(p -> p.flops().at(batch)).max().orElse(0));
    }

    private static long stepBytes(Planned planned, int batch) {
      return planned.program().stepBytes(batch) + CompiledPrograms.SCRATCH_BYTES;
    }

    Planned plan(BoundProgram.Stage stage) {
      stage.objectives().forEach(objective -> show(BOUND, objective.forward()));
      var step = BuildTrainStep.of(bound, stage);
      show(BUILT, step);
      return optimized(step);
    }

    Planned plan(Graph graph) {
      show(BOUND, graph);
      return optimized(graph);
    }

    private Planned optimized(Graph graph) {
      var dumps = request.dumps();
      var ready = Pipeline.optimize(Map.of()).run(graph, dumps);
      var program = MakeProgram.run(ready, batch());
      if (dumps.wants(PLANNED)) {
        dumps.dump(PLANNED, graph.name(), ProgramText.print(program));
      }
      return new Planned(program, Control.cost(ready).flops());
    }

    private void show(String stage, Graph graph) {
      if (request.dumps().wants(stage)) {
        request.dumps().dump(stage, graph.name(), TextForm.print(graph));
      }
    }

    private int batch() {
      return ReportRequest.usualBatch(bound);
    }
  }

  private static Optional<BoundProgram> bind(
      Ast.File file,
      String model,
      CompileRequest request,
      DiagnosticSink problems,
      Observer observer) {
    var bound = Binder.bind(file, binding(model, request, observer), problems);
    bound.ifPresent(program -> FolderClasses.check(program, request.inputs(), problems));
    return problems.hasErrors() ? Optional.empty() : bound;
  }

  private static Binder.Request binding(String model, CompileRequest request, Observer observer) {
    return new Binder.Request(
        model,
        request.settings(),
        path -> imported(path, request),
        path -> table(path, request),
        observer);
  }

  private static Optional<SourceFile> imported(String path, CompileRequest request) {
    Input.at(Input.Kind.TEXT, path).ifPresent(request.inputs());
    return request.texts().find(path);
  }

  private static Optional<DataFiles.Table> table(String path, CompileRequest request) {
    var input = Input.at(Input.Kind.TABLE, path);
    input.ifPresent(request.inputs());
    return input.flatMap(i -> CsvFile.open(i.path()));
  }

  private static SortedSet<String> openSizes(BoundProgram bound) {
    var open = new TreeSet<String>();
    bound.inputs().forEach(p -> p.type().shape().dims().forEach(d -> open.addAll(d.symbols())));
    bound.targets().forEach(p -> p.type().shape().dims().forEach(d -> open.addAll(d.symbols())));
    bound.variables().forEach(v -> v.type().shape().dims().forEach(d -> open.addAll(d.symbols())));
    open.removeAll(Dim.BATCH.symbols());
    return open;
  }

  private static void requireSizes(BoundProgram bound) {
    var open = openSizes(bound);
    if (!open.isEmpty()) {
      throw new InvalidRequest(
          "the size of "
              + String.join(", ", open)
              + " is not known; give it, as in --set "
              + open.first()
              + "=80");
    }
  }
}
