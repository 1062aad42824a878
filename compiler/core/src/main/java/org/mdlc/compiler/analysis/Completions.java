package org.mdlc.compiler.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.mdlc.compiler.analysis.Completion.Kind;
import org.mdlc.compiler.bind.PlaceWords;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Ast;

/** Lists what may be written at a place. */
final class Completions {
  private static final Map<String, String> LAYER_ARGUMENTS =
      Map.of(
          "name", "What the layer's weights are saved under.",
          "trainable", "Whether its weights move in training.",
          "weights", "Imported weights to start from.");

  private final Facts facts;
  private final Names names;
  private final Meanings meanings;
  private final int offset;

  /** By label: what comes first hides a later one of the same name. */
  private final Map<String, Completion> found = new LinkedHashMap<>();

  private Completions(Facts facts, Names names, Meanings meanings, int offset) {
    this.facts = facts;
    this.names = names;
    this.meanings = meanings;
    this.offset = offset;
  }

  static List<Completion> at(
      SourceFile source, Facts facts, Names names, Meanings meanings, int offset) {
    var completions = new Completions(facts, names, meanings, offset);
    completions.add(ReadSituation.at(source, offset));
    return List.copyOf(completions.found.values());
  }

  private void add(Situation situation) {
    switch (situation) {
      case Situation.Nothing _ -> {}
      case Situation.TopLevel _ -> keywords(Keywords.TOP);
      case Situation.Statement s -> {
        keywords(s.inModel() ? Keywords.MODEL : Keywords.DEFINITION);
        keywords(Keywords.BODY);
        local();
      }
      case Situation.Expression _ -> expression();
      case Situation.AfterPipe _ -> {
        declared(d -> isCallable(d), true);
        library("layer", true);
        library("fn", true);
      }
      case Situation.Type _ -> types();
      case Situation.Policy _ -> words(PlaceWords.policies(), Kind.WORD);
      case Situation.ModelName _ -> names.models().forEach(this::modelName);
      case Situation.TrainLine _ -> keywords(Keywords.TRAIN);
      case Situation.TrainValue t -> trainValue(t);
      case Situation.Fields f -> fields(f.model());
      case Situation.Argument a -> argument(a);
    }
  }

  // ---- what is put in

  private void put(Completion completion) {
    found.putIfAbsent(completion.label(), completion);
  }

  private void keywords(Map<String, String> words) {
    words.forEach(
        (word, doc) -> put(new Completion(word, Kind.KEYWORD, "", doc, word + " ", word + " ", 4)));
  }

  private void words(List<String> words, Kind kind) {
    words.forEach(w -> put(Completion.word(w, kind, "", "", 0)));
  }

  private void name(Declared declared, boolean piped) {
    var signature = Signature.of(declared.tree());
    if (signature.isPresent()) {
      callable(signature.get(), piped, 2);
      return;
    }
    var detail = declared.kind() + facts.types(declared.name()).map(t -> ": " + t).orElse("");
    put(Completion.word(declared.text(), Kind.NAME, detail, declared.doc(), 1));
  }

  /** Named, not called. */
  private void modelName(Declared model) {
    put(Completion.word(model.text(), Kind.MODEL, model.kind(), model.doc(), 0));
  }

  private void local() {
    declared(_ -> true, false);
  }

  private void declared(Predicate<Declared> wanted, boolean piped) {
    names.visible(offset).stream().filter(wanted).forEach(d -> name(d, piped));
  }

  /** Of the names without a signature, a layer and whatever may be one. */
  private boolean isCallable(Declared declared) {
    if (Signature.of(declared.tree()).isPresent()) {
      return Catalogue.isValue(declared.kind()) || declared.kind().equals("model");
    }
    var type = facts.types(declared.name());
    return type.isPresent()
        ? type.get().startsWith("layer") || type.get().startsWith("function")
        : declared.kind().equals("let") || declared.kind().equals("parameter");
  }

  private void library(String kind, boolean piped) {
    Catalogue.of(kind).forEach(s -> callable(s, piped, 3));
  }

  private void callable(Signature signature, boolean piped, int rank) {
    var doc =
        "```mdl\n"
            + signature.head()
            + "\n```"
            + (signature.doc().isBlank() ? "" : "\n\n" + signature.doc());
    put(
        new Completion(
            signature.name(),
            kind(signature),
            signature.kind(),
            doc,
            signature.name(),
            snippet(signature, piped),
            rank));
  }

  private static Kind kind(Signature signature) {
    return switch (signature.kind()) {
      case "layer" -> Kind.LAYER;
      case "block" -> Kind.BLOCK;
      case "fn" -> Kind.FUNCTION;
      case "model" -> Kind.MODEL;
      default -> Kind.OTHER;
    };
  }

  /** With the arguments that must be given; a function that needs no more is only named. */
  private static String snippet(Signature signature, boolean piped) {
    var required =
        new ArrayList<>(
            signature.config().stream().filter(Signature.Parameter::isRequired).toList());
    if (signature.isFunction() && piped && !required.isEmpty()) {
      required.removeFirst();
      if (required.isEmpty()) {
        return Completion.escaped(signature.name());
      }
    }
    var text = new StringBuilder(Completion.escaped(signature.name())).append('(');
    for (int i = 0; i < required.size(); i++) {
      text.append(i == 0 ? "" : ", ")
          .append("${")
          .append(i + 1)
          .append(':')
          .append(Completion.escaped(required.get(i).name()))
          .append('}');
    }
    return text.append(')').toString();
  }

  // ---- situations

  private void expression() {
    local();
    library("fn", false);
    library("layer", false);
    keywords(Keywords.VALUE);
  }

  private void types() {
    for (var element : PlaceWords.elements()) {
      put(new Completion(element, Kind.TYPE, "tensor", "", element, element + "[${1:sizes}]", 0));
    }
    words(PlaceWords.types(), Kind.TYPE);
  }

  private void trainValue(Situation.TrainValue value) {
    switch (value.word()) {
      case "data", "validation", "holdout" ->
          PlaceWords.dataFormats()
              .forEach(
                  f -> put(new Completion(f, Kind.OTHER, "data", "", f, f + "(\"${1:path}\")", 0)));
      case "loss", "metrics", "weighted_metrics" -> {
        var kind = Kinds.after(value.word());
        outputs(value.model());
        declared(d -> d.kind().equals(kind), false);
        library(kind, false);
      }
      case "optimizer", "with" -> {
        declared(d -> d.kind().equals("optimizer"), false);
        library("optimizer", false);
      }
      case "callbacks" -> library(Catalogue.CALLBACK, false);
      case "freeze", "unfreeze", "adapt" ->
          names.inside(value.model()).stream()
              .filter(d -> d.kind().equals("let"))
              .forEach(d -> name(d, false));
      case "class_weight", "sample_weight" -> outputs(value.model());
      case "shuffle" -> words(List.of("true", "false"), Kind.WORD);
      case "minimize", "let" -> expression();
      default -> {}
    }
  }

  private void outputs(String model) {
    names.inside(model).stream()
        .filter(d -> d.kind().equals("output"))
        .forEach(d -> name(d, false));
  }

  private void fields(String model) {
    for (var declared : names.inside(model)) {
      if (declared.kind().equals("input") || declared.kind().equals("output")) {
        put(
            new Completion(
                declared.text(),
                Kind.NAME,
                declared.kind(),
                declared.doc(),
                declared.text() + " = ",
                Completion.escaped(declared.text()) + " = ",
                0));
      }
    }
  }

  // ---- arguments

  private void argument(Situation.Argument argument) {
    var signature = signature(argument);
    if (signature.isEmpty()) {
      expression();
      return;
    }
    var formal = formal(argument, signature.get());
    if (argument.begins()) {
      formal.ifPresent(this::values);
      if (argument.value().isEmpty()) {
        parameters(argument, signature.get());
      }
    }
    boolean closed = formal.map(p -> !Kinds.words(p.tree()).isEmpty()).orElse(false);
    if (argument.value().isEmpty() || !closed) {
      local();
      var kind = formal.map(p -> Kinds.of(p.tree())).orElse(Kinds.VALUE);
      if (kind.equals(Kinds.VALUE)) {
        library("fn", false);
      } else {
        declared(d -> d.kind().equals(kind), false);
        library(kind, false);
      }
      library("layer", false);
    }
  }

  private Optional<Signature> signature(Situation.Argument argument) {
    return meanings
        .meaning(argument.callee(), argument.wanted(), offset)
        .flatMap(Meanings::signature);
  }

  /** The parameter whose value stands here. */
  static Optional<Signature.Parameter> formal(Situation.Argument argument, Signature signature) {
    if (argument.value().isPresent()) {
      return signature.parameter(argument.value().get());
    }
    int index = index(argument, signature);
    return index < signature.config().size()
        ? Optional.of(signature.config().get(index))
        : Optional.empty();
  }

  /** The position among the parameters of an argument without a name. */
  private static int index(Situation.Argument argument, Signature signature) {
    return argument.positional() + (signature.isFunction() && argument.piped() ? 1 : 0);
  }

  private void values(Signature.Parameter formal) {
    words(Kinds.words(formal.tree()), Kind.WORD);
    if (formal.tree() != null && isFunction(formal.tree())) {
      Catalogue.of("fn").stream()
          .filter(
              s -> s.place().map(p -> p.file().name().endsWith("/activations.mdl")).orElse(false))
          .forEach(s -> put(Completion.word(s.name(), Kind.FUNCTION, "activation", s.doc(), 0)));
    }
    if (!Kinds.of(formal.tree()).equals(Kinds.VALUE)) {
      var kind = Kinds.of(formal.tree());
      Catalogue.of(kind)
          .forEach(
              s ->
                  put(
                      new Completion(
                          s.name(), Kind.OTHER, kind, s.doc(), s.name(), snippet(s, false), 0)));
    }
  }

  private static boolean isFunction(Ast.TypeExpr type) {
    return switch (type) {
      case Ast.OptionalType o -> isFunction(o.type());
      case Ast.NamedType n -> n.name().equals("fn") || n.name().equals("activation");
      default -> false;
    };
  }

  private void parameters(Situation.Argument argument, Signature signature) {
    int first = index(argument, signature);
    for (int i = first; i < signature.config().size(); i++) {
      var parameter = signature.config().get(i);
      if (!argument.given().contains(parameter.name()) && !parameter.rest()) {
        put(argumentOf(parameter.name(), parameter.text(), parameter.doc()));
      }
    }
    if (signature.kind().equals("layer")) {
      for (var name : PlaceWords.layerArguments()) {
        if (!argument.given().contains(name)) {
          put(argumentOf(name, name, LAYER_ARGUMENTS.getOrDefault(name, "")));
        }
      }
    }
  }

  private static Completion argumentOf(String name, String detail, String doc) {
    return new Completion(name, Kind.ARGUMENT, detail, doc, name + " = ", name + " = ", 0);
  }
}
