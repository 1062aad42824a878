package org.mdlc.compiler.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.keras.KerasGraph.Argument;
import org.mdlc.compiler.keras.KerasGraph.Call;
import org.mdlc.compiler.keras.KerasGraph.Layer;
import org.mdlc.compiler.keras.KerasGraph.Plain;
import org.mdlc.compiler.keras.KerasGraph.Tensor;
import org.mdlc.compiler.syntax.Ast;

/**
 * What calls are given, without what goes without saying: that this is no training, and the masks
 * that tensors carry along, which Keras 3 writes down as operations of their own.
 */
final class CallArguments {
  private static final Set<String> MASKS = Set.of("mask", "query_mask", "value_mask", "key_mask");

  private final KerasGraph graph;
  private final Outline outline;
  private final Set<Tensor> masked = new HashSet<>();
  private final Map<Call, Call> known = new HashMap<>();

  CallArguments(KerasGraph graph, Outline outline) {
    this.graph = graph;
    this.outline = outline;
    for (var layer : graph.layers().values()) {
      var zero = Json.config(layer.json()).get("mask_zero");
      boolean makesMasks =
          layer.className().equals("Masking") || Json.isBoolean(zero) && zero.getAsBoolean();
      if (makesMasks) {
        layer.calls().forEach(c -> c.tensors().forEach(masked::add));
      }
    }
  }

  /** The arguments of a call that are worth saying. */
  Call of(Layer layer, Call call) {
    return known.computeIfAbsent(call, c -> plain(layer, c));
  }

  private Call plain(Layer layer, Call call) {
    var named = new LinkedHashMap<String, Argument>();
    call.named()
        .forEach(
            (name, value) -> {
              if (name.equals("training")) {
                training(layer, value);
              } else if (!goesWithoutSaying(name, value)) {
                named.put(name, value);
              }
            });
    return new Call(call.positional(), named);
  }

  private void training(Layer layer, Argument value) {
    if (value instanceof Plain p && Json.isBoolean(p.value()) && p.value().getAsBoolean()) {
      outline.noCounterpart(
          layer.json(),
          "the layer `" + layer.name() + "` is called with training = True, also in prediction",
          "call it without that in Keras; what a layer does in training only is decided by the phase");
    }
  }

  private boolean goesWithoutSaying(String name, Argument value) {
    if (value instanceof Plain p) {
      return Json.isNull(p.value()) || Json.isBoolean(p.value()) && !p.value().getAsBoolean();
    }
    return MASKS.contains(name) && value.tensors().allMatch(this::comesAlong);
  }

  /** True for a mask worked out of what enters a layer that makes masks, by operations only. */
  private boolean comesAlong(Tensor mask) {
    var open = new ArrayList<>(List.of(mask));
    var seen = new HashSet<Tensor>();
    boolean found = false;
    while (!open.isEmpty()) {
      var tensor = open.removeLast();
      if (!seen.add(tensor)) {
        continue;
      }
      var maker = graph.maker(tensor);
      if (masked.contains(tensor)) {
        found = true;
      } else if (maker.isOperation()) {
        maker.calls().get(tensor.call()).tensors().forEach(open::add);
      } else {
        return false;
      }
    }
    return found;
  }

  /** Lists of operands opened: {@code Add()([a, b])} is {@code Add()(a, b)}. */
  static List<Argument> flat(List<Argument> positional) {
    return positional.stream()
        .flatMap(
            a ->
                a instanceof KerasGraph.Items i
                    ? i.items().stream()
                    : java.util.stream.Stream.of(a))
        .toList();
  }

  /** True when a float input of the model enters a layer that takes indices. */
  boolean wantsWholeNumbers(Layer reader, Tensor tensor) {
    return takesWholeNumbers(reader)
        && graph.maker(tensor).isInput()
        && !isWhole(graph.maker(tensor));
  }

  /** True for Embedding and its like. */
  static boolean takesWholeNumbers(Layer layer) {
    return Definitions.find(Ast.Kind.LAYER, layer.className())
        .filter(d -> !d.operands().isEmpty())
        .map(d -> d.operands().getFirst().type())
        .filter(t -> t instanceof Ast.TensorType tensor && tensor.dtype().text().equals("i32"))
        .isPresent();
  }

  private final Set<String> declaredWhole = new HashSet<>();

  /** Notes that an input is declared as whole numbers. */
  void declareWhole(String input) {
    declaredWhole.add(input);
  }

  private boolean isWhole(Layer input) {
    return declaredWhole.contains(input.name());
  }
}
