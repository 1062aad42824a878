package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.driver.Compilation;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.pass.DumpSink;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which model a command is about, and what to show of its compilation. */
final class ModelOptions {
  @Parameters(paramLabel = "FILE", description = "A model description (.mdl).")
  private Path file;

  @Option(
      names = "--model",
      order = Help.SHARED,
      paramLabel = "NAME",
      description =
          "Which model of the file; unless given, the only one with a train block, else the only"
              + " one.")
  private @Nullable String model;

  @Option(
      names = "--set",
      order = Help.SHARED,
      paramLabel = "NAME=VALUE",
      description = "Value of a parameter or named dimension of the model, as written in mdl.")
  private Map<String, String> settings = Map.of();

  @Option(
      names = "--dump-after",
      order = Help.INSIDE,
      paramLabel = "PASS",
      description = "Print every graph after this pass, such as Simplify.")
  private @Nullable String dumpAfter;

  @Option(
      names = "--dump-all",
      order = Help.INSIDE,
      paramLabel = "DIR",
      description = "Write every graph after every pass, and the programs, into this folder.")
  private @Nullable Path dumpAll;

  Path file() {
    return file;
  }

  /** A path that stands in the model description, which is relative to that file. */
  Path besideFile(String path) {
    return file.resolveSibling(path);
  }

  CompileRequest request(Main main) throws IOException {
    return CompileRequest.of(Paths.source(file))
        .withModel(Optional.ofNullable(model))
        .withSettings(settings)
        .withDumps(dumps(main));
  }

  /** The model without errors; warnings are reported and errors end the command. */
  static BoundProgram bind(CompileRequest request, Main main) {
    return reported(Compiler.bind(request), main);
  }

  /** Reports what was found; errors end the command. */
  static BoundProgram reported(Compilation compilation, Main main) {
    main.reporter().diagnostics(compilation.problems());
    return compilation.bound().orElseThrow(ReportedErrors::new);
  }

  private DumpSink dumps(Main main) {
    if (dumpAll != null) {
      return Dumps.into(dumpAll);
    }
    if (dumpAfter == null) {
      return DumpSink.NONE;
    }
    var names = Compiler.dumpNames();
    if (!names.contains(dumpAfter)) {
      var advice =
          DidYouMean.nearest(dumpAfter, names)
              .map(near -> "did you mean " + near + "?")
              .orElse("there are " + String.join(", ", names));
      throw new UserError("there is no pass " + dumpAfter + "; " + advice);
    }
    return Dumps.after(dumpAfter, main.terminal().out());
  }
}
