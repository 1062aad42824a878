package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.data.DataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mdlc train model.mdl}. */
@Command(
    name = "train",
    description = "Compiles a model in memory and trains it as its train block says.",
    footer = {
      "mdlc train model.mdl",
      "mdlc train model.mdl --epochs 20 --save model.safetensors --plot history.svg",
      "mdlc train model.mdl --data more.csv --weights model.safetensors"
    })
final class TrainCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model;
  @Mixin private RunOptions run;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "Rows to train on (.npy, .npz, .csv), instead of those of the train block.")
  private @Nullable Path data;

  @Option(names = "--epochs", paramLabel = "N", description = "Epochs of each stage.")
  private @Nullable Integer epochs;

  @Option(names = "--no-shuffle", description = "Take the rows in their order.")
  private boolean noShuffle;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description =
          "Where to write the trained weights (.safetensors, .weights.h5, .npz), or the whole model"
              + " for Keras (.keras).")
  private @Nullable Path save;

  @Option(
      names = "--history",
      paramLabel = "FILE",
      description = "Where to write the metrics of every epoch (.csv, .json).")
  private @Nullable Path history;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Where to draw loss and metrics over the epochs (.svg, .png).")
  private @Nullable Path plot;

  @Override
  public Integer call() throws IOException {
    return new Trainer(main, model, run, this).train();
  }

  Optional<Path> data() {
    return Optional.ofNullable(data);
  }

  OptionalInt epochs() {
    if (epochs != null && epochs < 0) {
      throw new ParameterException(spec.commandLine(), "--epochs is at least 0, not " + epochs);
    }
    return epochs == null ? OptionalInt.empty() : OptionalInt.of(epochs);
  }

  boolean noShuffle() {
    return noShuffle;
  }

  Optional<Path> save() {
    if (save != null) {
      try {
        Model.requireWritable(save);
      } catch (DataException e) {
        throw new ParameterException(spec.commandLine(), "--save " + e.getMessage(), e);
      }
    }
    return Optional.ofNullable(save).map(Paths::target);
  }

  Optional<Path> history() {
    return Optional.ofNullable(history).map(Paths::target);
  }

  Optional<Path> plot() {
    return Optional.ofNullable(plot).map(file -> Paths.picture(file, "--plot", spec));
  }
}
