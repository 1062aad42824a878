package org.mdlc.compiler.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Origin;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Source;
import org.mdlc.compiler.op.View;
import org.mdlc.compiler.plan.KernelText;
import org.mdlc.compiler.plan.Lifetime;
import org.mdlc.compiler.plan.Operand;
import org.mdlc.compiler.plan.Operands;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.report.StepReport.Line;
import org.mdlc.compiler.report.StepReport.Served;
import org.mdlc.compiler.summary.ModelSummary;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/** Works out the report of a program. */
final class MakeReport {
  private final BoundProgram bound;
  private final Program program;
  private final int batch;
  private final ServedLayers layers;
  private final Map<String, Role> roles = new HashMap<>();
  private final Map<String, Purpose> purposes;
  private final List<StepReport> steps = new ArrayList<>();

  /** By buffer, the layers of the step that wrote it last. */
  private final Map<String, Set<Integer>> makers = new HashMap<>();

  MakeReport(BoundProgram bound, Program program, int batch) {
    this.bound = bound;
    this.program = program;
    this.batch = batch;
    this.layers = ServedLayers.of(ModelSummary.of(bound));
    bound.variables().forEach(v -> roles.put(v.path(), v.role()));
    this.purposes = Purposes.of(program, path -> Known.in(roles, path));
  }

  ProgramReport make() {
    add(program.steps(), 0, 1, 1);
    var memory = new MakeMemoryReport(program, roles, steps, batch).make();
    return new ProgramReport(bound.model(), program.name(), batch, layers.layers(), steps, memory);
  }

  private void add(List<Step> list, int depth, int number, long runs) {
    int at = number;
    for (var step : list) {
      steps.add(report(step, depth, at, runs));
      if (step instanceof Step.Loop loop) {
        add(loop.body(), depth + 1, at + 1, runs * loop.trips().at(batch));
      }
      at += Lifetime.count(step);
    }
  }

  private StepReport report(Step step, int depth, int number, long runs) {
    var serves = serves(step);
    var writes = names(Operands.writes(step));
    writes.forEach(
        name -> makers.put(name, serves.stream().map(Served::layer).collect(Collectors.toSet())));
    return new StepReport(
        number,
        depth,
        step.name(),
        kind(step),
        Known.in(purposes, step.name()),
        action(step),
        serves,
        lines(step),
        names(Operands.reads(step)),
        writes,
        Variables.written(step, program),
        runs,
        StepWork.of(step, batch).times(runs),
        step instanceof Step.KernelCall call
            ? Optional.of(KernelText.print(call.kernel()))
            : Optional.empty());
  }

  private List<String> names(List<Operand> operands) {
    return operands.stream().map(o -> program.buffer(o).name()).distinct().toList();
  }

  private static StepKind kind(Step step) {
    return switch (step) {
      case Step.LibraryCall _ -> StepKind.LIBRARY;
      case Step.KernelCall _ -> StepKind.KERNEL;
      case Step.Copy _ -> StepKind.COPY;
      case Step.Loop _ -> StepKind.LOOP;
      case Step.HostCall _ -> StepKind.RUNTIME;
    };
  }

  private static List<Line> lines(Step step) {
    return step.origins().stream()
        .filter(origin -> !origin.text().isEmpty())
        .map(origin -> new Line(origin.place(), origin.text()))
        .distinct()
        .toList();
  }

  // What is done

  private String action(Step step) {
    return switch (step) {
      case Step.LibraryCall c -> {
        var post =
            c.post().stream()
                .map(p -> " + " + p.kind().name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
        yield c.operation().name()
            + " "
            + operands(c)
            + " -> "
            + shapes(List.of(c.result()))
            + post;
      }
      case Step.KernelCall c -> {
        var outer = c.kernel().axes().subList(0, c.kernel().outer());
        var inner = c.kernel().axes().subList(c.kernel().outer(), c.kernel().axes().size());
        yield "for each of " + extents(outer) + (inner.isEmpty() ? "" : ", over " + extents(inner));
      }
      case Step.Copy c -> "copy of " + c.elements().at(batch) + " elements";
      case Step.Loop l ->
          l.trips().at(batch)
              + " rounds"
              + switch (l.rounds()) {
                case FORWARD -> "";
                case REVERSE -> ", last first";
                case SIDE_BY_SIDE -> ", side by side";
              };
      case Step.HostCall c ->
          c.operation().name() + " " + shapes(c.operands()) + " -> " + shapes(c.results());
    };
  }

  private String extents(List<Dim> axes) {
    return axes.isEmpty()
        ? "1"
        : axes.stream()
            .map(axis -> Long.toString(axis.at(batch)))
            .collect(Collectors.joining(" x "));
  }

  /** A matrix that is read along the other axis stands with a T. */
  private String operands(Step.LibraryCall call) {
    if (call.operation() instanceof MatMul product) {
      var shapes = call.operands().stream().map(t -> shape(t.type().shape())).toList();
      return shapes.get(0)
          + (product.transposeA() ? "T" : "")
          + ", "
          + shapes.get(1)
          + (product.transposeB() ? "T" : "");
    }
    return shapes(call.operands());
  }

  private String shapes(List<Step.Tensor> tensors) {
    return tensors.stream().map(t -> shape(t.type().shape())).collect(Collectors.joining(", "));
  }

  private String shape(Shape shape) {
    return shape.dims().stream()
        .map(dim -> Long.toString(dim.at(batch)))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  // For which layers

  private List<Served> serves(Step step) {
    var parts = parts(step);
    var named = new TreeSet<Integer>();
    for (var part : parts) {
      layers.owner(part.origin().scope()).ifPresent(named::add);
    }
    var weights = layers.ofWeights(step, program);
    var near = new HashSet<>(named);
    if (named.isEmpty()) {
      names(Operands.reads(step)).forEach(name -> near.addAll(makers.getOrDefault(name, Set.of())));
    }
    var byLayer = new TreeMap<Integer, List<Step.Part>>();
    for (var part : parts) {
      int layer =
          layers
              .owner(part.origin().scope())
              .orElseGet(() -> layerOf(part.origin(), near, weights));
      byLayer.computeIfAbsent(layer, _ -> new ArrayList<>()).add(part);
    }
    return byLayer.entrySet().stream()
        .map(e -> new Served(e.getKey(), operations(e.getValue(), e.getKey())))
        .toList();
  }

  private List<String> operations(List<Step.Part> parts, int layer) {
    var computed =
        parts.stream()
            .filter(p -> !(p.operation() instanceof View) && !(p.operation() instanceof Source))
            .toList();
    var inside = layers.layers().get(layer).name() + "/";
    return (computed.isEmpty() ? parts : computed)
        .stream()
            .map(
                part -> {
                  var scope = part.origin().scope() + "/";
                  return (scope.startsWith(inside) ? scope.substring(inside.length()) : "")
                      + part.operation().name();
                })
            .toList();
  }

  /** Of an operation outside of all layers. */
  private int layerOf(Origin origin, Set<Integer> near, Set<Integer> weights) {
    return layers
        .between(origin.place(), near)
        .orElseGet(() -> weights.stream().min(Integer::compare).orElseGet(layers::loss));
  }

  private List<Step.Part> parts(Step step) {
    return switch (step) {
      case Step.LibraryCall c -> ofCall(c.operation(), c.origins());
      case Step.KernelCall c -> c.parts();
      case Step.HostCall c -> ofCall(c.operation(), c.origins());
      case Step.Copy _, Step.Loop _ -> List.of();
    };
  }

  private static List<Step.Part> ofCall(Op operation, List<Origin> origins) {
    return List.of(new Step.Part(operation, origins.isEmpty() ? Origin.NONE : origins.getFirst()));
  }
}
