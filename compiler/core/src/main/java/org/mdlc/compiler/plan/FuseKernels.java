package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.mdlc.compiler.expr.ScalarExpr;
import org.mdlc.compiler.ir.CompilerBug;
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
import org.mdlc.compiler.op.Table;
import org.mdlc.compiler.op.View;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/**
 * Cuts a graph into kernels and calls.
 *
 * <p>First the {@link Anchor}s: reductions, what must be in memory (operands of library calls,
 * outputs), and what is dear and used more than once. Everything else is worked out on the way by
 * whoever reads it: views, literals, random numbers, cheap arithmetic. Then anchors that run over
 * the same loops join, as long as one reads what another makes, or both read one tensor, and no
 * call has to happen between the two. So softmax, layer normalisation and an optimizer's update
 * come out as one kernel each.
 */
final class FuseKernels {
  /**
   * Computing a value again costs about as much as storing and loading it once: twelve simple
   * instructions on four bytes.
   */
  static final int DEAR = 12;

  /** From here a value that a broadcast repeats is worked out once: one division or square root. */
  private static final int DEAR_WHEN_REPEATED = 4;

  /**
   * More in one kernel would pass the 8,000 bytes of bytecode that HotSpot compiles: some 25 each,
   * main loop and rest.
   */
  private static final int MOST_INSTRUCTIONS = 150;

  /**
   * A longer chain is cut: as many instructions at most, and far fewer when there are exponentials
   * among them.
   */
  private static final int MOST_WORK_AT_ONCE = 140;

  private static final int MOST_ANCHORS = 12;

  /**
   * How many nodes apart two kernels may stand that only share an operand: joining pulls the later
   * one forward, and its results live longer.
   */
  private static final int NEIGHBOURHOOD = 100;

  private static final int SMALL = 8;

  /** Something to be done at one time. */
  sealed interface Unit {
    int order();
  }

  /** A kernel to be written. */
  record Fused(Space space, List<Anchor> anchors) implements Unit {
    Fused {
      anchors = List.copyOf(anchors);
    }

    @Override
    public int order() {
      return anchors.stream().mapToInt(Anchor::nodeIndex).max().orElseThrow();
    }
  }

  /** An operation that is no kernel. */
  record Single(Node node, int order) implements Unit {}

  /**
   * @param units in an order that respects all dependencies
   * @param stored values that need memory
   */
  record Result(List<Unit> units, Set<Integer> stored, Map<Integer, Node> definitions) {}

  private final Graph graph;
  private final Map<Integer, Node> definitions = new HashMap<>();
  private final Map<Integer, Integer> nodeIndices = new HashMap<>();
  private final Map<Integer, List<Node>> readers = new HashMap<>();
  private final Set<Integer> required = new HashSet<>();
  private final Map<Integer, Integer> work = new HashMap<>();
  private final Set<Integer> anchored = new LinkedHashSet<>();
  private final List<Anchor> anchors = new ArrayList<>();

  private FuseKernels(Graph graph) {
    this.graph = graph;
  }

  /**
   * A value that takes the place of another in memory at the end.
   *
   * @param old an input
   */
  record Overwrite(Value old, Value now) {}

  /**
   * @param overwrites whoever reads an old value comes before the new one is made, as far as
   *     possible: then it can be made in place
   */
  static Result run(Graph graph, List<Overwrite> overwrites) {
    var fuse = new FuseKernels(graph);
    fuse.index();
    fuse.requireMemory();
    fuse.chooseAnchors();
    var grouping = fuse.new Grouping();
    grouping.group();
    overwrites.forEach(grouping::readersFirst);
    return new Result(grouping.ordered(), grouping.stored(), Map.copyOf(fuse.definitions));
  }

  /** The value whose memory holds this one: a reshape has none of its own. */
  static Value holder(Value value, Map<Integer, Node> definitions) {
    var node = definitions.get(value.id());
    return node != null && node.op() instanceof Reshape
        ? holder(node.operands().get(0), definitions)
        : value;
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
        case Contraction _, Ordered _, ScatterAdd _, Linear _, Sampling _, Control _ ->
            node.operands().forEach(this::require);
        case Gather _ -> require(node.operands().get(0));
        case Elementwise _, View _, Reduction _, Constant _, Iota _, Table _, Random _ -> {}
      }
    }
  }

  private void require(Value value) {
    required.add(holder(value, definitions).id());
  }

  /** True for operations that a kernel can work out. */
  private static boolean isFusible(Node node) {
    return switch (Op.of(node)) {
      case Elementwise _, View _, Reduction _, Constant _, Iota _, Table _, Random _, Gather _ ->
          true;
      case Contraction _, Ordered _, ScatterAdd _, Linear _, Sampling _, Control _ -> false;
    };
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
      if (!isFusible(node)) {
        continue;
      }
      int own = workOf(node);
      for (var operand : node.operands()) {
        own += isLeaf(operand) ? 1 : work.getOrDefault(operand.id(), 0);
      }
      var value = node.result();
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
    return (uses.size() > 1 && own >= DEAR) || (repeated && own >= DEAR_WHEN_REPEATED);
  }

  /** Rough instruction counts, in units of an addition over a vector. */
  private static int workOf(Node node) {
    return switch (Op.of(node)) {
      case Elementwise e -> Math.max(1, formulaWork(e.formula()));
      case View _ -> 0;
      case Gather _ -> 3;
      case Random _ -> 6; // a hundred, but drawing again is the rule
      case Reduction _ -> 1;
      case Constant _, Iota _, Table _ -> 0;
      case Contraction _, Ordered _, ScatterAdd _, Linear _, Sampling _, Control _ -> 0;
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
        yield own + call.args().stream().mapToInt(FuseKernels::formulaWork).sum();
      }
    };
  }

  private boolean isLeaf(Value value) {
    var node = definitions.get(value.id());
    return node == null || !isFusible(node) || anchored.contains(value.id());
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
            return FuseKernels.this.isLeaf(value);
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

  /** Joins anchors into kernels, keeping the kernels free of cycles. */
  private final class Grouping {
    /** One kernel in the making, or one call. */
    private static final class Member {
      final int id;
      final BitSet needs = new BitSet(); // itself and all that must run before it
      Space space;
      final List<Anchor> anchors = new ArrayList<>();
      final Set<Integer> wholeLeaves = new HashSet<>();
      final Set<Member> waitsFor = new LinkedHashSet<>();
      int size;
      int lastIndex;
      final Node node;

      Member(int id, Node node, Space space) {
        this.id = id;
        this.node = node;
        this.space = space;
        needs.set(id);
      }
    }

    private final List<Member> members = new ArrayList<>();
    private int nextId;
    private final Map<Integer, List<Member>> makers = new HashMap<>();
    private final Map<Integer, List<Member>> wholeReaders = new HashMap<>();

    void group() {
      int nextAnchor = 0;
      for (int i = 0; i < graph.nodes().size(); i++) {
        var node = graph.nodes().get(i);
        if (!isFusible(node)) {
          addCall(node, i);
        }
        for (;
            nextAnchor < anchors.size() && anchors.get(nextAnchor).nodeIndex() == i;
            nextAnchor++) {
          place(anchors.get(nextAnchor));
        }
      }
    }

    private void addCall(Node node, int index) {
      var member = new Member(nextId++, node, Space.elements(Shape.SCALAR));
      members.add(member);
      member.lastIndex = index;
      for (var operand : node.operands()) {
        makersOf(holder(operand, definitions)).forEach(m -> member.needs.or(m.needs));
      }
      node.results()
          .forEach(r -> makers.computeIfAbsent(r.id(), id -> new ArrayList<>()).add(member));
    }

    private List<Member> makersOf(Value leaf) {
      return makers.getOrDefault(leaf.id(), List.of());
    }

    private void place(Anchor anchor) {
      var direct = new LinkedHashSet<Member>();
      anchor.accesses().forEach(a -> direct.addAll(makersOf(a.leaf())));
      var needs = new BitSet();
      direct.forEach(m -> needs.or(m.needs));
      var home = home(anchor, direct).orElseGet(() -> added(anchor));
      home.needs.or(needs);
      join(anchor, home);
      spreadNeeds(home);
      for (var other : direct) {
        if (other != home && canMerge(home, other)) {
          merge(home, other);
        }
      }
    }

    /** Whoever needs a kernel needs what it needs. */
    private void spreadNeeds(Member changed) {
      for (var member : members) {
        if (member.needs.get(changed.id)) {
          member.needs.or(changed.needs);
        }
      }
    }

    /**
     * True when one kernel can do what two did: an anchor that reads both has brought them
     * together.
     */
    private boolean canMerge(Member into, Member from) {
      if (from.anchors.isEmpty() || isLiteral(from) || into.space.joined(from.space).isEmpty()) {
        return false;
      }
      if (into.anchors.size() + from.anchors.size() > MOST_ANCHORS
          || into.size + from.size > MOST_INSTRUCTIONS) {
        return false;
      }
      for (var between : members) {
        boolean third = between != into && between != from;
        boolean path =
            (between.needs.get(into.id) && from.needs.get(between.id))
                || (between.needs.get(from.id) && into.needs.get(between.id));
        if (third && path) {
          return false;
        }
      }
      return from.anchors.stream()
              .allMatch(a -> a.accesses().stream().allMatch(x -> isPointForPoint(x, into)))
          && into.anchors.stream()
              .allMatch(a -> a.accesses().stream().allMatch(x -> isPointForPoint(x, from)));
    }

    private void merge(Member into, Member from) {
      into.space = into.space.joined(from.space).orElseThrow();
      into.anchors.addAll(from.anchors);
      into.anchors.sort(Comparator.comparingInt(Anchor::id));
      into.size += from.size;
      into.lastIndex = Math.max(into.lastIndex, from.lastIndex);
      into.needs.or(from.needs);
      into.needs.clear(from.id);
      into.wholeLeaves.addAll(from.wholeLeaves);
      members.remove(from);
      for (var member : members) {
        if (member.needs.get(from.id)) {
          member.needs.clear(from.id);
          member.needs.set(into.id);
        }
      }
      spreadNeeds(into);
      makers.values().forEach(list -> replace(list, from, into));
      wholeReaders.values().forEach(list -> replace(list, from, into));
    }

    private void replace(List<Member> list, Member from, Member into) {
      if (list.remove(from) && !list.contains(into)) {
        list.add(into);
      }
    }

    private boolean isLiteral(Member member) {
      return Known.in(definitions, member.anchors.get(0).value().id()).op() instanceof Table;
    }

    private Member added(Anchor anchor) {
      var member = new Member(nextId++, Known.in(definitions, anchor.value().id()), anchor.space());
      members.add(member);
      return member;
    }

    private void join(Anchor anchor, Member home) {
      home.space =
          home.anchors.isEmpty() ? anchor.space() : home.space.joined(anchor.space()).orElseThrow();
      home.anchors.add(anchor);
      home.size += anchor.size();
      home.lastIndex = anchor.nodeIndex();
      makers.computeIfAbsent(anchor.value().id(), id -> new ArrayList<>()).add(home);
      for (var access : anchor.accesses()) {
        if (access.whole() && home.wholeLeaves.add(access.leaf().id())) {
          wholeReaders.computeIfAbsent(access.leaf().id(), id -> new ArrayList<>()).add(home);
        }
      }
    }

    /**
     * The kernel that the anchor best joins: one whose result it reads, else one that reads the
     * same tensor.
     */
    private Optional<Member> home(Anchor anchor, Set<Member> direct) {
      if (Known.in(definitions, anchor.value().id()).op() instanceof Table) {
        return Optional.empty();
      }
      var byDependence =
          direct.stream()
              .sorted((a, b) -> b.id - a.id)
              .filter(m -> fits(anchor, m, direct))
              .findFirst();
      if (byDependence.isPresent()) {
        return byDependence;
      }
      var sharing = new LinkedHashSet<Member>();
      for (var access : anchor.accesses()) {
        if (access.whole()) {
          sharing.addAll(wholeReaders.getOrDefault(access.leaf().id(), List.of()).reversed());
        }
      }
      if (isSmall(anchor.space())) {
        sharing.addAll(members.reversed());
      }
      return sharing.stream()
          .filter(m -> anchor.nodeIndex() - m.lastIndex <= NEIGHBOURHOOD || isSmall(anchor.space()))
          .filter(m -> fits(anchor, m, direct))
          .findFirst();
    }

    /** So little work that the call costs more: numbers and keys. */
    private boolean isSmall(Space space) {
      var count = space.axes().stream().reduce(Dim.ONE, Dim::times);
      return space.isElementwise() && count.isConstant() && count.value() <= SMALL;
    }

    private boolean fits(Anchor anchor, Member member, Set<Member> direct) {
      if (member.anchors.isEmpty()
          || Known.in(definitions, member.anchors.get(0).value().id()).op() instanceof Table) {
        return false;
      }
      if (member.anchors.size() >= MOST_ANCHORS
          || member.size + anchor.size() > MOST_INSTRUCTIONS) {
        return false;
      }
      var space = member.space.joined(anchor.space());
      if (space.isEmpty()) {
        return false;
      }
      // a call between the two would have to run before one and after the other
      boolean cycle = direct.stream().anyMatch(m -> m != member && m.needs.get(member.id));
      return !cycle && anchor.accesses().stream().allMatch(a -> isPointForPoint(a, member));
    }

    /** What a kernel makes and reads again must be read at the very point where it is made. */
    private boolean isPointForPoint(Anchor.Access access, Member member) {
      for (var made : member.anchors) {
        if (made.value().equals(access.leaf())) {
          if (made.part().isPresent()) {
            return false;
          }
          var shape = made.value().type().shape();
          if (!access.at().linear(shape).equals(made.space().at(shape).linear(shape))) {
            return false;
          }
        }
      }
      return true;
    }

    void readersFirst(Overwrite overwrite) {
      var writers = makersOf(holder(overwrite.now(), definitions));
      for (var reader : members) {
        if (writers.contains(reader) || !reads(reader, overwrite.old())) {
          continue;
        }
        for (var writer : writers) {
          if (!reader.needs.get(writer.id)) {
            writer.waitsFor.add(reader);
            writer.needs.or(reader.needs);
            spreadNeeds(writer);
          }
        }
      }
    }

    private boolean reads(Member member, Value input) {
      return member.anchors.isEmpty()
          ? member.node.operands().stream().anyMatch(v -> holder(v, definitions).equals(input))
          : member.anchors.stream()
              .anyMatch(a -> a.accesses().stream().anyMatch(x -> x.leaf().equals(input)));
    }

    List<Unit> ordered() {
      var waiting = new HashMap<Integer, Integer>();
      var dependents = new HashMap<Integer, Set<Member>>();
      for (var member : members) {
        var direct = directNeeds(member);
        waiting.put(member.id, direct.size());
        direct.forEach(
            m -> dependents.computeIfAbsent(m.id, id -> new LinkedHashSet<>()).add(member));
      }
      var ready =
          new PriorityQueue<Member>(
              Comparator.comparingInt((Member m) -> m.lastIndex).thenComparingInt(m -> m.id));
      members.stream().filter(m -> Known.in(waiting, m.id) == 0).forEach(ready::add);
      var units = new ArrayList<Unit>();
      while (!ready.isEmpty()) {
        var member = ready.poll();
        units.add(
            member.anchors.isEmpty()
                ? new Single(member.node, member.lastIndex)
                : new Fused(member.space, member.anchors));
        for (var dependent : dependents.getOrDefault(member.id, Set.of())) {
          if (waiting.merge(dependent.id, -1, Integer::sum) == 0) {
            ready.add(dependent);
          }
        }
      }
      if (units.size() != members.size()) {
        throw new CompilerBug("FuseKernels", "kernels of " + graph.name() + " wait for each other");
      }
      return units;
    }

    private Set<Member> directNeeds(Member member) {
      var direct = new LinkedHashSet<>(member.waitsFor);
      if (member.anchors.isEmpty()) {
        member.node.operands().forEach(v -> direct.addAll(makersOf(holder(v, definitions))));
      }
      member.anchors.forEach(
          anchor -> anchor.accesses().forEach(a -> direct.addAll(makersOf(a.leaf()))));
      direct.remove(member);
      return direct;
    }

    /**
     * What must be in memory after all: required, or read by another kernel than the one that makes
     * it.
     */
    Set<Integer> stored() {
      var stored = new HashSet<>(required);
      for (var member : members) {
        for (var anchor : member.anchors) {
          if (anchor.part().isPresent()
              || Known.in(definitions, anchor.value().id()).op() instanceof Table) {
            stored.add(anchor.value().id());
          }
          for (var access : anchor.accesses()) {
            var elsewhere = makersOf(access.leaf()).stream().anyMatch(m -> m != member);
            if (elsewhere) {
              stored.add(access.leaf().id());
            }
          }
        }
      }
      return stored;
    }
  }
}
