package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.ArgMax;
import org.mdlc.compiler.op.ArgMin;
import org.mdlc.compiler.op.ReduceMax;
import org.mdlc.compiler.op.ReduceMin;
import org.mdlc.compiler.op.ReduceProd;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.op.Reduction;
import org.mdlc.compiler.op.Table;
import org.mdlc.compiler.plan.Kernel.Access;
import org.mdlc.compiler.plan.Kernel.Param;
import org.mdlc.compiler.plan.Kernel.Reduce;
import org.mdlc.compiler.plan.Kernel.Reducer;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * Writes the loops of a group of anchors: stage by stage, a reduction's result being there from the
 * stage after it on.
 */
final class WriteKernel implements ValueWriter.Leaves {
  /** Where values are in memory. */
  interface Memory {
    Operand place(Value value);

    String name(Value value);

    boolean isStored(Value value);
  }

  /**
   * @param arguments one per parameter
   * @param nodes worked out within
   */
  record Written(Kernel kernel, List<Operand> arguments, Set<Node> nodes) {}

  private record Place(Operand operand, boolean written) {}

  private final FuseKernels.Fused unit;
  private final Map<Integer, Node> definitions;
  private final Memory memory;
  private final Map<Integer, Anchor> made = new HashMap<>();
  private final Map<Integer, Integer> stageOf = new HashMap<>();

  /** By anchor that is not written: the one in whose memory it waits until it is read. */
  private final Map<Integer, Anchor> lenders = new HashMap<>();

  private final Map<Integer, Integer> results = new HashMap<>();
  private final Map<Place, Integer> params = new LinkedHashMap<>();
  private final List<Param> paramList = new ArrayList<>();
  private final Set<Integer> loaded = new HashSet<>();
  private final Set<Integer> stored = new HashSet<>();
  private final List<Stage> stages = new ArrayList<>();
  private final Registers registers;
  private final ValueWriter writer;
  private final List<Integer> inner = new ArrayList<>();
  private List<Store> scalarStores = new ArrayList<>();
  private int currentStage;

  private WriteKernel(FuseKernels.Fused unit, Map<Integer, Node> definitions, Memory memory) {
    this.unit = unit;
    this.definitions = definitions;
    this.memory = memory;
    var space = unit.space();
    for (int axis = space.outer().size(); axis < space.axes().size(); axis++) {
      inner.add(axis);
    }
    this.registers = new Registers(Set.copyOf(inner));
    this.writer = new ValueWriter(definitions, space.bounds(), registers, this);
  }

  static Written run(
      FuseKernels.Fused unit, Map<Integer, Node> definitions, Memory memory, String name) {
    return new WriteKernel(unit, definitions, memory).write(name);
  }

  private Written write(String name) {
    for (var anchor : unit.anchors()) {
      if (anchor.part().isEmpty()) {
        made.put(anchor.value().id(), anchor);
      }
    }
    int last = unit.anchors().stream().mapToInt(this::stage).max().orElseThrow();
    borrow();
    for (currentStage = 0; currentStage <= last; currentStage++) {
      writeStage();
    }
    flushScalars();
    var space = unit.space();
    var kernel =
        new Kernel(
            name, accessedParams(), space.axes(), space.outer().size(), space.lanes(), stages);
    return new Written(
        MergeAxes.run(kernel), params.keySet().stream().map(Place::operand).toList(), nodes());
  }

  private Set<Node> nodes() {
    var nodes = new HashSet<>(writer.visited());
    unit.anchors().forEach(anchor -> nodes.add(Known.in(definitions, anchor.value().id())));
    return nodes;
  }

  /** The stage in which an anchor can be worked out: after the reductions it reads. */
  private int stage(Anchor anchor) {
    var known = stageOf.get(anchor.id());
    if (known != null) {
      return known;
    }
    int stage = 0;
    for (var access : anchor.accesses()) {
      var read = made.get(access.leaf().id());
      if (read != null && !read.equals(anchor)) {
        stage = Math.max(stage, stage(read) + (read.reduction().isPresent() ? 1 : 0));
      }
    }
    stageOf.put(anchor.id(), stage);
    return stage;
  }

  /**
   * What is dear and read again in a later stage waits in the memory of a result that is written
   * after that: the powers of softmax where the shares will be.
   */
  private void borrow() {
    for (var anchor : unit.anchors()) {
      if (isWritten(anchor) || !anchor.isDear() || !isElement(anchor)) {
        continue;
      }
      int lastRead = lastRead(anchor);
      if (lastRead > stage(anchor)) {
        unit.anchors().stream()
            .filter(a -> isWritten(a) && isElement(a) && stage(a) >= lastRead)
            .filter(a -> a.value().type().equals(anchor.value().type()))
            .filter(a -> !lenders.containsValue(a))
            .findFirst()
            .ifPresent(lender -> lenders.put(anchor.id(), lender));
      }
    }
  }

  /** The last stage that reads an anchor, be it to work out again what is made of it; or -1. */
  private int lastRead(Anchor anchor) {
    int last = -1;
    for (var reader : unit.anchors()) {
      if (reader.accesses().stream().anyMatch(x -> x.leaf().equals(anchor.value()))) {
        last = Math.max(last, stage(reader));
        if (reader.reduction().isEmpty()) {
          last = Math.max(last, lastRead(reader));
        }
      }
    }
    return last;
  }

  /** True for what has one number per inner point, whole and side by side. */
  private boolean isElement(Anchor anchor) {
    return anchor.part().isEmpty()
        && anchor.reduction().isEmpty()
        && unit.space().isInner(anchor.value().type().shape());
  }

  private void writeStage() {
    writer.startStage();
    var reduces = new ArrayList<Reduce>();
    var elementStores = new ArrayList<Store>();
    var reduced = new ArrayList<Anchor>();
    for (var anchor : unit.anchors()) {
      if (stage(anchor) != currentStage) {
        continue;
      }
      if (anchor.reduction().isPresent()) {
        reduces.add(reduce(anchor));
        reduced.add(anchor);
      } else if (isWritten(anchor)) {
        boolean scalar = unit.space().isOuter(anchor.source().type().shape());
        writeAnchor(anchor, scalar ? scalarStores : elementStores);
      } else if (lenders.containsKey(anchor.id())) {
        int register =
            writer.writeDefinition(
                anchor.source(), anchor.sourcePosition(), Instr.Load.NO_MASK);
        int param = param(Known.in(lenders, anchor.id()).value(), true);
        stored.add(param);
        elementStores.add(new Store(param, anchor.storeIndex(), register));
      }
    }
    flushScalars();
    var body = registers.takeElementBody();
    if (!reduces.isEmpty() || !elementStores.isEmpty()) {
      stages.add(new Stage(inner, body, reduces, elementStores));
    }
    for (var anchor : reduced) {
      if (isWritten(anchor)) {
        scalarStores.add(store(anchor, result(anchor)));
      }
    }
  }

  private boolean isWritten(Anchor anchor) {
    return memory.isStored(anchor.value());
  }

  private void flushScalars() {
    var body = registers.takeScalarBody();
    if (!body.isEmpty() || !scalarStores.isEmpty()) {
      stages.add(new Stage(List.of(), body, List.of(), scalarStores));
      scalarStores = new ArrayList<>();
    }
  }

  private void writeAnchor(Anchor anchor, List<Store> stores) {
    if (Known.in(definitions, anchor.value().id()).op() instanceof Table table
        && anchor.part().isEmpty()) {
      writeTable(anchor, table, stores);
      return;
    }
    int register =
        anchor.part().isPresent()
            ? writer.write(anchor.source(), anchor.sourcePosition())
            : writer.writeDefinition(anchor.source(), anchor.sourcePosition(), Instr.Load.NO_MASK);
    stores.add(store(anchor, register));
  }

  private void writeTable(Anchor anchor, Table table, List<Store> stores) {
    int param = param(anchor.value(), true);
    stored.add(param);
    for (int i = 0; i < table.values().size(); i++) {
      int literal =
          registers.define(new Instr.Constant(0, table.type().dtype(), table.values().get(i)));
      stores.add(new Store(param, IndexExpr.constant(i), literal));
    }
  }

  private Store store(Anchor anchor, int register) {
    int param = param(anchor.value(), true);
    stored.add(param);
    return new Store(param, anchor.storeIndex(), register);
  }

  private Reduce reduce(Anchor anchor) {
    int value = writer.write(anchor.source(), anchor.sourcePosition());
    if (registers.type(value) == DType.BOOL) {
      value = registers.define(new Instr.Apply(0, DType.I32, ScalarFn.TO_I32, List.of(value)));
    }
    var reducer = reducer(anchor.reduction().orElseThrow());
    var type = reducer.isPosition() ? DType.I32 : registers.type(value);
    int register = registers.reserve(type);
    results.put(anchor.value().id(), register);
    return new Reduce(register, type, reducer, value);
  }

  private static Reducer reducer(Reduction reduction) {
    return switch (reduction) {
      case ReduceSum _ -> Reducer.SUM;
      case ReduceProd _ -> Reducer.PROD;
      case ReduceMax _ -> Reducer.MAX;
      case ReduceMin _ -> Reducer.MIN;
      case ArgMax _ -> Reducer.ARGMAX;
      case ArgMin _ -> Reducer.ARGMIN;
    };
  }

  /** The register of a reduction that an earlier stage has finished. */
  private int result(Anchor anchor) {
    var register = results.get(anchor.value().id());
    if (register == null) {
      throw new CompilerBug("write kernel", anchor.value() + " is read before it is reduced");
    }
    return anchor.value().type().dtype() == DType.BOOL
        ? registers.define(new Instr.Apply(0, DType.BOOL, ScalarFn.TO_BOOL, List.of(register)))
        : register;
  }

  @Override
  public boolean isLeaf(Value value) {
    return made.containsKey(value.id())
        || memory.isStored(value)
        || !definitions.containsKey(value.id());
  }

  @Override
  public int read(Value leaf, Position at, int mask) {
    var anchor = made.get(leaf.id());
    if (anchor == null) {
      return load(leaf, leaf, at, mask, false);
    }
    if (anchor.reduction().isPresent()) {
      return result(anchor);
    }
    if (lenders.containsKey(anchor.id()) && stage(anchor) < currentStage) {
      return load(leaf, Known.in(lenders, anchor.id()).value(), at, mask, true);
    }
    boolean writtenBefore =
        isWritten(anchor)
            && stage(anchor) < currentStage
            && !unit.space().isOuter(leaf.type().shape());
    return writtenBefore && anchor.isDear()
        ? load(leaf, leaf, at, mask, true)
        : writer.writeDefinition(leaf, at, mask);
  }

  /**
   * @param holder the value in whose memory the leaf is
   */
  private int load(Value leaf, Value holder, Position at, int mask, boolean written) {
    int param = param(holder, written);
    loaded.add(param);
    return registers.define(
        new Instr.Load(0, leaf.type().dtype(), param, at.linear(leaf.type().shape()), mask));
  }

  private int param(Value value, boolean written) {
    var place = new Place(memory.place(value), written);
    return params.computeIfAbsent(
        place,
        p -> {
          paramList.add(
              new Param(memory.name(value), value.type().dtype(), Access.READ, elements(value)));
          return paramList.size() - 1;
        });
  }

  private static Dim elements(Value value) {
    return value.type().shape().elements();
  }

  /** Parameters with their access, now known, and names that differ. */
  private List<Param> accessedParams() {
    var names = new HashSet<String>();
    var accessed = new ArrayList<Param>();
    for (int i = 0; i < paramList.size(); i++) {
      var p = paramList.get(i);
      var access =
          !stored.contains(i) ? Access.READ : loaded.contains(i) ? Access.UPDATE : Access.WRITE;
      accessed.add(new Param(Names.unique(p.name(), names), p.type(), access, p.elements()));
    }
    return accessed;
  }
}
