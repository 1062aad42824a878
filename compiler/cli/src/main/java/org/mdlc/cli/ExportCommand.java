package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.keras.KerasExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc export model.mdl --weights w.safetensors -o model.keras}. */
@Command(
    name = "export",
    description = {
      "Writes a model with its weights as a .keras file, which Keras opens.",
      "",
      "Layers keep their names. What stands between layers becomes a layer of Keras that does the"
          + " same (Add, Activation, Reshape ..) or the operation that Keras saves for such an"
          + " expression. The loss, metrics and optimizer of the train block go along where Keras"
          + " has them. Everything that Keras cannot say is listed with its line, and then nothing is"
          + " written."
    },
    footer = {"mdlc export model.mdl --weights model.safetensors -o model.keras"})
final class ExportCommand implements Callable<Integer> {
  /** Sizes tried for dimensions that stay open in Keras; the weights do not depend on them. */
  private static final int[] SIZES = {16, 64, 256};

  @ParentCommand private Main main;
  @Mixin private ModelOptions model;
  @Mixin private RunOptions run;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The file to write (.keras).")
  private Path output;

  @Override
  public Integer call() throws IOException {
    var target = Paths.target(output);
    if (!target.toString().endsWith(".keras")) {
      throw new UserError(target + ": the name of a model that Keras opens ends in .keras");
    }
    var request = model.request(main).withKernels(RunningModel.kernels(main, run.noVector()));
    var bound = ModelOptions.bind(request, main);
    var problems = new DiagnosticSink();
    var exported = KerasExport.write(bound, problems);
    main.reporter().diagnostics(problems);
    var described = exported.orElseThrow(ReportedErrors::new);
    if (run.weights().isEmpty() && bound.pretrained().isEmpty()) {
      main.reporter().warning("the weights are untrained; give trained ones with --weights");
    }
    var sized = sized(bound, request);
    try (var running =
        RunningModel.start(
            main, sized.bound().withKeras(described.layout()), sized.request(), run)) {
      running.model().saveKeras(target, described.config());
    }
    main.terminal().out().println(target);
    return ExitCode.OK;
  }

  private record Sized(BoundProgram bound, CompileRequest request) {}

  /**
   * With numbers for the dimensions that Keras leaves open: code needs them, the weights do not.
   */
  private Sized sized(BoundProgram bound, CompileRequest request) {
    if (!NamedSizes.areOpen(bound)) {
      return new Sized(bound, request);
    }
    return IntStream.of(SIZES)
        .mapToObj(size -> request.withSettings(settings(bound, size)))
        .flatMap(r -> Compiler.bind(r).bound().map(b -> new Sized(b, r)).stream())
        .filter(s -> RunningModel.sameWeights(s.bound(), bound))
        .findFirst()
        .orElseGet(() -> new Sized(bound, request));
  }

  private static Map<String, String> settings(BoundProgram bound, int size) {
    var settings = new LinkedHashMap<String, String>();
    NamedSizes.open(bound).forEach(name -> settings.put(name, Integer.toString(size)));
    return settings;
  }
}
