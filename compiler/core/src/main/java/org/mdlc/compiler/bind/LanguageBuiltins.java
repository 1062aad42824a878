package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.Datum.Listing;
import org.mdlc.compiler.bind.Datum.None;
import org.mdlc.compiler.bind.Datum.Real;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/** Functions of compile-time values, and what a layer can say about itself. */
final class LanguageBuiltins {
  private LanguageBuiltins() {}

  static Stream<Builtin> all() {
    return Stream.of(
        Builtin.of(
            "len(list)", "Number of values in a list.", g -> Datum.whole(list(g, "list").size())),
        Builtin.of("range(n, end = none)", "0 .. n-1, or n .. end-1.", LanguageBuiltins::range),
        Builtin.of(
            "map(function, list)", "The function applied to each value.", LanguageBuiltins::map),
        Builtin.of("zip(a, b)", "Pairs of values of two lists.", LanguageBuiltins::zip),
        Builtin.of("enumerate(list)", "Pairs of place and value.", LanguageBuiltins::enumerate),
        Builtin.of(
            "reversed(list)",
            "The list from its end.",
            g -> Datum.list(list(g, "list").reversed())),
        Builtin.of(
            "duplicates(list)",
            "The values that a list has more than once, each once.",
            LanguageBuiltins::duplicates),
        Builtin.of(
            "is_list(x)",
            "True for lists and tuples.",
            g -> new Truth(g.get("x") instanceof Listing)),
        Builtin.of(
            "is_tensor(x)", "True for tensors.", g -> new Truth(g.get("x") instanceof Tensor)),
        Builtin.of(
            "is_layer(x)", "True for layers.", g -> new Truth(g.get("x") instanceof Datum.Layer)),
        Builtin.of("int(x)", "The whole part of a number.", LanguageBuiltins::whole).unmasked(),
        Builtin.of("float(x)", "A number as a float.", LanguageBuiltins::real).unmasked(),
        Builtin.of(
            "matches(pattern, text)",
            "True where a part of the text fits the regular expression.",
            LanguageBuiltins::matches),
        Builtin.of("str(x)", "A value as text.", g -> new Datum.Text(g.get("x").text())),
        Builtin.of(
            "error(message)",
            "Ends the compilation with a message.",
            g -> {
              throw new Misuse(Codes.REQUIREMENT_FAILED, g.text("message"));
            }),
        Builtin.of(
            "copy_layer(layer, name = none, *changes)",
            "Another layer of the same configuration with some arguments changed, and with weights of its own.",
            g -> {
              throw new IllegalStateException("copy_layer is a case of its own in Calls");
            }),
        Builtin.of(
            "with_weight(layer, names, function, keep = false)",
            "The layer, which when called sees its weight of this name (or of the first of several) through a function; the optimizer moves the weight itself. With keep the weight becomes what the function gives.",
            LanguageBuiltins::withWeight),
        Builtin.of(
            "split_text(text, separator)",
            "The pieces of a text between separators; without a separator its characters.",
            LanguageBuiltins::splitText),
        Builtin.of(
            "compute_dtype()",
            "Name of the element type in which layers compute: f32, or bf16 or f16 under a mixed precision.",
            g -> new Datum.Text(g.evaluator().precision().orElse(DType.F32).text())),
        Builtin.of(
            "fixed_batch()",
            "The number of examples that an input declares for every batch (`input x: f32[8] batch 4`), or none.",
            LanguageBuiltins::fixedBatch),
        Builtin.of(
            "has_argument(layer, name)",
            "True for a layer whose configuration has an argument of this name.",
            g -> new Truth(layer(g, "layer").arguments().values().containsKey(g.text("name")))),
        Builtin.of(
            "keeps_state(layer)",
            "True for a layer that has been called and draws random numbers or keeps `state`, itself or inside.",
            g -> new Truth(layer(g, "layer").keepsState())),
        Builtin.of(
            "operand_shapes(layer, x)",
            "The shapes of a layer's operands after the first, as its second list declares them, when the first is x.",
            g -> g.evaluator().layers().operandShapes(layer(g, "layer"), g.tensor("x"))),
        Builtin.of(
            "mask_of(x)", "The mask that a tensor carries, or none.", LanguageBuiltins::maskOf),
        Builtin.of(
            "with_mask(x, mask)",
            "x, carrying a mask (bool, the first dimensions of x) or none.",
            LanguageBuiltins::withMask),
        Builtin.of(
            "logits_of(p, function)",
            "What p was made of, if it came straight out of `\"softmax\"` (over the last axis) or `\"sigmoid\"`, also at the end of a layer; else none.",
            LanguageBuiltins::logitsOf),
        Builtin.of(
            "with_logits(p, x, function)",
            "p, remembered as the function of x that logits_of asks for.",
            LanguageBuiltins::withLogits),
        Builtin.of(
            "on_host(kind, x, shape, dtype = f32)",
            "What the runtime's layer of this kind, with the arguments of the layer that asks, makes of text before a batch enters the model.",
            HostLayers::onHost),
        Builtin.of(
            "in_range(x, low, high, also = none)",
            "x itself. Where it is an input or label of the model, in any shape, data whose whole numbers are not low .. high-1 (or `also`) is an error that names row and number.",
            Ranges::inRange),
        Builtin.of(
            "add_loss(x, value)",
            "x itself; the number is added to the loss that is minimised.",
            LanguageBuiltins::addLoss));
  }

  private static List<Datum> list(Given g, String name) {
    if (g.get(name) instanceof Listing l) {
      return l.items();
    }
    throw g.wrong(
        Codes.TYPE_MISMATCH, name, "`" + name + "` must be a list, not " + g.get(name).kind());
  }

  private static Datum range(Given g) {
    var from = g.has("end") ? g.dim("n") : Dim.ZERO;
    return Evaluator.numbers(from, (g.has("end") ? g.dim("end") : g.dim("n")).plus(-1));
  }

  private static Datum map(Given g) {
    var result = new ArrayList<Datum>();
    for (var item : list(g, "list")) {
      result.add(
          g.evaluator()
              .calls()
              .invoke(
                  g.get("function"),
                  List.of(Actual.of(item, g.span())),
                  g.evaluator().emptyScope(),
                  g.span(),
                  g.span()));
    }
    return Datum.list(result);
  }

  private static Datum zip(Given g) {
    var a = list(g, "a");
    var b = list(g, "b");
    if (a.size() != b.size()) {
      throw g.wrong(
          Codes.VALUE_OUT_OF_RANGE,
          "b",
          "zip needs lists of one length, not " + a.size() + " and " + b.size());
    }
    var pairs = new ArrayList<Datum>();
    for (int i = 0; i < a.size(); i++) {
      pairs.add(Datum.tuple(List.of(a.get(i), b.get(i))));
    }
    return Datum.list(pairs);
  }

  private static Datum duplicates(Given g) {
    var seen = new LinkedHashSet<Datum>();
    var again = new LinkedHashSet<Datum>();
    list(g, "list").stream().filter(item -> !seen.add(item)).forEach(again::add);
    return Datum.list(List.copyOf(again));
  }

  private static Datum enumerate(Given g) {
    var items = list(g, "list");
    var pairs = new ArrayList<Datum>();
    for (int i = 0; i < items.size(); i++) {
      pairs.add(Datum.tuple(List.of(Datum.whole(i), items.get(i))));
    }
    return Datum.list(pairs);
  }

  private static Datum whole(Given g) {
    return switch (g.get("x")) {
      case Whole w -> w;
      case Real r when Math.abs(r.value()) < 1e15 -> Datum.whole((long) r.value());
      case Truth t -> Datum.whole(t.value() ? 1 : 0);
      case Tensor t -> g.emit().cast(t, DType.I32);
      default ->
          throw g.wrong(Codes.TYPE_MISMATCH, "x", "int needs a number, not " + g.get("x").kind());
    };
  }

  private static Datum matches(Given g) {
    try {
      return new Truth(Pattern.compile(g.text("pattern")).matcher(g.text("text")).find());
    } catch (PatternSyntaxException e) {
      throw g.wrong(
          Codes.VALUE_OUT_OF_RANGE,
          "pattern",
          "`" + g.text("pattern") + "` is no regular expression: " + e.getDescription());
    }
  }

  private static Datum real(Given g) {
    var number = g.get("x").number();
    return number.isPresent() ? new Real(number.get()) : g.emit().cast(g.tensor("x"), DType.F32);
  }

  private static Datum withWeight(Given g) {
    if (!(g.get("layer") instanceof Datum.Layer layer)) {
      throw g.wrong(
          Codes.TYPE_MISMATCH, "layer", "with_weight takes a layer, not " + g.get("layer").kind());
    }
    var names = new ArrayList<String>();
    for (var name : g.items("names")) {
      if (!(name instanceof Datum.Text t)) {
        throw g.wrong(Codes.TYPE_MISMATCH, "names", "a name is a string, not " + name.kind());
      }
      names.add(t.value());
    }
    if (!g.get("function").callable()) {
      throw g.wrong(
          Codes.TYPE_MISMATCH,
          "function",
          "`function` must be a function, not " + g.get("function").kind());
    }
    return layer.through(
        new Datum.Reading(names, g.get("function"), g.truth("keep"), g.evaluator().instance()));
  }

  private static Datum splitText(Given g) {
    var separator = g.text("separator");
    var text = g.text("text");
    if (separator.isEmpty()) {
      return Datum.list(
          text.codePoints().mapToObj(c -> new Datum.Text(Character.toString(c))).toList());
    }
    var pieces = text.split(Pattern.quote(separator), -1);
    return Datum.list(Stream.of(pieces).map(Datum.Text::new).toList());
  }

  private static Datum fixedBatch(Given g) {
    var batch = g.evaluator().inputs().fixedBatch();
    return batch == null ? None.NONE : Datum.whole(batch);
  }

  private static Instance layer(Given g, String name) {
    if (g.get(name) instanceof Datum.Layer l) {
      return l.instance();
    }
    throw g.wrong(
        Codes.TYPE_MISMATCH, name, "`" + name + "` must be a layer, not " + g.get(name).kind());
  }

  private static Datum maskOf(Given g) {
    g.evaluator().masks().take();
    var mask = g.tensor("x").mask();
    return mask == null ? None.NONE : mask;
  }

  private static Datum withMask(Given g) {
    var x = g.tensor("x");
    return x.withMask(g.has("mask") ? g.evaluator().masks().fitting(x, g) : null);
  }

  private static Datum logitsOf(Given g) {
    var logits = g.tensor("p").logits();
    return logits == null || !logits.function().equals(g.text("function"))
        ? None.NONE
        : logits.of();
  }

  private static Datum withLogits(Given g) {
    var logits = new Datum.Logits(g.text("function"), g.tensor("x"));
    return g.tensor("p").withLogits(logits);
  }

  private static Datum addLoss(Given g) {
    var value = g.floats("value");
    if (value.rank() > 0) {
      throw g.wrong(Codes.RANK_MISMATCH, "value", "add_loss takes one number, not " + value.type())
          .help("take the mean or sum first");
    }
    if (g.emit().frame().inLoop()) {
      throw new Misuse(Codes.MISPLACED_STATEMENT, "add_loss cannot stand inside a scan");
    }
    g.emit().frame().addLoss(g.emit().frame().use(value));
    return g.get("x");
  }
}
