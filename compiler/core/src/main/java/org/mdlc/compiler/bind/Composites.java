package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Composite;

/** Makes one composite node of what the body of a layer does in a graph of its own. */
final class Composites {
  private final Evaluator evaluator;

  Composites(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** Runs a body in a graph of its own and puts it into the outer one as a single node. */
  Datum make(Instance instance, Map<String, Datum> given, Supplier<Datum> body) {
    var outer = evaluator.emitter().frame();
    var frame = outer.inner(instance.kind());
    instance.restart();
    var before = evaluator.statement();
    var result =
        evaluator.within(
            frame,
            () ->
                evaluator.within(
                    instance,
                    () -> {
                      evaluator.mark();
                      return evaluator
                          .sketch()
                          .inside(instance, frame, given, instance.span(), body);
                    }));
    evaluator.statement(before);
    if (result.isPoison()) {
      return Poison.POISON;
    }
    return export(instance, frame, outer, result);
  }

  private Datum export(Instance instance, Frame frame, Frame outer, Datum result) {
    var tensors = new ArrayList<Tensor>();
    collect(result, tensors);
    for (int i = 0; i < tensors.size(); i++) {
      frame
          .builder()
          .output(tensors.size() == 1 ? "y" : "y" + i, Role.RESULT, frame.use(tensors.get(i)));
    }
    // Masks made outside, such as the input's own, need not come out of here again.
    var masks =
        tensors.stream()
            .map(Tensor::mask)
            .filter(m -> m != null && m.frame() == frame)
            .distinct()
            .toList();
    for (var mask : masks) {
      frame
          .builder()
          .output(
              masks.size() == 1 ? "mask" : "mask" + masks.indexOf(mask),
              Role.RESULT,
              frame.use(mask));
    }
    var logits =
        tensors.stream()
            .map(Tensor::logits)
            .filter(l -> l != null && l.of().frame() == frame)
            .map(Datum.Logits::of)
            .distinct()
            .toList();
    logits.forEach(l -> frame.builder().output("logits", Role.RESULT, frame.use(l)));
    var writes = frame.writes();
    writes.forEach(
        (variable, value) -> frame.builder().output(variable.path(), variable.role(), value));
    var losses = frame.addedLosses();
    losses.forEach(value -> frame.builder().output("loss", Role.RESULT, value));
    if (tensors.isEmpty() && writes.isEmpty() && losses.isEmpty()) {
      return result;
    }
    var operands =
        frame.captures().stream().map(v -> new Tensor(outer, v, Datum.Trail.NONE)).toList();
    evaluator.mark();
    var results =
        evaluator
            .emitter()
            .addAll(
                new Composite(instance.kind(), instance.path(), frame.builder().build()), operands);
    int at = tensors.size() + masks.size();
    var outside = new LinkedHashMap<Tensor, Tensor>();
    for (var inside : logits) {
      outside.put(inside, results.get(at++));
    }
    for (int i = 0; i < masks.size(); i++) {
      outside.put(masks.get(i), results.get(tensors.size() + i).with(masks.get(i).trail()));
    }
    for (var variable : writes.keySet()) {
      evaluator.emitter().write(variable, results.get(at++));
    }
    for (int i = 0; i < losses.size(); i++) {
      outer.addLoss(results.get(at++).value());
    }
    return replace(result, results.iterator(), outside);
  }

  private static void collect(Datum value, List<Tensor> tensors) {
    if (value instanceof Tensor t) {
      tensors.add(t);
    } else if (value instanceof Listing l) {
      l.items().forEach(i -> collect(i, tensors));
    }
  }

  private static Datum replace(Datum value, Iterator<Tensor> tensors, Map<Tensor, Tensor> outside) {
    return switch (value) {
      case Tensor t -> {
        var mask = t.mask();
        var logits = t.logits();
        yield tensors
            .next()
            .with(t.trail())
            .withMask(mask == null ? null : outside.getOrDefault(mask, mask))
            .withLogits(
                logits == null
                    ? null
                    : new Datum.Logits(
                        logits.function(), outside.getOrDefault(logits.of(), logits.of())));
      }
      case Listing l -> {
        var items = new ArrayList<Datum>();
        l.items().forEach(i -> items.add(replace(i, tensors, outside)));
        yield new Listing(items, l.tuple());
      }
      default -> value;
    };
  }
}
