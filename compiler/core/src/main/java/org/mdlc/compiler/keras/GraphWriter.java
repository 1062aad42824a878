package org.mdlc.compiler.keras;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.mdlc.compiler.keras.KerasGraph.Argument;
import org.mdlc.compiler.keras.KerasGraph.Call;
import org.mdlc.compiler.keras.KerasGraph.Layer;
import org.mdlc.compiler.keras.KerasGraph.Tensor;

/**
 * Writes the calls of a model as statements: layers one after another as a pipeline, a name where a
 * tensor is used twice, a layer value where a layer is.
 */
final class GraphWriter {
  /** A pipeline of more characters has a line for each step. */
  private static final int WIDTH = 100;

  /** A longer pipeline is easier to read in two. */
  private static final int LONGEST_PIPE = 24;

  /** One call of one layer. */
  private record Place(String layer, int call) {}

  /** An expression: a value and what it is piped through. */
  private record Pipe(String head, List<String> steps) {
    String text() {
      int width = head.length() + steps.stream().mapToInt(step -> 4 + step.length()).sum();
      var link = width > WIDTH ? "\n|> " : " |> ";
      return steps.isEmpty() ? head : head + link + String.join(link, steps);
    }

    Pipe then(String step) {
      var more = new ArrayList<>(steps);
      more.add(step);
      return new Pipe(head, more);
    }
  }

  private final KerasGraph graph;
  private final CallWriter calls;
  private final OperationWriter operations;
  private final Naming naming;
  private final Names names;
  private final CallArguments arguments;
  private final Map<Tensor, String> named = new HashMap<>();
  private final Map<Tensor, Integer> uses = new HashMap<>();
  private final Map<Tensor, Place> reader = new HashMap<>();
  private final Map<Place, Integer> outputCounts = new HashMap<>();
  private final Set<Place> needed = new HashSet<>();
  private final Map<Place, Integer> inlined = new HashMap<>();
  private final Map<String, String> shared = new HashMap<>();
  private final Map<String, LayerNode> nodes = new LinkedHashMap<>();
  private final StringBuilder text = new StringBuilder();

  GraphWriter(KerasGraph graph, CallWriter calls, Outline outline, Naming naming, Names names) {
    this.graph = graph;
    this.calls = calls;
    this.operations = new OperationWriter(outline);
    this.naming = naming;
    this.names = names;
    this.arguments = new CallArguments(graph, outline);
    graph.outputs().values().forEach(this::count);
    reach();
  }

  /**
   * Says what a tensor that enters is called.
   *
   * @param whole it is declared as whole numbers
   */
  void name(Tensor input, String name, boolean whole) {
    named.put(input, name);
    if (whole) {
      arguments.declareWhole(input.layer());
    }
  }

  /**
   * Tensors that leave and are used inside as well, or leave twice, or come from outside as they
   * are.
   */
  boolean isUsedInside(Tensor tensor) {
    return uses.getOrDefault(tensor, 0) > 1 || named.containsKey(tensor) || outputCount(tensor) > 1;
  }

  /** The calls that read a tensor. */
  List<Layer> readers(Tensor tensor) {
    return needed.stream()
        .filter(p -> tensors(p).contains(tensor))
        .map(p -> layer(p.layer()))
        .toList();
  }

  private List<Tensor> tensors(Place place) {
    return arguments.of(layer(place.layer()), call(place)).tensors().toList();
  }

  private Layer layer(String name) {
    var layer = graph.layers().get(name);
    if (layer == null) {
      throw new NotKeras("config.json speaks of a layer " + name + ", which it does not have");
    }
    return layer;
  }

  private Call call(Place place) {
    return layer(place.layer()).calls().get(place.call());
  }

  private void count(Tensor tensor) {
    uses.merge(tensor, 1, Integer::sum);
  }

  /** Finds the calls that the outputs need. */
  private void reach() {
    var open = new ArrayDeque<Tensor>(graph.outputs().values());
    while (!open.isEmpty()) {
      var tensor = open.pop();
      var maker = graph.maker(tensor);
      if (maker.isInput() || graph.inputs().contains(tensor)) {
        continue;
      }
      var place = place(tensor);
      if (needed.add(place)) {
        for (var operand : tensors(place)) {
          count(operand);
          reader.put(operand, place);
          open.push(operand);
        }
      }
    }
    uses.keySet().forEach(t -> outputCounts.merge(place(t), t.output() + 1, Math::max));
  }

  private static Place place(Tensor tensor) {
    return new Place(tensor.layer(), tensor.call());
  }

  // ---- statements

  /** Writes all statements but those that give the outputs that nothing else uses. */
  String statements(Map<Tensor, String> outputNames) {
    var keep = new HashSet<>(outputNames.keySet());
    var order = inOrder();
    inline(order);
    for (var place : order) {
      boolean onlyLeaves =
          outputCount(place) == 1 && keep.contains(first(place)) && !isUsedInside(first(place));
      if (onlyLeaves || inlined.containsKey(place)) {
        continue;
      }
      statement(place, outputNames);
    }
    return text.toString();
  }

  private void statement(Place place, Map<Tensor, String> outputNames) {
    makeShared(place);
    int count = outputCount(place);
    var base =
        place.layer()
            + (layer(place.layer()).calls().size() > 1 && isShared(place.layer())
                ? "_" + (place.call() + 1)
                : "");
    var results = new ArrayList<String>();
    var expression = pipe(place);
    for (int i = 0; i < count; i++) {
      var tensor = new Tensor(place.layer(), place.call(), i);
      if (!uses.containsKey(tensor)) {
        results.add("_");
        continue;
      }
      var wanted = count == 1 ? base : resultName(place, i, base);
      var name = outputNames.containsKey(tensor) ? outputNames.get(tensor) : names.claim(wanted);
      named.put(tensor, name);
      results.add(name);
    }
    text.append("let ")
        .append(count == 1 ? results.getFirst() : "(" + String.join(", ", results) + ")")
        .append(" = ")
        .append(expression.text())
        .append('\n');
  }

  /** The expression of an output that nothing else uses. */
  String expression(Tensor tensor, StringBuilder lines) {
    var known = named.get(tensor);
    if (known != null) {
      return known;
    }
    var place = place(tensor);
    text.setLength(0);
    makeShared(place);
    lines.append(text);
    return pipe(place).text();
  }

  /** The layers in the order of the file, with what is in them. */
  List<LayerNode> nodes() {
    return graph.layers().values().stream()
        .filter(l -> nodes.containsKey(l.name()))
        .map(l -> nodes.get(l.name()))
        .toList();
  }

  /** What one of several results of a call is called. */
  private String resultName(Place place, int output, String base) {
    var layer = layer(place.layer());
    if (CallWriter.isModel(layer.json())) {
      return List.copyOf(KerasGraph.of(layer.json()).outputs().keySet()).get(output);
    }
    return output == 0 ? base : base + (output == 1 ? "_state" : "_state_" + output);
  }

  private List<Place> inOrder() {
    var position = new HashMap<String, Integer>();
    graph.layers().keySet().forEach(name -> position.put(name, position.size()));
    var waiting = new HashMap<Place, Integer>();
    var readers = new HashMap<Place, List<Place>>();
    var ready =
        new PriorityQueue<Place>(
            Comparator.<Place>comparingInt(p -> position.getOrDefault(p.layer(), 0))
                .thenComparingInt(Place::call));
    for (var place : needed) {
      var sources =
          tensors(place).stream()
              .map(GraphWriter::place)
              .filter(needed::contains)
              .distinct()
              .toList();
      waiting.put(place, sources.size());
      sources.forEach(s -> readers.computeIfAbsent(s, _ -> new ArrayList<>()).add(place));
      if (sources.isEmpty()) {
        ready.add(place);
      }
    }
    var order = new ArrayList<Place>();
    while (!ready.isEmpty()) {
      var place = ready.poll();
      order.add(place);
      for (var reader : readers.getOrDefault(place, List.of())) {
        if (waiting.merge(reader, -1, Integer::sum) == 0) {
          ready.add(reader);
        }
      }
    }
    if (order.size() < needed.size()) {
      throw new NotKeras("the layers of config.json feed each other in a circle");
    }
    return order;
  }

  // ---- expressions

  private static Tensor first(Place place) {
    return new Tensor(place.layer(), place.call(), 0);
  }

  private int outputCount(Place place) {
    return outputCount(first(place));
  }

  private int outputCount(Tensor tensor) {
    var layer = graph.maker(tensor);
    if (layer.isInput()) {
      return 1;
    }
    int used = outputCounts.getOrDefault(place(tensor), 1);
    return Math.max(used, OutputCount.of(layer.json(), call(place(tensor))));
  }

  /**
   * Read by one pipeline only, of which it is the beginning; {@code order} has what it reads first.
   */
  private void inline(List<Place> order) {
    for (var place : order) {
      var tensor = first(place);
      var next = reader.get(tensor);
      int length = 1;
      for (var operand : isPiped(place) ? tensors(place) : List.<Tensor>of()) {
        length += inlined.getOrDefault(place(operand), 0);
      }
      if (next != null
          && outputCount(place) == 1
          && uses.getOrDefault(tensor, 0) == 1
          && length < LONGEST_PIPE
          && isPiped(next)) {
        inlined.put(place, length);
      }
    }
  }

  private boolean isPiped(Place place) {
    var layer = layer(place.layer());
    var given = arguments.of(layer, call(place));
    return layer.isOperation()
        ? OperationWriter.isStep(layer, given)
        : given.named().isEmpty()
            && CallArguments.flat(given.positional()).size() == 1
            && CallArguments.flat(given.positional()).getFirst() instanceof Tensor;
  }

  private boolean isShared(String layer) {
    return layer(layer).calls().size() > 1
        && needed.stream().filter(p -> p.layer().equals(layer)).count() > 1;
  }

  /** Makes the layers that are called several times, before the first statement that calls one. */
  private void makeShared(Place place) {
    var chain = new ArrayDeque<Place>();
    var next = place;
    while (true) {
      chain.push(next);
      var operands = tensors(next);
      if (!isPiped(next) || operands.size() != 1) {
        break;
      }
      var before = place(operands.getFirst());
      if (!inlined.containsKey(before)) {
        break;
      }
      next = before;
    }
    for (var step : chain) {
      var layer = layer(step.layer());
      if (!layer.isOperation() && isShared(step.layer()) && !shared.containsKey(step.layer())) {
        var made = make(layer);
        var name = names.claim(step.layer());
        shared.put(step.layer(), name);
        text.append("let ").append(name).append(" = ").append(made).append('\n');
      }
    }
  }

  private String make(Layer layer) {
    var made = calls.layer(layer.json(), naming);
    nodes.put(layer.name(), made.node());
    return made.text();
  }

  private Pipe pipe(Place place) {
    var layer = layer(place.layer());
    var given = arguments.of(layer, call(place));
    if (layer.isOperation()) {
      return operation(layer, given);
    }
    var operands = CallArguments.flat(given.positional());
    boolean piped = given.named().isEmpty() && operands.stream().allMatch(o -> o instanceof Tensor);
    if (piped && operands.size() == 1) {
      return whole(layer, (Tensor) operands.getFirst()).then(target(layer));
    }
    if (piped) {
      var head = operands.stream().map(this::operand).toList();
      return new Pipe("(" + String.join(", ", head) + ")", List.of(target(layer)));
    }
    var all = new ArrayList<String>();
    given.positional().forEach(o -> all.add(operand(o)));
    given.named().forEach((name, value) -> all.add(name + " = " + operand(value)));
    return new Pipe(target(layer) + "(" + String.join(", ", all) + ")", List.of());
  }

  private Pipe operation(Layer layer, Call given) {
    boolean step = OperationWriter.isStep(layer, given);
    var head =
        step ? whole(layer, (Tensor) given.positional().getFirst()) : new Pipe("", List.of());
    var written = operations.write(layer, given, step ? _ -> "" : this::operand);
    return written.step().isPresent()
        ? (step ? head : new Pipe(operand(given.positional().getFirst()), List.of()))
            .then(written.step().get())
        : new Pipe(written.text(), List.of());
  }

  /** What stands before a pipeline's next step. */
  private Pipe whole(Layer reader, Tensor tensor) {
    var place = place(tensor);
    if (named.containsKey(tensor) || !needed.contains(place)) {
      var name = operand(tensor);
      return new Pipe(
          arguments.wantsWholeNumbers(reader, tensor) ? "cast(" + name + ", i32)" : name,
          List.of());
    }
    return pipe(place);
  }

  private String target(Layer layer) {
    var known = shared.get(layer.name());
    return known != null ? known : make(layer);
  }

  private String operand(Argument argument) {
    return switch (argument) {
      case Tensor t -> {
        var name = named.get(t);
        if (name == null) {
          throw new NotKeras("config.json uses " + t.layer() + " before it is there");
        }
        yield name;
      }
      case KerasGraph.Items i ->
          i.items().stream()
              .map(this::operand)
              .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
      case KerasGraph.Plain p -> plain(p);
    };
  }

  private static String plain(KerasGraph.Plain plain) {
    var value = plain.value();
    if (Json.isNull(value)) {
      return "none";
    }
    return Json.isNumber(value)
        ? Text.number(value)
        : Json.string(value).map(Text::quoted).orElse(value.toString());
  }
}
