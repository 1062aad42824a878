package org.mdlc.compiler.op;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.Shape;

/**
 * Builds the gradient of a {@link Scan}: a scan in the other direction, whose step works out the
 * forward step again, from what was kept of it, and then pulls gradients through it.
 *
 * <p>Gradients of carries are carried. Gradients of sequences are stacked. Gradients of invariants
 * are sums over the steps, carried as sums; but where a step's share is a product {@code x' dy} of
 * per-step matrices, as for the weights of a recurrent cell, the factors are stacked and one
 * product of {@code T * rows} rows after the loop replaces T small ones. In the same way {@code dy
 * w'}, the share of a sequence, is one product after the loop.
 */
final class ScanGradient {
  private final Scan scan;
  private final Adjoint adjoint;
  private final GraphBuilder outer;
  private final List<Value> operands;

  private final GraphBuilder step;

  /** Values of the forward step, by id, as values of this one. */
  private final Map<Integer, Value> here = new HashMap<>();

  private final List<Integer> floatCarries = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final List<Value> outputGradients = new ArrayList<>();

  /** Inputs of the step that are cut from a sequence, with that sequence. */
  private final Map<Value, Value> sequences = new LinkedHashMap<>();

  /** Inputs of the step that stay the same, with their value outside. */
  private final Map<Value, Value> invariants = new LinkedHashMap<>();

  /** Gradients carried from step to step: carries first, then sums. */
  private final List<Carried> carried = new ArrayList<>();

  /** Per-step values to be stacked, with their place among the stacked results. */
  private final Map<Value, Integer> stacked = new LinkedHashMap<>();

  private record Carried(Value into, Value outOf, Value start) {}

  ScanGradient(Scan scan, Adjoint adjoint) {
    this.scan = scan;
    this.adjoint = adjoint;
    this.outer = adjoint.builder();
    this.operands = adjoint.node().operands();
    this.step = new GraphBuilder(scan.body().name() + "_gradient");
  }

  /**
   * The scan with what is dear in every step among its stacked outputs: carries, products, and the
   * values of exponentials and the like. What the gradient then does not read is trimmed later.
   */
  static Scan keeping(Scan scan) {
    var body = scan.body();
    var kept = new LinkedHashSet<Value>();
    body.inputs().subList(0, scan.carries()).forEach(i -> kept.add(i.value()));
    body.nodes().stream().filter(ScanGradient::isDear).forEach(n -> kept.addAll(n.results()));
    body.outputs()
        .subList(scan.carries(), body.outputs().size())
        .forEach(o -> kept.remove(o.value()));
    if (kept.isEmpty()) {
      return scan;
    }
    var outputs = new ArrayList<>(body.outputs());
    kept.forEach(v -> outputs.add(new Graph.Output("kept_" + v.id(), Role.RESULT, v)));
    return new Scan(
        new Graph(body.name(), body.inputs(), body.nodes(), outputs),
        scan.carries(),
        scan.sequences(),
        scan.reverse());
  }

  /** True when it takes longer to work out a value than to read it. */
  private static boolean isDear(Node node) {
    return switch (node.op()) {
      case Contraction _ -> true;
      case Elementwise e -> e.formula().isTranscendental();
      default -> false;
    };
  }

  /** Adds the backward scan; the gradients of the operands, null where none flows. */
  List<@Nullable Value> build() {
    var nodes = repeatStep();
    takeIncomingGradients();
    var asked = new ArrayList<>(floatCarries);
    IntStream.range(scan.carries(), operands.size()).filter(adjoint::wants).forEach(asked::add);
    var wrt = asked.stream().map(i -> here(scan.body().inputs().get(i).value())).toList();
    var found = ReverseMode.gradients(step, nodes, outputs, outputGradients, wrt);

    var byOperand = new LinkedHashMap<Integer, Value>();
    for (int k = 0; k < asked.size(); k++) {
      var gradient = found.get(k);
      if (gradient != null) {
        byOperand.put(asked.get(k), gradient);
      }
    }
    var later = passOn(byOperand);
    var results = addScan();
    var gradients = new ArrayList<@Nullable Value>();
    for (int i = 0; i < operands.size(); i++) {
      var last = later.get(i);
      gradients.add(last == null || !adjoint.wants(i) ? null : last.apply(results));
    }
    return gradients;
  }

  /** Gradients that come into a step: carried ones first, then those of its stacked outputs. */
  private void takeIncomingGradients() {
    var body = scan.body();
    for (int i = 0; i < body.outputs().size(); i++) {
      var output = here(body.outputs().get(i).value());
      var name = "d_" + body.outputs().get(i).name();
      var gradient = adjoint.resultGradients().get(i);
      if (i < scan.carries() && output.type().dtype().isFloat()) {
        floatCarries.add(i);
        outputs.add(output);
        outputGradients.add(step.input(name, Role.DATA, output.type()));
      } else if (i >= scan.carries() && gradient != null) {
        outputs.add(output);
        outputGradients.add(sequence(name, gradient));
      }
    }
  }

  /** Decides how a step's gradients leave it: by operand, what makes them of the scan's results. */
  private Map<Integer, Function<List<Value>, Value>> passOn(Map<Integer, Value> gradients) {
    var later = new HashMap<Integer, Function<List<Value>, Value>>();
    for (int k = 0; k < floatCarries.size(); k++) {
      int operand = floatCarries.get(k);
      var into = outputGradients.get(k);
      var outOf = gradients.get(operand);
      var given = adjoint.resultGradients().get(operand);
      var start = given != null ? given : Build.like(outer, operands.get(operand), 0);
      later.put(operand, carry(into, outOf != null ? outOf : Build.like(step, into, 0), start));
    }
    int firstInvariant = scan.carries() + scan.sequences();
    gradients.forEach(
        (operand, gradient) -> {
          if (operand >= firstInvariant) {
            stackFactors(gradient); // first of all: sums over rows can use what is stacked
          }
        });
    gradients.forEach(
        (operand, gradient) -> {
          if (operand >= firstInvariant) {
            later.put(operand, ofInvariant(operand, gradient));
          } else if (operand >= scan.carries()) {
            later.put(operand, ofSequence(gradient));
          }
        });
    return later;
  }

  /**
   * Puts the forward step into the backward one. Values that were kept are read, all others are
   * worked out again.
   */
  private List<Node> repeatStep() {
    var full = keeping(scan);
    var results = full.equals(scan) ? adjoint.node().results() : outer.addAll(full, operands);
    var body = full.body();
    for (int i = scan.carries(); i < operands.size(); i++) {
      var input = body.inputs().get(i);
      boolean isSequence = i < scan.carries() + scan.sequences();
      here.put(
          input.value().id(),
          isSequence
              ? sequence(input.name(), operands.get(i))
              : invariant(input.name(), operands.get(i)));
    }
    for (int i = scan.carries(); i < body.outputs().size(); i++) {
      var output = body.outputs().get(i);
      if (!here.containsKey(output.value().id())) {
        here.put(output.value().id(), sequence(output.name(), results.get(i)));
      }
    }
    var nodes = new ArrayList<Node>();
    for (var node : body.nodes()) {
      if (node.results().stream().allMatch(v -> here.containsKey(v.id()))) {
        var inputs = node.operands().stream().map(this::here).toList();
        nodes.add(
            new Node(
                node.op(),
                inputs,
                node.results().stream().map(this::here).toList(),
                node.origin()));
      } else {
        var op = node.op() instanceof Scan inner ? inner.keepingForGradient() : node.op();
        var inputs = node.operands().stream().map(this::here).toList();
        var repeated = step.at(node.origin()).addAll(op, inputs);
        for (int i = 0; i < node.results().size(); i++) {
          here.putIfAbsent(node.results().get(i).id(), repeated.get(i));
        }
        nodes.add(new Node(op, inputs, repeated, node.origin()));
      }
    }
    return nodes;
  }

  private Value here(Value value) {
    var found = here.get(value.id());
    if (found == null) {
      throw new CompilerBug("differentiate", value + " of a scan was not kept");
    }
    return found;
  }

  private Value sequence(String name, Value whole) {
    var input = step.input(name, Role.DATA, Scan.step(whole.type()));
    sequences.put(input, whole);
    return input;
  }

  private Value invariant(String name, Value value) {
    var input = step.input(name, Role.DATA, value.type());
    invariants.put(input, value);
    return input;
  }

  /**
   * Carries a value from step to step; what it is after the last one is found among the results.
   */
  private Function<List<Value>, Value> carry(Value into, Value outOf, Value start) {
    int place = carried.size();
    carried.add(new Carried(into, outOf, start));
    return results -> results.get(place);
  }

  /** Stacks a per-step value, unless it was cut from a sequence that is there already. */
  private Function<List<Value>, Value> stack(Value perStep) {
    var whole = sequences.get(perStep);
    if (whole != null) {
      return results -> whole;
    }
    int place = stacked.computeIfAbsent(perStep, v -> stacked.size());
    return results -> results.get(carried.size() + place);
  }

  private @Nullable Node maker(Value value) {
    return step.nodes().stream().filter(n -> n.results().contains(value)).findFirst().orElse(null);
  }

  /** {@code dy w'} with an invariant matrix waits until all steps are stacked. */
  private Function<List<Value>, Value> ofSequence(Value gradient) {
    var maker = maker(gradient);
    if (maker != null
        && maker.op() instanceof MatMul(boolean transposeA, boolean transposeB)
        && !transposeA) {
      var matrix = invariants.get(maker.operands().get(1));
      if (matrix != null
          && matrix.type().rank() == 2
          && !invariants.containsKey(maker.operands().get(0))) {
        var rows = stack(maker.operands().get(0));
        return results -> Build.matMul(outer, rows.apply(results), matrix, false, transposeB);
      }
    }
    return stack(gradient);
  }

  /**
   * The sum over all steps: products of per-step matrices wait until these are stacked, everything
   * else is summed on the way.
   */
  private Function<List<Value>, Value> ofInvariant(int operand, Value gradient) {
    var terms = new ArrayList<Function<List<Value>, Value>>();
    Value summed = null;
    for (var term : terms(gradient)) {
      var maker = maker(term);
      if (maker != null && isProductOfSteps(maker)) {
        var x = stack(maker.operands().get(0));
        var dy = stack(maker.operands().get(1));
        terms.add(
            results ->
                Build.matMul(
                    outer, asRows(x.apply(results)), asRows(dy.apply(results)), true, false));
      } else if (maker != null
          && maker.op() instanceof ReduceSum(var axes)
          && (sequences.containsKey(maker.operands().get(0))
              || stacked.containsKey(maker.operands().get(0)))) {
        var x = stack(maker.operands().get(0));
        var allAxes = Stream.concat(Stream.of(0), axes.stream().map(a -> a + 1)).toList();
        terms.add(results -> Build.sum(outer, x.apply(results), allAxes));
      } else {
        summed = summed == null ? term : Build.add(step, summed, term);
      }
    }
    if (summed != null) {
      var into = step.input("sum_" + operand, Role.DATA, summed.type());
      terms.add(
          carry(into, Build.add(step, into, summed), Build.like(outer, operands.get(operand), 0)));
    }
    return results ->
        terms.stream()
            .map(t -> t.apply(results))
            .reduce((x, y) -> Build.add(outer, x, y))
            .orElseThrow();
  }

  private List<Value> terms(Value sum) {
    var maker = maker(sum);
    return maker != null && maker.op() instanceof Add
        ? maker.operands().stream().flatMap(v -> terms(v).stream()).toList()
        : List.of(sum);
  }

  private boolean isProductOfSteps(Node node) {
    return node.op().equals(new MatMul(true, false))
        && node.operands().stream()
            .allMatch(v -> v.type().rank() == 2 && !invariants.containsKey(v));
  }

  private void stackFactors(Value gradient) {
    for (var term : terms(gradient)) {
      var maker = maker(term);
      if (maker != null && isProductOfSteps(maker)) {
        maker.operands().forEach(this::stack);
      }
    }
  }

  /** {@code [T, rows, columns]} as {@code [T * rows, columns]}. */
  private Value asRows(Value x) {
    var shape = x.type().shape();
    return Build.reshape(outer, x, Shape.of(shape.dim(0).times(shape.dim(1)), shape.dim(2)));
  }

  /** Adds the backward scan: only nodes and inputs that something is made from. */
  private List<Value> addScan() {
    var outputs = new ArrayList<Graph.Output>();
    carried.forEach(c -> outputs.add(new Graph.Output(nameOf(c.into()), Role.RESULT, c.outOf())));
    stacked
        .keySet()
        .forEach(v -> outputs.add(new Graph.Output("stacked_" + v.id(), Role.RESULT, v)));

    var used = new HashSet<Value>();
    outputs.forEach(o -> used.add(o.value()));
    var nodes = new ArrayList<Node>();
    for (var node : step.nodes().reversed()) {
      if (node.results().stream().anyMatch(used::contains)) {
        used.addAll(node.operands());
        nodes.add(0, node);
      }
    }
    sequences.keySet().stream()
        .findFirst()
        .ifPresent(used::add); // it says how many steps there are
    sequences.keySet().retainAll(used);
    invariants.keySet().retainAll(used);

    var inputs = new ArrayList<Value>();
    var arguments = new ArrayList<Value>();
    for (var carry : carried) {
      inputs.add(carry.into());
      arguments.add(carry.start());
    }
    inputs.addAll(sequences.keySet());
    arguments.addAll(sequences.values());
    inputs.addAll(invariants.keySet());
    arguments.addAll(invariants.values());

    var graphInputs = inputs.stream().map(v -> new Graph.Input(nameOf(v), Role.DATA, v)).toList();
    var body = new Graph(scan.body().name() + "_gradient", graphInputs, nodes, outputs);
    return outer.addAll(
        new Scan(body, carried.size(), sequences.size(), !scan.reverse()), arguments);
  }

  private static String nameOf(Value value) {
    return value.name().isEmpty() ? "v" + value.id() : value.name();
  }
}
