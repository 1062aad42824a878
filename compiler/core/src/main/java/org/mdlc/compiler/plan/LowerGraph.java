package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Origin;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Contraction;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.op.Source;
import org.mdlc.compiler.plan.Buffer.Storage;
import org.mdlc.compiler.plan.FuseKernels.Overwrite;
import org.mdlc.compiler.plan.Step.Tensor;
import org.mdlc.compiler.type.TensorType;

/**
 * Turns a graph of primitives, or the body of a scan, into steps over buffers whose places in
 * memory are still open. New values of variables go to buffers of their own and are copied at the
 * end; {@link UpdateInPlace} takes the copies out where it may.
 */
final class LowerGraph implements WriteKernel.Memory {
  /**
   * Where an output goes.
   *
   * @param keepsOld the target still holds a value that the graph may read: written last
   */
  private record Target(Value value, Operand place, boolean keepsOld, String name) {}

  private static final String NEW = "new_";
  private static final String OLD = "old_";

  private final Graph graph;
  private final Draft draft;
  private final Map<Integer, Operand> places;
  private final FuseKernels.Result fused;

  /** Of every value, how many nodes stand before the one that makes it. */
  private final Map<Integer, Integer> positions = new HashMap<>();

  /** Values that are numbers known now. */
  private final Set<Integer> literals = new HashSet<>();

  private final List<Target> targets = new ArrayList<>();
  private final Map<Target, Operand> kept = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();

  private LowerGraph(
      Graph graph, Draft draft, Map<Integer, Operand> inputs, List<Overwrite> overwrites) {
    this.graph = SplitReductions.run(FoldTransposesIntoCalls.run(FuseEpilogues.run(graph)));
    this.draft = draft;
    this.places = new HashMap<>(inputs);
    this.fused = FuseKernels.run(this.graph, overwrites);
    for (int i = 0; i < this.graph.nodes().size(); i++) {
      var node = this.graph.nodes().get(i);
      boolean isLiteral = isLiteral(node);
      for (var result : node.results()) {
        positions.put(result.id(), i);
        if (isLiteral) {
          literals.add(result.id());
        }
      }
    }
  }

  /** The steps of a whole graph; its buffers are added to the draft. */
  static List<Step> top(Graph graph, Draft draft) {
    var overwrites = new ArrayList<Overwrite>();
    for (var output : graph.outputs()) {
      if (output.role().isVariable()) {
        graph
            .input(output.name())
            .ifPresent(i -> overwrites.add(new Overwrite(i.value(), output.value())));
      }
    }
    var lower = new LowerGraph(graph, draft, Map.of(), overwrites);
    for (var output : graph.outputs()) {
      Storage storage =
          output.role().isVariable()
              ? new Buffer.Variable(output.name())
              : new Buffer.Result(output.name());
      var place = draft.shared(output.name(), output.value().type(), storage);
      lower.targets.add(
          new Target(output.value(), place, output.role().isVariable(), output.name()));
    }
    return lower.lower();
  }

  private List<Step> lower() {
    placeOutputs();
    copyInputs();
    for (var unit : fused.units()) {
      switch (unit) {
        case FuseKernels.Fused kernel -> kernel(kernel);
        case FuseKernels.Single single -> call(single.node());
      }
    }
    copyOutputs();
    return List.copyOf(steps);
  }

  // Places

  private void placeOutputs() {
    for (var target : targets) {
      var holder = holder(target.value());
      if (!target.keepsOld() && fused.definitions().containsKey(holder.id())) {
        places.putIfAbsent(holder.id(), target.place());
      }
    }
    for (var target : targets) {
      var holder = holder(target.value());
      if (fused.definitions().containsKey(holder.id()) && !places.containsKey(holder.id())) {
        places.put(holder.id(), draft.temporary(NEW + target.name(), holder.type()));
      }
    }
  }

  private Value holder(Value value) {
    return FuseKernels.holder(value, fused.definitions());
  }

  @Override
  public Operand place(Value value) {
    var holder = holder(value);
    var known = places.get(holder.id());
    if (known == null) {
      known = newPlace(holder);
      places.put(holder.id(), known);
    }
    return known;
  }

  private Operand newPlace(Value value) {
    var node = fused.definitions().get(value.id());
    if (node != null) {
      return draft.temporary(nameOf(value, node), value.type());
    }
    var input = graph.inputs().stream().filter(i -> i.value().equals(value)).findFirst();
    if (input.isEmpty()) {
      throw new CompilerBug("lower", value + " of " + graph.name() + " comes from nowhere");
    }
    var name = input.get().name();
    Storage storage =
        input.get().role().isVariable() ? new Buffer.Variable(name) : new Buffer.Input(name);
    return draft.shared(name, value.type(), storage);
  }

  @Override
  public String name(Value value) {
    return draft.of(place(value)).name();
  }

  @Override
  public boolean isStored(Value value) {
    return fused.stored().contains(value.id());
  }

  /** The user's word for a value, else the layer and the operation it comes from. */
  private static String nameOf(Value value, Node node) {
    if (!value.name().isEmpty()) {
      return value.name();
    }
    var scope = node.origin().scope();
    return (scope.isEmpty() ? "" : scope + "_") + node.op().name();
  }

  private Tensor tensor(Value value) {
    return new Tensor(place(value), value.type());
  }

  // Steps

  private void kernel(FuseKernels.Fused unit) {
    var anchors = unit.anchors().stream().filter(a -> isStored(a.value())).toList();
    if (anchors.isEmpty()) {
      return; // nobody reads it: the graph was not cleaned
    }
    var made = draft.of(place(anchors.getLast().value())).name();
    boolean update = made.startsWith(NEW);
    var name = draft.stepName(update ? "update_" + made.substring(NEW.length()) : "make_" + made);
    var written = WriteKernel.run(unit, fused.definitions(), this, name);
    steps.add(
        new Step.KernelCall(name, written.kernel(), written.arguments(), parts(written.nodes())));
  }

  /** In the order of the graph. Literals are left out unless there is nothing else. */
  private List<Step.Part> parts(Set<Node> nodes) {
    boolean onlyLiterals = nodes.stream().allMatch(this::isLiteral);
    return nodes.stream()
        .filter(node -> onlyLiterals || !isLiteral(node))
        .sorted(Comparator.comparingInt(node -> Known.in(positions, node.results().get(0).id())))
        .map(node -> new Step.Part(Op.of(node), node.origin()))
        .toList();
  }

  /** True for a number known now. All who need it share one, so it does not tell who that is. */
  private boolean isLiteral(Node node) {
    return node.op() instanceof Source
        || ValueWriter.countedFill(node, fused.definitions()).isPresent()
        || (!node.operands().isEmpty()
            && node.operands().stream().allMatch(v -> literals.contains(v.id())));
  }

  private static List<Origin> origins(Node node) {
    return node.origin().equals(Origin.NONE) ? List.of() : List.of(node.origin());
  }

  private void call(Node node) {
    switch (Op.of(node)) {
      case Scan scan -> scan(scan, node);
      case Contraction contraction -> {
        var name = draft.stepName(nameOf(node.result(), node));
        var bias = FuseEpilogues.bias(node).map(this::tensor);
        var operands =
            node.operands().subList(0, node.operands().size() - (bias.isPresent() ? 1 : 0)).stream()
                .map(this::tensor)
                .toList();
        var post =
            bias.map(b -> List.of(new Step.PostOp(Step.PostKind.BIAS, Optional.of(b))))
                .orElse(List.of());
        steps.add(
            new Step.LibraryCall(
                name, contraction, operands, tensor(node.result()), post, origins(node)));
      }
      case Op op -> {
        var name = draft.stepName(nameOf(node.results().get(0), node));
        var operands = node.operands().stream().map(this::tensor).toList();
        var results = node.results().stream().map(this::tensor).toList();
        steps.add(new Step.HostCall(name, op, operands, results, origins(node)));
      }
    }
  }

  private void scan(Scan scan, Node node) {
    int loop = draft.newLoop();
    var origins = origins(node);
    var name = nameOf(node.results().get(0), node);
    var inputs = new HashMap<Integer, Operand>();
    for (int i = 0; i < node.operands().size(); i++) {
      var operand = node.operands().get(i);
      var inner = scan.body().inputs().get(i).value();
      if (i < scan.carries()) {
        var carry = place(node.results().get(i));
        steps.add(
            new Step.Copy(
                draft.stepName("start_" + name),
                place(operand),
                carry,
                operand.type().shape().elements(),
                origins));
        inputs.put(inner.id(), carry);
      } else {
        boolean perStep = i < scan.carries() + scan.sequences();
        inputs.put(
            inner.id(), perStep ? advanced(place(operand), loop, inner.type()) : place(operand));
      }
    }
    var overwrites = new ArrayList<Overwrite>();
    for (int i = 0; i < scan.carries(); i++) {
      overwrites.add(
          new Overwrite(scan.body().inputs().get(i).value(), scan.body().outputs().get(i).value()));
    }
    var body = new LowerGraph(scan.body(), draft, inputs, overwrites);
    for (int i = 0; i < scan.body().outputs().size(); i++) {
      var output = scan.body().outputs().get(i);
      boolean carry = i < scan.carries();
      var result = place(node.results().get(i));
      var place = carry ? result : advanced(result, loop, output.value().type());
      body.targets.add(new Target(output.value(), place, carry, output.name()));
    }
    var trips = scan.length(node.operands().stream().map(Value::type).toList());
    steps.add(
        new Step.Loop(
            draft.stepName("loop_" + name),
            loop,
            trips,
            scan.reverse() ? Step.Rounds.REVERSE : Step.Rounds.FORWARD,
            false,
            body.lower(),
            origins));
  }

  /** One step's part of a stacked tensor. */
  private static Operand advanced(Operand whole, int loop, TensorType step) {
    var advances = new ArrayList<>(whole.advances());
    advances.add(new Operand.Advance(loop, step.shape().elements()));
    return new Operand(whole.buffer(), whole.offset(), advances);
  }

  /** Outputs that are inputs: copied while the old values are sure to be there. */
  private void copyInputs() {
    for (var target : targets) {
      var holder = holder(target.value());
      boolean isInput = !fused.definitions().containsKey(holder.id());
      if (isInput && !place(holder).equals(target.place())) {
        var to = target.place();
        if (target.keepsOld()) {
          to = draft.temporary(OLD + target.name(), target.value().type());
          kept.put(target, to);
        }
        copy("copy_" + target.name(), place(holder), to, target);
      }
    }
  }

  /** Outputs that are not made in their place; new values of variables last. */
  private void copyOutputs() {
    for (var target : targets) {
      boolean made = fused.definitions().containsKey(holder(target.value()).id());
      if (!target.keepsOld() && made && !place(target.value()).equals(target.place())) {
        copy("copy_" + target.name(), place(target.value()), target.place(), target);
      }
    }
    for (var target : targets) {
      var from = kept.getOrDefault(target, place(target.value()));
      if (target.keepsOld() && !from.equals(target.place())) {
        copy("update_" + target.name(), from, target.place(), target);
      }
    }
  }

  private void copy(String name, Operand from, Operand to, Target target) {
    var elements = target.value().type().shape().elements();
    steps.add(new Step.Copy(draft.stepName(name), from, to, elements, List.of()));
  }
}
