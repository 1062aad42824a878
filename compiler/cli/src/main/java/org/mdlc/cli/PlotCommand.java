package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.summary.ModelSummary;
import org.mdlc.runtime.plot.Drawing;
import org.mdlc.runtime.plot.HistoryPlot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mdlc plot model.mdl -o model.svg} and {@code mdlc plot --history log.csv -o log.svg}. */
@Command(
    name = "plot",
    description = "Draws a model, or the history of its training, as .svg or .png.",
    footer = {"mdlc plot model.mdl -o model.svg", "mdlc plot --history history.csv -o history.png"})
final class PlotCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "A model description (.mdl).")
  private @Nullable Path file;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Which model of the file, if it has several.")
  private @Nullable String model;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Value of a parameter or named dimension of the model.")
  private Map<String, String> settings = Map.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The picture to write (.svg or .png).")
  private Path output;

  @Option(
      names = "--history",
      paramLabel = "FILE",
      description = "Draw this history instead: what train --history or CSVLogger wrote (.csv).")
  private @Nullable Path history;

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      description = "What stands over the panels of a history.")
  private @Nullable String title;

  @Option(names = "--no-shapes", description = "Leave the shapes of outputs out.")
  private boolean noShapes;

  @Option(names = "--no-names", description = "Leave the names of layers out.")
  private boolean noNames;

  @Option(names = "--dtypes", description = "Show the element types of outputs.")
  private boolean dtypes;

  @Option(
      names = "--direction",
      paramLabel = "TB|LR",
      defaultValue = "TB",
      description = "From top to bottom or from left to right (${DEFAULT-VALUE}).")
  private Direction direction;

  /** Keras's {@code rankdir}. */
  enum Direction {
    TB,
    LR
  }

  @Override
  public Integer call() throws IOException {
    var target = Paths.picture(output, "--output", spec);
    if ((file == null) == (history == null)) {
      throw new ParameterException(
          spec.commandLine(), "give either a model description or --history, to say what to draw");
    }
    var drawing = file == null ? ofHistory(Objects.requireNonNull(history)) : ofModel(file);
    drawing.save(target);
    main.terminal().out().println(output);
    return ExitCode.OK;
  }

  private Drawing ofHistory(Path csv) {
    return HistoryPlot.read(csv).title(title == null ? "" : title).drawing();
  }

  private Drawing ofModel(Path mdl) throws IOException {
    if (title != null) {
      throw new ParameterException(
          spec.commandLine(), "--title is for a history; a model has its own name");
    }
    var request =
        CompileRequest.of(Paths.source(mdl))
            .withModel(Optional.ofNullable(model))
            .withSettings(settings);
    var bound = ModelOptions.bind(request, main);
    var options = new ModelPlot.Options(!noShapes, dtypes, !noNames, direction == Direction.LR);
    return ModelPlot.draw(ModelSummary.of(bound), options);
  }
}
