package org.mdlc.compiler.summary;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * What a model is made of, as Keras's {@code summary} counts it.
 *
 * @param layers inputs, layers and the arithmetic between them, in the order in which data reaches
 *     them; a layer that is called several times stands once
 * @param trainable number of elements of the trained weights
 * @param nonTrainable number of elements of states and frozen weights
 * @param optimizer number of elements that the optimizers keep, step counters and learning rates
 *     included
 * @param needs memory and arithmetic; absent while the size of a named dimension is open
 */
public record ModelSummary(
    String model,
    List<Layer> layers,
    long trainable,
    long nonTrainable,
    long optimizer,
    Optional<Needs> needs) {

  /** In place of a figure that depends on an open size. */
  public static final long UNKNOWN = -1;

  /** Batch size where no train block says one. */
  public static final int USUAL_BATCH = 32;

  /**
   * One line of the table.
   *
   * @param name its path in the model
   * @param kind what is called, such as {@code Conv2D}
   * @param outputs what the last call gives; the first dimension is the batch
   * @param parameters number of elements of all weights and states inside
   * @param connections what it reads, call after call
   * @param flops of all calls together when predicting, as the layer's definition has them
   * @param places where arithmetic between layers is written, such as {@code mnist.mdl:12:7}; empty
   *     for layers
   */
  public record Layer(
      String name,
      String kind,
      List<Output> outputs,
      long parameters,
      List<Connection> connections,
      Dim flops,
      List<String> places) {
    public Layer {
      outputs = List.copyOf(outputs);
      connections = List.copyOf(connections);
      places = List.copyOf(places);
    }

    /** {@code (None, 28, 28, 1)} as Keras has it, or a list of such for several outputs. */
    public String shapeText() {
      var texts = outputs.stream().map(Output::shapeText).toList();
      return texts.size() == 1 ? texts.get(0) : "[" + String.join(", ", texts) + "]";
    }

    /** {@code add[0][0], dense[0][0]} as Keras has it; empty for an input. */
    public String connectionsText() {
      return connections.stream()
          .map(c -> c.layer() + "[" + c.call() + "][" + c.output() + "]")
          .collect(Collectors.joining(", "));
    }

    /** Arithmetic for one row of a batch, rounded; {@link #UNKNOWN} while a size is open. */
    public long flopsPerRow(int batch) {
      var ofBatch = flops.bind(Map.of("batch", (long) batch)).constant();
      return ofBatch.isPresent() ? Math.round((double) ofBatch.getAsLong() / batch) : UNKNOWN;
    }

    /** Memory of the outputs for one row; {@link #UNKNOWN} of text and while a size is open. */
    public long bytesPerRow() {
      if (outputs.stream().anyMatch(output -> output.dtype().equals(Output.TEXT))) {
        return UNKNOWN;
      }
      var elements = outputs.stream().map(o -> o.shape().elements()).reduce(Dim.ZERO, Dim::plus);
      var ofRow = elements.bind(Map.of("batch", 1L)).constant();
      return ofRow.isPresent() ? ofRow.getAsLong() * DType.BYTES : UNKNOWN;
    }
  }

  /**
   * A tensor that a layer gives.
   *
   * @param dtype as written in mdl
   * @param shape the first dimension is the batch
   */
  public record Output(String dtype, Shape shape) {
    /** The element type of text, which no graph has. */
    static final String TEXT = "str";

    /** {@code (None, 28, 28, 1)}. */
    public String shapeText() {
      return shape.dims().stream()
          .map(dim -> dim.equals(Dim.BATCH) ? "None" : dim.toString())
          .collect(Collectors.joining(", ", "(", ")"));
    }

    static Output of(TensorType type) {
      return new Output(type.dtype().text(), type.shape());
    }
  }

  /**
   * A tensor that a layer reads.
   *
   * @param layer the name of the layer that made it
   * @param call which call of that layer, from 0
   * @param output which of its outputs, from 0
   */
  public record Connection(String layer, int call, int output) {}

  /**
   * What running the model takes.
   *
   * @param batch the batch size that everything is for
   * @param trainingBytes of the memory of a training step, inputs included; of the largest stage; 0
   *     without a train block
   * @param inferenceBytes of the memory of a prediction
   * @param forwardFlops of a prediction, as the layers' definitions have them
   * @param trainingFlops of a training step after optimization: forward, backward, optimizer and
   *     metrics; of the largest stage
   */
  public record Needs(
      int batch, long trainingBytes, long inferenceBytes, long forwardFlops, long trainingFlops) {}

  public ModelSummary {
    layers = List.copyOf(layers);
  }

  /** Without {@link #needs}, which only a plan of the memory tells. */
  public static ModelSummary of(BoundProgram bound) {
    long trainable = 0;
    long nonTrainable = 0;
    long optimizer = 0;
    for (var variable : bound.variables()) {
      long elements = elements(variable);
      switch (variable.role()) {
        case PARAM, STATE -> {
          trainable += variable.trainable() ? elements : 0;
          nonTrainable += variable.trainable() ? 0 : elements;
        }
        case SLOT, HYPER -> optimizer += elements;
        case METRIC, SEED, DATA, TARGET, RESULT -> {}
      }
    }
    return new ModelSummary(
        bound.model(),
        new TraceLayers(bound).layers(),
        trainable,
        nonTrainable,
        optimizer,
        Optional.empty());
  }

  public ModelSummary withNeeds(Needs known) {
    return new ModelSummary(model, layers, trainable, nonTrainable, optimizer, Optional.of(known));
  }

  /** The batch size that figures for one row are taken from. */
  public int batch() {
    return needs.map(Needs::batch).orElse(USUAL_BATCH);
  }

  /** Whether each layer reads just the layer above it, so that connections need not be shown. */
  public boolean isChain() {
    for (int i = 0; i < layers.size(); i++) {
      var reads = layers.get(i).connections();
      var followsPrevious =
          i == 0
              ? reads.isEmpty()
              : reads.size() == 1 && reads.get(0).layer().equals(layers.get(i - 1).name());
      if (!followsPrevious) {
        return false;
      }
    }
    return true;
  }

  static boolean isWeight(BoundProgram.Variable variable) {
    return variable.role() == Role.PARAM || variable.role() == Role.STATE;
  }

  static long elements(BoundProgram.Variable variable) {
    return variable.type().shape().elements().constant().orElse(0);
  }
}
