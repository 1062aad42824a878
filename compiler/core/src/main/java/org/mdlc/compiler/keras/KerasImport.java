package org.mdlc.compiler.keras;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mdlc.compiler.bind.Binder;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.format.Formatter;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Parser;

/**
 * Reads Keras's description of a model ({@code config.json} of a {@code .keras} file, {@code
 * keras.models.model_from_json}) and writes it as mdl.
 */
public final class KerasImport {
  private final String file;
  private final DiagnosticSink problems;

  private KerasImport(String file, DiagnosticSink problems) {
    this.file = file;
    this.problems = problems;
  }

  /**
   * Reads a description.
   *
   * @param file as messages name it
   * @param config the text of {@code config.json}
   * @param problems takes everything that mdl cannot say (E0707) or that is not Keras's (E0706)
   * @return the model, unless there are errors
   */
  public static Optional<ImportedModel> read(String file, String config, DiagnosticSink problems) {
    try {
      return new KerasImport(file, problems).read(config);
    } catch (NotKeras e) {
      problems.report(
          Diagnostic.of(
                  Codes.NOT_A_KERAS_MODEL,
                  SourceFile.of(file, "").whole(),
                  String.valueOf(e.getMessage()))
              .help("a model is saved by model.save(\"model.keras\") in Keras 3"));
      return Optional.empty();
    }
  }

  private Optional<ImportedModel> read(String config) {
    var root = Json.parse(config);
    var outline = new Outline(file, root, problems);
    var graph = KerasGraph.of(root);
    var name = modelName(Outline.nameOf(root), graph);
    var precision = precision(root, outline);
    var writer = new ModelWriter(outline, name);
    var model = writer.model(name, graph, precision);
    var train =
        Json.object(root, "compile_config")
            .map(c -> new TrainWriter(c, model.outputs(), writer.calls(), outline))
            .map(t -> t.block(name, precision))
            .orElse("");
    if (problems.hasErrors()) {
      return Optional.empty();
    }
    var parts = new ArrayList<String>();
    parts.add(model.text());
    parts.addAll(writer.definitions());
    if (!train.isEmpty()) {
      parts.add(train);
    }
    var source =
        SourceFile.of(file.replaceFirst("\\.keras$", "") + ".mdl", String.join("\n", parts));
    return Formatter.format(source, problems)
        .map(text -> SourceFile.of(source.name(), text))
        .flatMap(
            formatted ->
                bind(name, formatted)
                    .map(bound -> places(bound, model.layers()))
                    .map(places -> new ImportedModel(name, formatted.text(), places)));
  }

  private static String modelName(String name, KerasGraph graph) {
    boolean own =
        !name.equals("?")
            && !name.matches("(functional|sequential|model)(_\\d+)?")
            && !graph.inputs().isEmpty();
    return own ? Names.pascal(name) : "Imported";
  }

  // ---- precision

  /** The one policy of all layers, when it is a mixed one. */
  private static String precision(JsonObject root, Outline outline) {
    var policies = new LinkedHashSet<String>();
    collect(root, policies, outline);
    var mixed = policies.stream().filter(Dtypes::isMixed).toList();
    return mixed.size() == 1 ? mixed.getFirst() : "";
  }

  private static void collect(JsonObject model, Set<String> policies, Outline outline) {
    for (JsonElement element :
        Json.array(Json.config(model), "layers").map(a -> a.asList()).orElse(List.of())) {
      if (!(element instanceof JsonObject layer)) {
        continue;
      }
      collect(layer, policies, outline);
      boolean input = Json.className(layer).equals("InputLayer");
      var policy = Dtypes.policy(Json.config(layer).get("dtype")).filter(_ -> !input);
      if (policy.isEmpty() || CallWriter.isModel(layer)) {
        continue;
      }
      var others = policies.stream().filter(p -> Dtypes.isMixed(p) || p.equals("float32")).toList();
      boolean alike =
          others.isEmpty()
              || others.contains(policy.get())
              || Dtypes.isUsual(policy.get()) && !policy.get().equals("float32");
      if (!alike || !(Dtypes.isUsual(policy.get()) || Dtypes.isMixed(policy.get()))) {
        outline.noCounterpart(
            layer,
            "the layer `"
                + Outline.nameOf(layer)
                + "` computes in "
                + policy.get()
                + (alike ? "" : ", and the layers before it in " + others.getFirst()),
            "a model of mdl has one policy: float32, mixed_bfloat16 or mixed_float16; build the"
                + " model in Keras under one of them");
      }
      policies.add(policy.get());
    }
  }

  // ---- weights

  /** What was written must bind: where it does not, its own messages say what Keras let pass. */
  private Optional<BoundProgram> bind(String name, SourceFile source) {
    var tree = Parser.parse(source, problems);
    return problems.hasErrors()
        ? Optional.empty()
        : Binder.bind(tree, new Binder.Request(name, Map.of(), _ -> Optional.empty()), problems);
  }

  private static List<ImportedModel.WeightPlace> places(
      BoundProgram bound, List<LayerNode> layers) {
    var weights =
        bound.variables().stream()
            .filter(v -> v.role() == Role.PARAM || v.role() == Role.STATE)
            .toList();
    var places = WeightPaths.of(layers, weights.stream().map(BoundProgram.Variable::path).toList());
    return weights.stream()
        .filter(v -> places.containsKey(v.path()))
        .map(
            v ->
                new ImportedModel.WeightPlace(
                    v.path(),
                    v.type().shape().dims().stream().map(d -> (int) d.value()).toList(),
                    places.getOrDefault(v.path(), "")))
        .toList();
  }
}
