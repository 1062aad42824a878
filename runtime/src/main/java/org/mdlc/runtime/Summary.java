package org.mdlc.runtime;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.mdlc.runtime.utils.TerminalWidth;

/**
 * What a model is made of and what it needs; Keras's {@code Model.summary}. As text it is Keras's
 * table, followed by memory and arithmetic, which Keras does not know.
 *
 * @param model the name of the model
 * @param chain whether each layer reads just the one above it; else connections are shown
 * @param layers inputs, layers and the arithmetic between them
 * @param trainable number of elements of the trained weights
 * @param nonTrainable number of elements of states and frozen weights
 * @param optimizer number of elements that the optimizers keep
 * @param needs memory and arithmetic, {@link Needs#UNKNOWN} if not known
 */
public record Summary(
    String model,
    boolean chain,
    List<Layer> layers,
    long trainable,
    long nonTrainable,
    long optimizer,
    Needs needs) {
  /** In place of a figure that is not known. */
  public static final long UNKNOWN = -1;

  /**
   * One line of the table.
   *
   * @param name its path in the model
   * @param kind what is called, such as {@code Conv2D}
   * @param shape of its output, such as {@code (None, 28, 28, 1)}
   * @param connections what it reads, such as {@code add[0][0]}; empty for an input
   * @param parameters number of elements of all weights and states inside
   * @param flops for one row when predicting, {@link Summary#UNKNOWN} if not known
   * @param bytes of its output for one row, {@link Summary#UNKNOWN} if not known
   */
  public record Layer(
      String name,
      String kind,
      String shape,
      String connections,
      long parameters,
      long flops,
      long bytes) {}

  /**
   * What running the model takes.
   *
   * @param batch the batch size that everything is for, that of the {@code train} block; 0 if
   *     nothing is known
   * @param trainingBytes of the memory of a training step, inputs included; 0 without a {@code
   *     train} block
   * @param inferenceBytes of the memory of a prediction
   * @param forwardFlops of a prediction
   * @param trainingFlops of a training step: forward, backward, optimizer and metrics
   */
  public record Needs(
      int batch, long trainingBytes, long inferenceBytes, long forwardFlops, long trainingFlops) {
    /** Of a model whose sizes are still open. */
    public static final Needs UNKNOWN = new Needs(0, 0, 0, 0, 0);
  }

  /** Copies the layers. */
  public Summary {
    layers = List.copyOf(layers);
  }

  /** Starts a summary; generated classes build theirs this way. */
  public static Builder builder(String model) {
    return new Builder(model);
  }

  /** The table without colours, for a terminal of 80 columns. */
  @Override
  public String toString() {
    return text(false, TerminalWidth.USUAL, false);
  }

  /**
   * The table, ending in a line break.
   *
   * @param details with arithmetic and memory of each layer in place of what it is connected to
   * @param columns width of the terminal; as in Keras the table leaves four of them free and is at
   *     most 108 wide
   * @param colours with the colours that Keras has, as escape codes
   */
  public String text(boolean details, int columns, boolean colours) {
    return SummaryTable.print(this, details, columns, colours);
  }

  /**
   * Prints the table, as wide as the terminal allows, in colours if {@code stream} is the standard
   * output and that is a terminal, unless the variable {@code NO_COLOR} is set.
   */
  @SuppressWarnings("ReferenceEquality") // whether it is the standard output, not one like it
  public void print(PrintStream stream) {
    boolean colours =
        stream == System.out
            && TerminalWidth.isTerminal()
            && System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
    stream.print(text(false, TerminalWidth.columns(System.getenv()), colours));
    stream.flush();
  }

  /** Collects a summary; each method changes this object and returns it. */
  public static final class Builder {
    private final String model;
    private final List<Layer> layers = new ArrayList<>();
    private boolean chain = true;
    private long trainable;
    private long nonTrainable;
    private long optimizer;
    private Needs needs = Needs.UNKNOWN;

    private Builder(String model) {
      this.model = model;
    }

    /** Adds a line; see {@link Layer}. */
    public Builder layer(
        String name,
        String kind,
        String shape,
        String connections,
        long parameters,
        long flops,
        long bytes) {
      layers.add(new Layer(name, kind, shape, connections, parameters, flops, bytes));
      return this;
    }

    /** Says that some layer does not read just the one above it. */
    public Builder network() {
      chain = false;
      return this;
    }

    /** Numbers of elements. */
    public Builder parameters(long ofTrainable, long ofNonTrainable, long ofOptimizer) {
      trainable = ofTrainable;
      nonTrainable = ofNonTrainable;
      optimizer = ofOptimizer;
      return this;
    }

    /** Memory and arithmetic; see {@link Needs}. */
    public Builder needs(
        int batch, long trainingBytes, long inferenceBytes, long forwardFlops, long trainingFlops) {
      needs = new Needs(batch, trainingBytes, inferenceBytes, forwardFlops, trainingFlops);
      return this;
    }

    /** The summary. */
    public Summary build() {
      return new Summary(model, chain, layers, trainable, nonTrainable, optimizer, needs);
    }
  }
}
