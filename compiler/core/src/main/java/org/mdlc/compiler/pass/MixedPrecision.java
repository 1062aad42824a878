package org.mdlc.compiler.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.Objective;
import org.mdlc.compiler.bind.BoundProgram.Stage;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Origin;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Cast;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.Scan;
import org.mdlc.compiler.type.DType;

/**
 * Lets layers compute in a narrow float type, as Keras's mixed policies do: variables stay f32; a
 * layer casts what comes in, and weights where they meet it; what it gives is narrow. {@code
 * cast(x, f32)} in a layer, which normalization layers begin with, makes what follows f32. Losses,
 * metrics and updates are f32, since they begin with such a cast.
 *
 * <pre>
 * y = mat_mul(x, kernel)    -&gt;    y = mat_mul(cast(x, bf16), cast(kernel, bf16))
 * </pre>
 *
 * <p>Comes before differentiation: the gradient of a cast is a cast.
 */
public final class MixedPrecision {
  /** What a float is to those it meets. */
  private enum Kind {
    /** A weight or a number: takes the type of the others. */
    FREE,
    NARROW,
    /** f32, and makes what it meets f32. */
    WIDE;

    Kind with(Kind other) {
      return compareTo(other) >= 0 ? this : other;
    }
  }

  private record Typed(Value value, Kind kind) {}

  private final DType narrow;

  private MixedPrecision(DType narrow) {
    this.narrow = narrow;
  }

  /** The program with its phases in the precision that it asks for. */
  public static BoundProgram of(BoundProgram program) {
    return program.precision().map(p -> new MixedPrecision(p).program(program)).orElse(program);
  }

  private BoundProgram program(BoundProgram program) {
    var evaluate = program.evaluate();
    return program.withPhases(
        phase(program.predict()),
        evaluate == null ? null : phase(evaluate),
        program.stages().stream().map(this::stage).toList());
  }

  private Stage stage(Stage stage) {
    var objectives =
        stage.objectives().stream().map(o -> new Objective(phase(o.forward()), o.updates()));
    return new Stage(stage.name(), stage.epochs(), objectives.toList());
  }

  /** What crosses the boundary of a phase is f32. */
  private Graph phase(Graph graph) {
    var builder = new GraphBuilder(graph.name());
    var here = new HashMap<Integer, Typed>();
    for (var input : graph.inputs()) {
      var kind = input.role() == Role.PARAM || input.role() == Role.STATE ? Kind.FREE : Kind.WIDE;
      var value = builder.input(input.name(), input.role(), input.value().type());
      here.put(input.value().id(), new Typed(value, kind));
    }
    graph.nodes().forEach(n -> node(n, builder, here));
    for (var output : graph.outputs()) {
      var value = as(Kind.WIDE, Known.in(here, output.value().id()), builder);
      builder.output(output.name(), output.role(), value);
    }
    return builder.build();
  }

  private record Body(Graph graph, List<Kind> results) {}

  /**
   * A body for operands of these kinds.
   *
   * @param wanted what its results are to be; null for what they come to
   */
  private Body body(Graph graph, List<Kind> kinds, List<Kind> wanted) {
    var builder = new GraphBuilder(graph.name());
    var here = new HashMap<Integer, Typed>();
    for (int i = 0; i < kinds.size(); i++) {
      var input = graph.inputs().get(i);
      var type = input.value().type();
      var held = isNarrow(type.dtype(), kinds.get(i)) ? type.withDType(narrow) : type;
      var value = builder.input(input.name(), input.role(), held);
      here.put(input.value().id(), new Typed(value, kinds.get(i)));
    }
    graph.nodes().forEach(n -> node(n, builder, here));
    var results = new ArrayList<Kind>();
    for (int i = 0; i < graph.outputs().size(); i++) {
      var output = graph.outputs().get(i);
      var found = Known.in(here, output.value().id());
      var kind = i < wanted.size() ? wanted.get(i) : found.kind();
      builder.output(output.name(), output.role(), as(kind, found, builder));
      results.add(kind);
    }
    return new Body(builder.build(), results);
  }

  private static boolean isNarrow(DType dtype, Kind kind) {
    return dtype == DType.F32 && kind == Kind.NARROW;
  }

  private Value as(Kind kind, Typed x, GraphBuilder builder) {
    var dtype = x.value().type().dtype();
    if (!dtype.isFloat()) {
      return x.value();
    }
    var wanted =
        switch (kind) {
          case NARROW -> narrow;
          case WIDE -> DType.F32;
          case FREE -> dtype;
        };
    return dtype == wanted ? x.value() : builder.add(new Cast(wanted), x.value());
  }

  // ---- nodes

  private void node(Node node, GraphBuilder builder, Map<Integer, Typed> here) {
    var origin = builder.origin();
    builder.at(node.origin().equals(Origin.NONE) ? origin : node.origin());
    var operands = node.operands().stream().map(v -> Known.in(here, v.id())).toList();
    switch (node.op()) {
      case Composite c -> layer(c, node, operands, builder, here);
      case Scan s -> scan(s, node, operands, builder, here);
      case Cast c when c.dtype() == DType.F32 && isFloat(operands.getFirst()) -> {
        var wide = as(Kind.WIDE, operands.getFirst(), builder);
        here.put(node.result().id(), new Typed(wide, Kind.WIDE));
      }
      default -> {
        var kind = met(operands);
        var values = operands.stream().map(o -> as(kind, o, builder)).toList();
        put(node, builder, values, kind, here);
      }
    }
    builder.at(origin);
  }

  private static boolean isFloat(Typed x) {
    return x.value().type().dtype().isFloat();
  }

  private static Kind met(List<Typed> operands) {
    return operands.stream()
        .filter(MixedPrecision::isFloat)
        .map(Typed::kind)
        .reduce(Kind.FREE, Kind::with);
  }

  private static void put(
      Node node, GraphBuilder builder, List<Value> operands, Kind kind, Map<Integer, Typed> here) {
    var results =
        builder.addNamed(node.op(), operands, node.results().getFirst().name(), builder.origin());
    for (int i = 0; i < results.size(); i++) {
      here.put(node.results().get(i).id(), new Typed(results.get(i), kind));
    }
  }

  /** Weights go in as they are; all other floats, and what comes out, are narrow. */
  private void layer(
      Composite layer,
      Node node,
      List<Typed> operands,
      GraphBuilder builder,
      Map<Integer, Typed> here) {
    var kinds =
        operands.stream().map(o -> o.kind() == Kind.FREE ? Kind.FREE : Kind.NARROW).toList();
    var values = new ArrayList<Value>();
    for (int i = 0; i < kinds.size(); i++) {
      values.add(as(kinds.get(i), operands.get(i), builder));
    }
    var wanted =
        layer.body().outputs().stream()
            .map(o -> o.role().isVariable() ? Kind.WIDE : Kind.NARROW)
            .toList();
    var body = body(layer.body(), kinds, wanted);
    var results =
        builder.addNamed(
            new Composite(layer.kind(), layer.scope(), body.graph()),
            values,
            node.results().getFirst().name(),
            builder.origin());
    for (int i = 0; i < results.size(); i++) {
      here.put(node.results().get(i).id(), new Typed(results.get(i), body.results().get(i)));
    }
  }

  /** What is carried has one type in all steps: the one that a step makes of it. */
  private void scan(
      Scan scan, Node node, List<Typed> operands, GraphBuilder builder, Map<Integer, Typed> here) {
    var kinds = new ArrayList<>(operands.stream().map(Typed::kind).toList());
    var body = body(scan.body(), kinds, List.of());
    while (!body.results().subList(0, scan.carries()).equals(kinds.subList(0, scan.carries()))) {
      for (int i = 0; i < scan.carries(); i++) {
        kinds.set(i, kinds.get(i).with(body.results().get(i)));
      }
      body = body(scan.body(), kinds, kinds.subList(0, scan.carries()));
    }
    var values = new ArrayList<Value>();
    for (int i = 0; i < kinds.size(); i++) {
      values.add(as(kinds.get(i), operands.get(i), builder));
    }
    var results =
        builder.addNamed(
            new Scan(body.graph(), scan.carries(), scan.sequences(), scan.reverse()),
            values,
            node.results().getFirst().name(),
            builder.origin());
    for (int i = 0; i < results.size(); i++) {
      here.put(node.results().get(i).id(), new Typed(results.get(i), body.results().get(i)));
    }
  }
}
