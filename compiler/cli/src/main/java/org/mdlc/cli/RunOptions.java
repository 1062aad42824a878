package org.mdlc.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.Verbosity;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a compiled model is run. */
final class RunOptions {
  private static final long MAX_SEED = (1L << 32) - 1;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--weights",
      order = Help.SHARED,
      paramLabel = "FILE",
      description = "Weights to start from (.safetensors, .weights.h5, .keras, .h5, .npz).")
  private @Nullable Path weights;

  @Option(
      names = "--batch",
      order = Help.SHARED,
      paramLabel = "ROWS",
      description = "Rows of a batch.")
  private @Nullable Integer batch;

  @Option(
      names = "--seed",
      order = Help.SHARED,
      paramLabel = "N",
      description = "Seed of initial weights, dropout and the order of rows.")
  private @Nullable Long seed;

  @Option(
      names = "--no-vector",
      order = Help.SHARED,
      description = "Run kernels as plain loops, without jdk.incubator.vector.")
  private boolean noVector;

  @Option(
      names = "--verbose",
      order = Help.SHARED,
      paramLabel = "0|1|2",
      description =
          "Nothing, a progress bar, or a line per epoch; unless given, a bar on a terminal, else a"
              + " line.")
  private @Nullable Integer verbose;

  Optional<Path> weights() {
    return Optional.ofNullable(weights);
  }

  OptionalInt batch() {
    if (batch != null && batch < 1) {
      throw usage("--batch is at least 1, not " + batch);
    }
    return batch == null ? OptionalInt.empty() : OptionalInt.of(batch);
  }

  OptionalLong seed() {
    if (seed != null && (seed < 0 || seed > MAX_SEED)) {
      throw usage("--seed is from 0 to " + MAX_SEED + ", not " + seed);
    }
    return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  boolean noVector() {
    return noVector;
  }

  Verbosity verbose() {
    if (verbose == null) {
      return Verbosity.AUTO;
    }
    if (verbose < 0 || verbose > 2) {
      throw usage("--verbose is 0, 1 or 2, not " + verbose);
    }
    return Verbosity.of(verbose);
  }
}
