package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * A model with its train block, fully bound: names resolved, library bodies instantiated, shapes
 * inferred. What the passes start from.
 *
 * @param weights how much each value of an output's loss counts, named after the output: inputs of
 *     training and evaluation that are ones unless the data has them
 * @param variables everything kept between steps, in order of creation (which is the order of
 *     Keras's weights)
 * @param predict model inputs (and variables) to model outputs, {@code training} false; its layers
 *     are composites
 * @param initialize one output per variable that does not start at a constant; inputs are the SEED
 *     variables
 * @param evaluate as predict, with targets, loss and metrics; absent without a train block
 * @param adapt model inputs (and variables) to new STATE values of the layers that the train block
 *     adapts, {@code adapting} true in them; absent when it adapts none
 * @param pretrained files that layers start from
 * @param texts inputs of strings, which the graphs do not have
 * @param hostSteps what makes numbers of them; the port of each is one of {@code inputs}
 * @param stages training stages in order; one for a plain train block, none without one
 * @param precision the narrow float type in which layers compute, if the model asks for one
 * @param fixedBatch the most examples of a batch, where an input declares it
 * @param keras where Keras keeps the weights of the same model in its files
 * @param architecture the model in the user's words
 * @param compile what the train block minimises and measures
 */
public record BoundProgram(
    String model,
    List<Port> inputs,
    List<Port> outputs,
    List<Port> targets,
    List<Port> weights,
    List<Variable> variables,
    Graph predict,
    Graph initialize,
    @Nullable Graph evaluate,
    @Nullable Graph adapt,
    List<String> metrics,
    List<Stage> stages,
    Optional<TrainSettings> settings,
    List<Pretrained> pretrained,
    List<Text> texts,
    List<HostStep> hostSteps,
    Optional<DType> precision,
    Optional<Integer> fixedBatch,
    KerasLayout keras,
    Architecture architecture,
    Optional<Architecture.Compile> compile) {

  /**
   * After the path of a weight: the key that its initializer draws with, a SEED variable read by
   * {@link #initialize}.
   */
  public static final String SEED = "/seed";

  /**
   * The result of a forward graph that gradients are taken of: the loss of this batch alone, times
   * the optimizer's loss scale.
   */
  public static final String OBJECTIVE = "objective";

  /**
   * A layer that starts from a file in place of its initializers.
   *
   * @param layer path of the layer; the file names weights from there on. Empty for the model
   *     itself
   * @param file where it lies: as written, counted from the folder of the .mdl file that names it
   * @param sha256 of the file, 64 hexadecimal digits
   */
  public record Pretrained(String layer, String file, Optional<String> sha256) {}

  /**
   * A named tensor that crosses the model's boundary; the first dimension is the batch.
   *
   * @param ranges what its numbers must keep to, all of them
   */
  public record Port(String name, TensorType type, List<Range> ranges) {
    public Port {
      ranges = List.copyOf(ranges);
    }

    public Port(String name, TensorType type) {
      this(name, type, List.of());
    }
  }

  /** Whole numbers from {@code low} to {@code high - 1}, and {@code also} where there is one. */
  public record Range(int low, int high, OptionalInt also) {}

  /** An input of strings; the first dimension is the batch. */
  public record Text(String name, Shape shape) {}

  /**
   * Numbers made of text on the host, when a batch is filled.
   *
   * @param kind what the runtime calls it, such as {@code StringLookup}
   * @param layer path of the layer that asks; steps of one layer share what it learns
   * @param arguments Keras's arguments by name, as a JSON object
   * @param sources names of the text inputs it takes
   * @param port the input of the graphs that it fills
   */
  public record HostStep(
      String kind, String layer, String arguments, List<String> sources, Port port) {
    public HostStep {
      sources = List.copyOf(sources);
    }
  }

  /** The inputs that data brings as numbers: those that no host step fills. */
  public List<Port> arrays() {
    return inputs.stream()
        .filter(i -> hostSteps.stream().noneMatch(s -> s.port().name().equals(i.name())))
        .toList();
  }

  /** Names of everything that data brings for the inputs. */
  public List<String> inputNames() {
    return Stream.concat(arrays().stream().map(Port::name), texts.stream().map(Text::name))
        .toList();
  }

  /**
   * Something kept between steps.
   *
   * @param path {@code conv2d/kernel}: layers from the outside in, then the weight
   * @param trainable false for states and for frozen weights
   * @param fill the number it starts at, or NaN when the initialize graph gives it
   * @param seedDraw of a SEED variable: its position among the seeds that Keras draws at
   *     construction, from 0; -1 for a given seed and for all other roles
   */
  public record Variable(
      String path, Role role, TensorType type, boolean trainable, double fill, int seedDraw) {}

  /** A part of training with its own trainable weights. */
  public record Stage(String name, int epochs, List<Objective> objectives) {}

  /**
   * One loss minimised over some weights. A plain train block has one; objectives are taken in
   * order within a step, each seeing the weights that the earlier ones left.
   *
   * @param forward (variables, data, targets) to ({@link #OBJECTIVE}; the values of the metrics
   *     over the epoch so far, of which the first is the loss; new STATE, METRIC and SEED values),
   *     {@code training} true
   * @param updates one per optimizer, each with weights of its own
   */
  public record Objective(Graph forward, List<Update> updates) {
    public Objective {
      updates = List.copyOf(updates);
    }

    /** Paths of all weights that move. */
    public List<String> trained() {
      return updates.stream().flatMap(u -> u.weights().stream()).toList();
    }
  }

  /**
   * How one optimizer moves its weights.
   *
   * @param weights their paths
   * @param averages of each weight the slot that replaces it at the end of training; empty when
   *     nothing does
   * @param body (weights; {@link #gradient} of each; SLOT and HYPER variables as they were before
   *     the step) to new values of these, by name; constraints included
   */
  public record Update(List<String> weights, List<String> averages, Graph body) {
    public Update {
      weights = List.copyOf(weights);
      averages = List.copyOf(averages);
    }

    /** What the body calls the gradient of a weight. */
    public static String gradient(String weight) {
      return "gradient of " + weight;
    }
  }

  /**
   * The plain settings of a train block.
   *
   * @param seed empty where the block names none
   * @param holdout rows for the final test from a source of their own; a share of the training rows
   *     is in {@link DataSource#holdout}
   * @param validation rows for validation from a source of their own
   */
  public record TrainSettings(
      int batch,
      int epochs,
      OptionalLong seed,
      boolean shuffle,
      double validationSplit,
      Optional<DataSource> data,
      Optional<DataSource> holdout,
      Optional<DataSource> validation,
      List<CallbackSetting> callbacks) {
    public TrainSettings {
      callbacks = List.copyOf(callbacks);
    }
  }

  /**
   * Where training data comes from.
   *
   * @param format {@code csv}, {@code npz}, {@code images} ...
   * @param paths as written, relative to the .mdl file
   * @param fields model input or target name to the columns that make it
   * @param holdout share of the rows (the last ones) kept for the final test, 0 when none
   * @param place where it is written
   */
  public record DataSource(
      String format, List<String> paths, List<Field> fields, double holdout, Span place) {
    public DataSource {
      paths = List.copyOf(paths);
      fields = List.copyOf(fields);
    }
  }

  /**
   * One model input or target read from data.
   *
   * @param columns names of CSV columns or of arrays, in order; {@code p00..p77} is a range of
   *     names, {@code #0..#63} one of positions
   * @param scale values are multiplied by this and then {@code offset} is added
   */
  public record Field(String port, List<String> columns, double scale, double offset) {}

  /** A callback by its Keras name with its arguments as text. */
  public record CallbackSetting(String name, List<Argument> arguments) {}

  public record Argument(String name, String value) {}

  /** The same model with another idea of where Keras keeps its weights. */
  public BoundProgram withKeras(KerasLayout layout) {
    return new BoundProgram(
        model,
        inputs,
        outputs,
        targets,
        weights,
        variables,
        predict,
        initialize,
        evaluate,
        adapt,
        metrics,
        stages,
        settings,
        pretrained,
        texts,
        hostSteps,
        precision,
        fixedBatch,
        layout,
        architecture,
        compile);
  }

  /** The same model with other graphs for its phases. */
  public BoundProgram withPhases(
      Graph otherPredict, @Nullable Graph otherEvaluate, List<Stage> otherStages) {
    return new BoundProgram(
        model,
        inputs,
        outputs,
        targets,
        weights,
        variables,
        otherPredict,
        initialize,
        otherEvaluate,
        adapt,
        metrics,
        otherStages,
        settings,
        pretrained,
        texts,
        hostSteps,
        precision,
        fixedBatch,
        keras,
        architecture,
        compile);
  }

  public BoundProgram {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    targets = List.copyOf(targets);
    weights = List.copyOf(weights);
    variables = List.copyOf(variables);
    metrics = List.copyOf(metrics);
    stages = List.copyOf(stages);
    pretrained = List.copyOf(pretrained);
    texts = List.copyOf(texts);
    hostSteps = List.copyOf(hostSteps);
  }
}
