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
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Table;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/**
 * Joins anchors into kernels, keeping the kernels free of cycles, and puts kernels and calls in
 * order.
 */
final class GroupAnchors {
  /**
   * More in one kernel would pass the 8,000 bytes of bytecode that HotSpot compiles: some 25 each,
   * main loop and rest.
   */
  private static final int MOST_INSTRUCTIONS = 150;

  private static final int MOST_ANCHORS = 12;

  /**
   * How many nodes apart two kernels may stand that only share an operand: joining pulls the later
   * one forward, and its results live longer.
   */
  private static final int NEIGHBOURHOOD = 100;

  private static final int SMALL = 8;

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

  private final Graph graph;
  private final List<Anchor> anchors;
  private final Set<Integer> required;
  private final Map<Integer, Node> definitions;
  private final List<Member> members = new ArrayList<>();
  private int nextId;
  private final Map<Integer, List<Member>> makers = new HashMap<>();
  private final Map<Integer, List<Member>> wholeReaders = new HashMap<>();

  GroupAnchors(Graph graph, ChooseAnchors.Chosen chosen) {
    this.graph = graph;
    this.anchors = chosen.anchors();
    this.required = chosen.required();
    this.definitions = chosen.definitions();
  }

  void group() {
    int nextAnchor = 0;
    for (int i = 0; i < graph.nodes().size(); i++) {
      var node = graph.nodes().get(i);
      if (!FuseKernels.isFusible(node)) {
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
      makersOf(FuseKernels.holder(operand, definitions)).forEach(m -> member.needs.or(m.needs));
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
   * True when one kernel can do what two did: an anchor that reads both has brought them together.
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
   * The kernel that the anchor best joins: one whose result it reads, else one that reads the same
   * tensor.
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
    if (member.anchors.size() >= MOST_ANCHORS || member.size + anchor.size() > MOST_INSTRUCTIONS) {
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

  void readersFirst(FuseKernels.Overwrite overwrite) {
    var writers = makersOf(FuseKernels.holder(overwrite.now(), definitions));
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
        ? member.node.operands().stream()
            .anyMatch(v -> FuseKernels.holder(v, definitions).equals(input))
        : member.anchors.stream()
            .anyMatch(a -> a.accesses().stream().anyMatch(x -> x.leaf().equals(input)));
  }

  List<FuseKernels.Unit> ordered() {
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
    var units = new ArrayList<FuseKernels.Unit>();
    while (!ready.isEmpty()) {
      var member = ready.poll();
      units.add(
          member.anchors.isEmpty()
              ? new FuseKernels.Single(member.node, member.lastIndex)
              : new FuseKernels.Fused(member.space, member.anchors));
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
      member
          .node
          .operands()
          .forEach(v -> direct.addAll(makersOf(FuseKernels.holder(v, definitions))));
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
