package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc evaluate model.mdl --weights w.safetensors --data test.npz}. */
@Command(
    name = "evaluate",
    description = "Measures loss and metrics of trained weights.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Mixin private ModelOptions model;
  @Mixin private RunOptions run;

  @Option(
      names = {"--data", "--input"},
      paramLabel = "FILE",
      description =
          "Rows with targets (.npy, .npz, .csv); unless given, the rows that the train block holds"
              + " out, or if there are none, those it trains on.")
  private @Nullable Path data;

  @Override
  public Integer call() throws IOException {
    new Inference(main, model, run).evaluate(data);
    return ExitCode.OK;
  }
}
