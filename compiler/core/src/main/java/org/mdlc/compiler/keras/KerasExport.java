package org.mdlc.compiler.keras;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.mdlc.compiler.bind.Architecture;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.KerasLayout;
import org.mdlc.compiler.bind.StandardLibrary;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.type.DType;

/**
 * Writes a bound model as Keras describes one ({@code config.json} of a {@code .keras} file), so
 * that {@code keras.models.load_model} builds the same.
 */
public final class KerasExport {
  private final BoundProgram bound;
  private final DiagnosticSink problems;

  private KerasExport(BoundProgram bound, DiagnosticSink problems) {
    this.bound = bound;
    this.problems = problems;
  }

  /**
   * Writes a model.
   *
   * @param problems takes everything that Keras cannot say (E0708), at its line
   * @return the description, unless there are errors
   */
  public static Optional<ExportedModel> write(BoundProgram bound, DiagnosticSink problems) {
    return new KerasExport(bound, problems).write();
  }

  private Optional<ExportedModel> write() {
    var configs = new ConfigWriter(policy());
    var name = StandardLibrary.layerName(bound.model());
    var graph =
        new GraphExport(
            name, bound.architecture(), configs, problems, this::learns, new HashSet<>());
    var written = graph.write();
    var json = written.json();
    var build = new JsonObject();
    build.add("input_shape", JsonNull.INSTANCE);
    json.add("build_config", build);
    var at = SourceFile.of(bound.model(), "").whole();
    try {
      bound
          .compile()
          .map(c -> new CompileExport(c, outputs(), configs, at).write())
          .filter(c -> !c.isJsonNull())
          .ifPresent(c -> json.add("compile_config", c));
    } catch (NotInKeras e) {
      problems.report(e.diagnostic());
    }
    if (problems.hasErrors()) {
      return Optional.empty();
    }
    var gson = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();
    return Optional.of(new ExportedModel(gson.toJson(json), layout(written.layers())));
  }

  private List<String> outputs() {
    return bound.outputs().stream().map(BoundProgram.Port::name).toList();
  }

  private String policy() {
    return bound
        .precision()
        .map(p -> p == DType.F16 ? "mixed_float16" : "mixed_bfloat16")
        .orElse("float32");
  }

  /** False for a layer all of whose parameters are frozen. */
  private boolean learns(Architecture.Layer layer) {
    var parameters =
        bound.variables().stream()
            .filter(v -> v.role() == Role.PARAM && v.path().startsWith(layer.path() + "/"))
            .toList();
    return layer.trainable()
        && (parameters.isEmpty()
            || bound.compile().isEmpty()
            || parameters.stream().anyMatch(BoundProgram.Variable::trainable));
  }

  /** Groups of weights, each in the order of Keras's numbers. */
  private KerasLayout layout(List<LayerNode> layers) {
    var paths =
        bound.variables().stream()
            .filter(v -> v.role() == Role.PARAM || v.role() == Role.STATE)
            .map(BoundProgram.Variable::path)
            .filter(p -> !p.substring(p.lastIndexOf('/') + 1).startsWith("rnn_state"))
            .toList();
    Map<String, TreeMap<Integer, String>> groups = new LinkedHashMap<>();
    WeightPaths.of(layers, paths)
        .forEach(
            (path, dataset) -> {
              int vars = dataset.lastIndexOf("/vars/");
              groups
                  .computeIfAbsent(dataset.substring(0, vars), _ -> new TreeMap<>())
                  .put(Integer.parseInt(dataset.substring(vars + "/vars/".length())), path);
            });
    // SpectralNormalization counts the kernel of its layer among its own
    groups.forEach(
        (group, weights) -> {
          var wrapped = groups.get(group + "/layer");
          if (!weights.containsKey(0) && wrapped != null) {
            weights.put(0, Objects.requireNonNull(wrapped.get(0)));
          }
        });
    return new KerasLayout(
        groups.entrySet().stream()
            .map(g -> new KerasLayout.Group(g.getKey(), List.copyOf(g.getValue().values())))
            .toList(),
        bound.keras().optimizer());
  }
}
