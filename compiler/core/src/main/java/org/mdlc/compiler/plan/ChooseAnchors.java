package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Broadcast;
import org.mdlc.compiler.op.Concat;
import org.mdlc.compiler.op.Constant;
import org.mdlc.compiler.op.Contraction;
import org.mdlc.compiler.op.Control;
import org.mdlc.compiler.op.Elementwise;
import org.mdlc.compiler.op.Gather;
import org.mdlc.compiler.op.Iota;
import org.mdlc.compiler.op.Linear;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Ordered;
import org.mdlc.compiler.op.Random;
import org.mdlc.compiler.op.Reduction;
import org.mdlc.compiler.op.Reshape;
import org.mdlc.compiler.op.Sampling;
import org.mdlc.compiler.op.ScatterAdd;
import org.mdlc.compiler.op.SumRows;
import org.mdlc.compiler.op.Table;
import org.mdlc.compiler.op.View;
import org.mdlc.compiler.type.Dim;

/**
 * Chooses the values that kernels are made for: reductions, what must be in memory, and what is
 * dear and used more than once. Notes what each of them reads, and where.
 */
final class ChooseAnchors {
  /**
   * Computing a value again costs about as much as storing and loading it once: twelve simple
   * instructions on four bytes.
   */
  static final int DEAR = 12;

  /**
   * A value that is read more than once is worked out once if it is made of so many others: they
   * would be loaded again each time.
   */
  static final int MANY_LEAVES = 3;

  /** From here a value that a broadcast repeats is worked out once: one division or square root. */
  private static final int DEAR_WHEN_REPEATED = 4;

  /**
   * A longer chain is cut: as many instructions at most, and far fewer when there are exponentials
   * among them.
   */
  private static final int MOST_WORK_AT_ONCE = 140;

  /**
   * @param anchors in order of their nodes
   * @param required values that must be in memory
   */
  record Chosen(List<Anchor> anchors, Set<Integer> required, Map<Integer, Node> definitions) {
    Chosen {
      anchors = List.copyOf(anchors);
      required = Collections.unmodifiableSet(required);
      definitions = Map.copyOf(definitions);
    }
  }

  private final Graph graph;
  private final Map<Integer, Node> definitions = new HashMap<>();
  private final Map<Integer, Integer> nodeIndices = new HashMap<>();
  private final Map<Integer, List<Node>> readers = new HashMap<>();
  private final Set<Integer> required = new HashSet<>();
  private final Map<Integer, Integer> work = new HashMap<>();

  /** By value that is no anchor: the leaves of its size that it is made of. */
  private final Map<Integer, Set<Integer>> leaves = new HashMap<>();

  private final Set<Integer> anchored = new HashSet<>();
  private final List<Anchor> anchors = new ArrayList<>();

  private ChooseAnchors(Graph graph) {
    this.graph = graph;
  }

  static Chosen run(Graph graph) {
    var choose = new ChooseAnchors(graph);
    choose.index();
    choose.requireMemory();
    choose.chooseAnchors();
    return new Chosen(choose.anchors, choose.required, choose.definitions);
  }

  private void index() {
    for (int i = 0; i < graph.nodes().size(); i++) {
      var node = graph.nodes().get(i);
      for (var result : node.results()) {
        definitions.put(result.id(), node);
        nodeIndices.put(result.id(), i);
      }
      node.operands()
          .forEach(v -> readers.computeIfAbsent(v.id(), id -> new ArrayList<>()).add(node));
    }
  }

  private void requireMemory() {
    graph.outputs().forEach(o -> require(o.value()));
    for (var node : graph.nodes()) {
      switch (Op.of(node)) {
        case Contraction _, Ordered _, ScatterAdd _, SumRows _, Linear _, Sampling _, Control _ ->
            node.operands().forEach(this::require);
        case Gather _ -> require(node.operands().get(0));
        case Elementwise _, View _, Reduction _, Constant _, Iota _, Table _, Random _ -> {}
      }
    }
  }

  private void require(Value value) {
    required.add(FuseKernels.holder(value, definitions).id());
  }

  /** False for reductions over axes of size one, and for sums of a fill: they need no loop. */
  private boolean isTrueReduction(Node node) {
    if (!(node.op() instanceof Reduction reduction)
        || ValueWriter.countedFill(node, definitions).isPresent()) {
      return false;
    }
    var shape = node.operands().get(0).type().shape();
    return reduction.axes().stream().anyMatch(axis -> !shape.dim(axis).is(1));
  }

  private void chooseAnchors() {
    for (var node : graph.nodes()) {
      if (!FuseKernels.isFusible(node)) {
        continue;
      }
      int own = workOf(node);
      for (var operand : node.operands()) {
        own += isLeaf(operand) ? 1 : work.getOrDefault(operand.id(), 0);
      }
      var value = node.result();
      leaves.put(value.id(), leavesOf(node));
      boolean anchor = mustBeAnchor(node) || isDear(node, own);
      if (anchor) {
        anchored.add(value.id());
      }
      boolean hoisted =
          value.type().shape().elements().is(1); // once per kernel, not once per element
      work.put(value.id(), anchor || hoisted ? 1 : own);
      if (anchor) {
        addAnchors(node, own);
      }
    }
  }

  private boolean mustBeAnchor(Node node) {
    boolean literal = node.op() instanceof Table t && t.values().size() > 1;
    return required.contains(node.result().id())
        || isTrueReduction(node)
        || node.op() instanceof Concat
        || literal;
  }

  private boolean isDear(Node node, int own) {
    if (node.op() instanceof Random
        || node.op() instanceof Reshape
        || node.op() instanceof Broadcast) {
      return false;
    }
    if (own > MOST_WORK_AT_ONCE) {
      return true;
    }
    var elements = node.result().type().shape().elements();
    if (elements.is(1)) {
      return false; // loops hoist it
    }
    var uses = readers.getOrDefault(node.result().id(), List.of());
    boolean repeated =
        uses.stream()
            .anyMatch(
                u ->
                    u.op() instanceof Broadcast
                        && !u.result().type().shape().elements().equals(elements));
    boolean dear = own >= DEAR || Known.in(leaves, node.result().id()).size() >= MANY_LEAVES;
    return (uses.size() > 1 && dear) || (repeated && own >= DEAR_WHEN_REPEATED);
  }

  private Set<Integer> leavesOf(Node node) {
    var elements = node.result().type().shape().elements();
    var found = new HashSet<Integer>();
    for (var operand : node.operands()) {
      if (isLeaf(operand)) {
        if (operand.type().shape().elements().equals(elements)) {
          found.add(operand.id());
        }
      } else {
        found.addAll(leaves.getOrDefault(operand.id(), Set.of()));
      }
    }
    return found;
  }

  /** Rough instruction counts, in units of an addition over a vector. */
  private static int workOf(Node node) {
    return switch (Op.of(node)) {
      case Elementwise e -> Math.max(1, formulaWork(e.formula()));
      case View _ -> 0;
      case Gather _ -> 3;
      case Random _ -> 16; // twenty rounds of three, of whole numbers
      case Reduction _ -> 1;
      case Constant _, Iota _, Table _ -> 0;
      case Contraction _, Ordered _, ScatterAdd _, SumRows _, Linear _, Sampling _, Control _ -> 0;
    };
  }

  private static int formulaWork(ScalarExpr formula) {
    return switch (formula) {
      case ScalarExpr.Arg _, ScalarExpr.Const _ -> 0;
      case ScalarExpr.Apply call -> {
        int own =
            switch (call.fn()) {
              case EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF, ERFINV, SIN, COS -> 10;
              case POW -> 20;
              case DIV, SQRT, RSQRT, MOD -> 4;
              default -> 1;
            };
        yield own + call.args().stream().mapToInt(ChooseAnchors::formulaWork).sum();
      }
    };
  }

  private boolean isLeaf(Value value) {
    var node = definitions.get(value.id());
    return node == null || !FuseKernels.isFusible(node) || anchored.contains(value.id());
  }

  private void addAnchors(Node node, int own) {
    if (node.op() instanceof Concat concat) {
      var start = Dim.ZERO;
      for (var operand : node.operands()) {
        var space = Space.elements(operand.type().shape());
        addAnchor(
            node,
            operand,
            Optional.empty(),
            Optional.of(new Anchor.Part(concat.axis(), start)),
            space,
            own);
        start = start.plus(operand.type().shape().dim(concat.axis()));
      }
    } else if (isTrueReduction(node)) {
      var reduction = (Reduction) node.op();
      var operand = node.operands().get(0);
      var space = Space.reduction(operand.type().shape(), reduction.axes());
      addAnchor(node, operand, Optional.of(reduction), Optional.empty(), space, own);
    } else {
      addAnchor(
          node,
          node.result(),
          Optional.empty(),
          Optional.empty(),
          Space.elements(node.result().type().shape()),
          own);
    }
  }

  private void addAnchor(
      Node node,
      Value source,
      Optional<Reduction> reduction,
      Optional<Anchor.Part> part,
      Space space,
      int own) {
    int index = Known.in(nodeIndices, node.result().id());
    var bare =
        new Anchor(
            anchors.size(),
            node.result(),
            source,
            reduction,
            part,
            space,
            List.of(),
            own,
            0,
            index);
    var registers = new Registers(Set.of());
    var accesses = accesses(bare, registers);
    anchors.add(
        new Anchor(
            bare.id(),
            bare.value(),
            source,
            reduction,
            part,
            space,
            accesses,
            own,
            registers.count(),
            index));
  }

  /** Writes the anchor for nothing but to see which leaves it reads, and where. */
  private List<Anchor.Access> accesses(Anchor anchor, Registers registers) {
    if (anchor.value().equals(anchor.source())
        && Known.in(definitions, anchor.value().id()).op() instanceof Table) {
      return List.of();
    }
    var found = new LinkedHashSet<Anchor.Access>();
    var count = anchor.space().axes().size();
    var leaves =
        new ValueWriter.Leaves() {
          @Override
          public boolean isLeaf(Value value) {
            return ChooseAnchors.this.isLeaf(value);
          }

          @Override
          public int read(Value leaf, Position at, int mask) {
            var index = at.linear(leaf.type().shape());
            boolean whole = true;
            for (int axis = 0; axis < count; axis++) {
              whole &= index.usesAxis(axis);
            }
            found.add(new Anchor.Access(leaf, at, whole));
            return registers.define(new Instr.Load(0, leaf.type().dtype(), leaf.id(), index, mask));
          }
        };
    var writer = new ValueWriter(definitions, anchor.space().bounds(), registers, leaves);
    if (anchor.source().equals(anchor.value())) {
      writer.writeDefinition(anchor.source(), anchor.sourcePosition(), Instr.Load.NO_MASK);
    } else {
      writer.write(anchor.source(), anchor.sourcePosition());
    }
    return List.copyOf(found);
  }
}
