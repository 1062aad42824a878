package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc predict model.mdl --weights w.safetensors --input x.npy --output y.npy}. */
@Command(
    name = "predict",
    description = "Works out what a model gives for rows of data.",
    footer = {
      "mdlc predict model.mdl --weights model.safetensors --input new.csv",
      "mdlc predict model.mdl --weights model.safetensors --input x.npy -o y.npy"
    })
final class PredictCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Mixin private ModelOptions model;
  @Mixin private RunOptions run;

  @Option(
      names = {"--input", "--data"},
      paramLabel = "FILE",
      required = true,
      description = "Rows (.npy, .npz, .csv).")
  private Path input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write the outputs (.npy, .npz, .csv); unless given, CSV is printed.")
  private @Nullable Path output;

  @Override
  public Integer call() throws IOException {
    new Inference(main, model, run).predict(input, output);
    return ExitCode.OK;
  }
}
