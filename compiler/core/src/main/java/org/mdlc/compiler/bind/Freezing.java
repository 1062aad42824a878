package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.syntax.Ast;

/** Which weights are trained: paths of layers chosen by patterns, the last word counting. */
final class Freezing {
  private final Evaluator evaluator;
  private final Set<Variable> frozen = new LinkedHashSet<>();
  private final Set<Instance> frozenLayers = new LinkedHashSet<>();

  Freezing(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** Goes on from where the stage before left off. */
  void apply(List<Ast.Freeze> items) {
    for (var item : items) {
      for (var glob : item.paths()) {
        var weights = matching(List.of(glob), evaluator.variables().all());
        var layers =
            evaluator.layers().made().stream().filter(l -> matches(glob, l.path())).toList();
        if (item.frozen()) {
          frozen.addAll(weights);
          frozenLayers.addAll(layers);
        } else {
          weights.forEach(frozen::remove);
          layers.forEach(frozenLayers::remove);
        }
      }
    }
    evaluator
        .layers()
        .made()
        .forEach(l -> l.trainable(l.declaredTrainable() && !frozenLayers.contains(l)));
  }

  List<Variable> trained(List<Variable> all) {
    return all.stream()
        .filter(v -> v.role() == Role.PARAM && v.trainable() && !frozen.contains(v))
        .toList();
  }

  /** Weights that any of the patterns names; a pattern that names nothing is an error. */
  List<Variable> matching(List<Ast.Glob> globs, List<Variable> all) {
    var found = new LinkedHashSet<Variable>();
    for (var glob : globs) {
      var weights =
          all.stream().filter(v -> v.role() == Role.PARAM && matches(glob, v.path())).toList();
      if (weights.isEmpty() && !evaluator.problems().hasErrors()) {
        nothing(glob, "weight", all.isEmpty());
      }
      found.addAll(weights);
    }
    return List.copyOf(found);
  }

  /** Layers that the pattern names or that lie within one; none is an error. */
  List<Instance> layers(Ast.Glob glob) {
    var layers = evaluator.layers().made().stream().filter(l -> matches(glob, l.path())).toList();
    if (layers.isEmpty() && !evaluator.problems().hasErrors()) {
      nothing(glob, "layer", false);
    }
    return layers;
  }

  private void nothing(Ast.Glob glob, String what, boolean weightless) {
    var names = new LinkedHashSet<>(evaluator.layers().named().keySet());
    evaluator.layers().made().stream()
        .map(Instance::path)
        .filter(p -> !p.contains("/"))
        .forEach(names::add);
    var diagnostic =
        Diagnostic.of(
            Codes.EMPTY_GLOB,
            glob.span(),
            "no " + what + " of the model matches `" + glob.pattern() + "`");
    var first = glob.pattern().split("\\.", 2)[0];
    var near = DidYouMean.nearest(first, names);
    evaluator
        .problems()
        .report(
            near.isPresent()
                ? diagnostic.help("did you mean `" + near.get() + "`?")
                : diagnostic.note(
                    "its layers are "
                        + String.join(", ", names.stream().limit(12).toList())
                        + (weightless ? " and it has no weights" : "")));
  }

  private boolean matches(Ast.Glob glob, String path) {
    var parts = glob.pattern().split("\\.", -1);
    var named = evaluator.layers().named().get(parts[0]);
    if (named != null && matches(named.path().split("/"), parts, path)) {
      return true;
    }
    return matches(new String[] {parts[0]}, parts, path);
  }

  /** The pattern names the path or something that contains it. */
  private static boolean matches(String[] first, String[] parts, String path) {
    var pattern = new ArrayList<>(List.of(first));
    pattern.addAll(List.of(parts).subList(1, parts.length));
    var regex = new StringBuilder();
    for (int i = 0; i < pattern.size(); i++) {
      if (pattern.get(i).equals("**")) {
        regex.append(i + 1 < pattern.size() ? "(?:[^/]+/)*" : ".*");
      } else {
        regex
            .append(Pattern.quote(pattern.get(i)).replace("*", "\\E[^/]*\\Q"))
            .append(i + 1 < pattern.size() ? "/" : "(?:/.*)?");
      }
    }
    return Pattern.matches(regex.toString(), path);
  }
}
