package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.preprocessing.StringLayer;

/**
 * What a compiled model takes, gives and keeps.
 *
 * @param name the name of the model
 * @param inputs the inputs, in the order in which steps number them
 * @param targets the labels the loss and metrics compare with; steps number them after the inputs
 * @param weights how much each value of a target's loss counts, named {@code <target>_weight};
 *     steps number them after the targets, and they are ones where the data has none
 * @param outputs the outputs, in the order in which steps number them
 * @param variables every variable
 * @param metrics what training and evaluation report, the loss first; empty for a model that has no
 *     {@code train} block
 * @param loss the name of the loss function, for {@code summary}; empty without a {@code train}
 *     block
 * @param averages weights that a variable replaces at the end of training
 * @param variableBytes size of the variables' memory
 * @param texts the inputs of strings
 * @param hostSteps what makes numbers of them; the port of each is one of {@code inputs}
 * @param fixedBatch the most rows of a batch, where an input declares it; 0 where any number will
 *     do
 * @param stringLayers the layers of the host steps, by path, as the model describes them: a
 *     vocabulary that is to be learned is not there yet
 * @param keras where Keras keeps the weights of the same model in its files
 * @param program a checksum of the training programs, by which a backup of another training is
 *     known; empty where there is none
 */
public record ModelSpec(
    String name,
    List<TensorSpec> inputs,
    List<TensorSpec> targets,
    List<TensorSpec> weights,
    List<TensorSpec> outputs,
    List<VariableSpec> variables,
    List<MetricSpec> metrics,
    String loss,
    List<Average> averages,
    long variableBytes,
    List<TextSpec> texts,
    List<HostStep> hostSteps,
    int fixedBatch,
    Map<String, StringLayer> stringLayers,
    KerasLayout keras,
    String program) {

  /**
   * The moving average of a weight, which {@code fit} ends with.
   *
   * @param stage of the {@code train} block, from 0
   * @param weight name of the weight
   * @param average name of the variable that holds its average
   */
  public record Average(int stage, String weight, String average) {}

  /** Checks that names are unique and that variables lie inside the memory without overlap. */
  public ModelSpec {
    inputs = List.copyOf(inputs);
    targets = List.copyOf(targets);
    weights = List.copyOf(weights);
    outputs = List.copyOf(outputs);
    variables = List.copyOf(variables);
    metrics = List.copyOf(metrics);
    texts = List.copyOf(texts);
    hostSteps = List.copyOf(hostSteps);
    stringLayers = Collections.unmodifiableMap(new LinkedHashMap<>(stringLayers));
    averages = List.copyOf(averages);
    requireUnique("input", inputs.stream().map(TensorSpec::name).toList());
    requireUnique("target", targets.stream().map(TensorSpec::name).toList());
    requireUnique("output", outputs.stream().map(TensorSpec::name).toList());
    requireUnique("variable", variables.stream().map(VariableSpec::name).toList());
    requireUnique("metric", metrics.stream().map(MetricSpec::name).toList());
    requireApart(variables, variableBytes);
  }

  /** Starts a specification; generated classes build theirs this way. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** Whether the model has a {@code train} block, so that it can be trained and evaluated. */
  public boolean trains() {
    return !metrics.isEmpty();
  }

  /** Rows of a batch where nobody says how many: the declared number, or Keras's 32. */
  public int usualBatch() {
    return fixedBatch > 0 ? fixedBatch : 32;
  }

  /** What the array of weights of a target is called in data: {@code digit_weight}. */
  public static String weightOf(String target) {
    return target + "_weight";
  }

  /** The inputs that data brings as numbers: those that no host step fills. */
  public List<TensorSpec> arrays() {
    Set<String> ports = hostSteps.stream().map(HostStep::port).collect(Collectors.toSet());
    return inputs.stream().filter(input -> !ports.contains(input.name())).toList();
  }

  /** Number of seeds drawn when the model is created. */
  public int drawCount() {
    return variables.stream()
        .filter(v -> v.initial().kind() == Initial.Kind.DRAWN)
        .mapToInt(v -> (int) v.initial().value() + 1)
        .max()
        .orElse(0);
  }

  /** Number of elements in the trainable parameters. */
  public long trainableCount() {
    return variables.stream().filter(VariableSpec::trainable).mapToLong(VariableSpec::size).sum();
  }

  /** Number of elements in parameters and layer state that training does not change by gradient. */
  public long nonTrainableCount() {
    return variables.stream()
        .filter(v -> v.isWeight() && !v.trainable())
        .mapToLong(VariableSpec::size)
        .sum();
  }

  /** Number of elements that the optimizers keep, step counters and learning rates included. */
  public long optimizerCount() {
    return variables.stream()
        .filter(v -> v.role() == Role.SLOT || v.role() == Role.HYPER)
        .mapToLong(VariableSpec::size)
        .sum();
  }

  private static void requireUnique(String what, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException("two " + what + "s are named " + name);
      }
    }
  }

  private static void requireApart(List<VariableSpec> variables, long variableBytes) {
    List<VariableSpec> byOffset = new ArrayList<>(variables);
    byOffset.sort((a, b) -> Long.compare(a.offset(), b.offset()));
    long end = 0;
    for (VariableSpec variable : byOffset) {
      if (variable.offset() < end) {
        throw new IllegalArgumentException(variable.name() + " overlaps the variable before it");
      }
      end = variable.offset() + variable.bytes();
    }
    if (end > variableBytes) {
      throw new IllegalArgumentException(
          "variables end at byte " + end + ", their memory has " + variableBytes);
    }
  }

  /** Collects a specification entry by entry, so that generated code can split it over methods. */
  public static final class Builder {
    private final String name;
    private final List<TensorSpec> inputs = new ArrayList<>();
    private final List<TensorSpec> targets = new ArrayList<>();
    private final List<TensorSpec> weights = new ArrayList<>();
    private final List<TensorSpec> outputs = new ArrayList<>();
    private final List<VariableSpec> variables = new ArrayList<>();
    private final List<MetricSpec> metrics = new ArrayList<>();
    private final List<TextSpec> texts = new ArrayList<>();
    private final List<HostStep> hostSteps = new ArrayList<>();
    private final Map<String, StringLayer> stringLayers = new LinkedHashMap<>();
    private final List<Average> averages = new ArrayList<>();
    private String loss = "";
    private final List<KerasLayout.Group> kerasGroups = new ArrayList<>();
    private Optional<KerasLayout.Slots> kerasSlots = Optional.empty();
    private String program = "";
    private int fixedBatch;

    private Builder(String name) {
      this.name = name;
    }

    /** Adds an input; {@code shape} is that of one row. */
    public Builder input(String inputName, DType dtype, int... shape) {
      inputs.add(new TensorSpec(inputName, dtype, list(shape)));
      return this;
    }

    /** Adds an input of strings; {@code shape} is that of one row. */
    public Builder text(String inputName, int... shape) {
      texts.add(new TextSpec(inputName, list(shape)));
      return this;
    }

    /** Says what {@link #hostStep} calls {@code path}. */
    public Builder stringLayer(String path, StringLayer layer) {
      stringLayers.put(path, layer);
      return this;
    }

    /** Lets a layer fill an input from inputs of strings. */
    public Builder hostStep(String port, String layer, String... sources) {
      hostSteps.add(new HostStep(port, layer, List.of(sources)));
      return this;
    }

    /** Adds a target, named after the output that it is compared with. */
    public Builder target(String targetName, DType dtype, int... shape) {
      targets.add(new TensorSpec(targetName, dtype, list(shape)));
      return this;
    }

    /** Says that the numbers of an input lie in {@code low} to {@code high - 1}. */
    public Builder inputRange(String inputName, int low, int high) {
      return range(inputs, inputName, new TensorSpec.Range(low, high, OptionalInt.empty()));
    }

    /** Says that the numbers of an input lie in {@code low} to {@code high - 1} or are one more. */
    public Builder inputRange(String inputName, int low, int high, int also) {
      return range(inputs, inputName, new TensorSpec.Range(low, high, OptionalInt.of(also)));
    }

    /** Says that the numbers of a target lie in {@code low} to {@code high - 1}. */
    public Builder targetRange(String targetName, int low, int high) {
      return range(targets, targetName, new TensorSpec.Range(low, high, OptionalInt.empty()));
    }

    /** Says that the numbers of a target lie in {@code low} to {@code high - 1} or are one more. */
    public Builder targetRange(String targetName, int low, int high, int also) {
      return range(targets, targetName, new TensorSpec.Range(low, high, OptionalInt.of(also)));
    }

    private Builder range(List<TensorSpec> tensors, String tensorName, TensorSpec.Range range) {
      tensors.replaceAll(t -> t.name().equals(tensorName) ? t.with(range) : t);
      return this;
    }

    /**
     * Adds the weights of a target, named {@code <target>_weight}; {@code shape} is that of one
     * row.
     */
    public Builder weight(String weightName, int... shape) {
      weights.add(new TensorSpec(weightName, DType.F32, list(shape)));
      return this;
    }

    /** Adds an output; {@code shape} is that of one row. */
    public Builder output(String outputName, DType dtype, int... shape) {
      outputs.add(new TensorSpec(outputName, dtype, list(shape)));
      return this;
    }

    /** Adds a trainable parameter of floats. */
    public Builder parameter(String path, long offset, Initial initial, int... shape) {
      return add(new VariableSpec(path, Role.PARAM, DType.F32, list(shape), offset, true, initial));
    }

    /** Adds a parameter of floats that the optimizer leaves alone. */
    public Builder frozen(String path, long offset, Initial initial, int... shape) {
      return add(
          new VariableSpec(path, Role.PARAM, DType.F32, list(shape), offset, false, initial));
    }

    /** Adds a seed that is drawn when the model is created, as number {@code draw} from 0. */
    public Builder seed(String path, long offset, int draw) {
      return variable(path, Role.SEED, DType.I32, offset, Initial.drawn(draw), 2);
    }

    /** Adds a variable of any other role. */
    public Builder variable(
        String path, Role role, DType dtype, long offset, Initial initial, int... shape) {
      return add(new VariableSpec(path, role, dtype, list(shape), offset, false, initial));
    }

    /** Adds a reported number; the loss comes first. */
    public Builder metric(String metricName, MetricSpec.Direction direction) {
      metrics.add(new MetricSpec(metricName, direction));
      return this;
    }

    /** Adds a weight that its average replaces at the end of a stage. */
    public Builder average(int stage, String weight, String average) {
      averages.add(new Average(stage, weight, average));
      return this;
    }

    /** Adds weights that Keras keeps together in its files. */
    public Builder kerasGroup(String path, String... paths) {
      kerasGroups.add(new KerasLayout.Group(path, List.of(paths)));
      return this;
    }

    /** Says how Keras lists what the optimizer keeps: lists of slots, with blanks between names. */
    public Builder kerasSlots(String prefix, String... lists) {
      kerasSlots =
          Optional.of(
              new KerasLayout.Slots(
                  prefix, Stream.of(lists).map(list -> List.of(list.split(" "))).toList()));
      return this;
    }

    /** Says that no batch has more rows. */
    public Builder fixedBatch(int rows) {
      fixedBatch = rows;
      return this;
    }

    /** Gives the checksum of the training programs. */
    public Builder program(String checksum) {
      program = checksum;
      return this;
    }

    /** Names the loss function. */
    public Builder loss(String lossName) {
      loss = lossName;
      return this;
    }

    /** The finished specification. */
    public ModelSpec build(long variableBytes) {
      return new ModelSpec(
          name,
          inputs,
          targets,
          weights,
          outputs,
          variables,
          metrics,
          loss,
          averages,
          variableBytes,
          texts,
          hostSteps,
          fixedBatch,
          stringLayers,
          new KerasLayout(kerasGroups, kerasSlots),
          program);
    }

    private Builder add(VariableSpec variable) {
      variables.add(variable);
      return this;
    }

    private static List<Integer> list(int[] shape) {
      return IntStream.of(shape).boxed().toList();
    }
  }
}
