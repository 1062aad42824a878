package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.mdlc.compiler.bind.BoundProgram.HostStep;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.bind.Datum.Strings;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Trail;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/**
 * Layers that run on the host, over strings, before a batch enters the graph: what they give is an
 * input of the graph.
 */
final class HostLayers {
  /** What the runtime knows to do. */
  private static final List<String> KINDS =
      List.of("TextVectorization", "StringLookup", "Hashing", "HashedCrossing");

  private final Evaluator evaluator;
  private final Map<String, HostStep> steps = new LinkedHashMap<>();
  private final Map<Frame, Map<String, Value>> inputs = new LinkedHashMap<>();

  HostLayers(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** In the order in which the model asks for them. */
  List<HostStep> steps() {
    return List.copyOf(steps.values());
  }

  /** The body of {@code on_host(kind, x, shape, dtype)}. */
  static Datum onHost(Given g) {
    var kind = g.text("kind");
    if (!KINDS.contains(kind)) {
      var misuse =
          g.wrong(Codes.UNKNOWN_NAME, "kind", "nothing runs on the host as \"" + kind + "\"");
      var near = DidYouMean.nearest(kind, KINDS);
      throw near.isPresent()
          ? misuse.help("did you mean \"" + near.get() + "\"?")
          : misuse.note("there are " + String.join(", ", KINDS));
    }
    if (kind.startsWith("Hash")) {
      requireBins(g, kind);
    }
    var texts = new ArrayList<Strings>();
    for (var item : g.get("x") instanceof Datum.Listing l ? l.items() : List.of(g.get("x"))) {
      if (!(item instanceof Strings s)) {
        throw g.wrong(
            Codes.TEXT_EXPECTED, "x", "on_host takes text inputs of the model, not " + item.kind());
      }
      texts.add(s);
    }
    var dims = new ArrayList<>(List.of(Dim.BATCH));
    dims.addAll(g.shape("shape").dims());
    var type = new TensorType(g.dtype("dtype"), new Shape(dims));
    return g.evaluator().hostLayers().give(kind, texts, type);
  }

  /** Hashing has no default for how many bins there are. */
  private static void requireBins(Given g, String kind) {
    var bins = g.evaluator().instance().arguments().values().get("num_bins");
    if (bins == null) {
      throw g.wrong(Codes.MISSING_ARGUMENT, "kind", kind + " needs a layer with `num_bins`")
          .help("give the layer an argument `num_bins: int`");
    }
    if (!(bins instanceof Datum.Whole w && w.dim().isConstant() && w.dim().value() > 0)) {
      throw g.wrong(
          Codes.VALUE_OUT_OF_RANGE,
          "kind",
          "num_bins of " + kind + " must be a positive number, not " + bins.text());
    }
  }

  private Tensor give(String kind, List<Strings> texts, TensorType type) {
    var layer = evaluator.instance();
    var sources = texts.stream().map(Strings::name).toList();
    // Paths of weights end in the name of a weight, and such a layer has none.
    var port = layer.path() + "/" + String.join("+", sources);
    steps.computeIfAbsent(
        port,
        _ ->
            new HostStep(
                kind, layer.path(), json(layer.arguments()), sources, new Port(port, type)));
    var root = evaluator.emitter().frame().root();
    var value =
        inputs
            .computeIfAbsent(root, _ -> new LinkedHashMap<>())
            .computeIfAbsent(port, _ -> root.builder().input(port, Role.DATA, type));
    return new Tensor(root, value, Trail.NONE);
  }

  // ---- arguments as the runtime reads them

  private static String json(Arguments arguments) {
    return arguments.values().entrySet().stream()
        .map(e -> quoted(e.getKey()) + ": " + json(e.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String json(Datum value) {
    return switch (value) {
      case Datum.Text t -> quoted(t.value());
      case Datum.Listing l ->
          l.items().stream().map(HostLayers::json).collect(Collectors.joining(", ", "[", "]"));
      case Datum.None _ -> "null";
      case Datum.Truth t -> Boolean.toString(t.value());
      case Datum.Whole w when w.dim().isConstant() -> Long.toString(w.dim().value());
      case Datum.Real r -> Double.toString(r.value());
      default ->
          throw new Misuse(
              Codes.NOT_COMPILE_TIME,
              "a layer on the host is described by plain values, not by " + value.kind());
    };
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
