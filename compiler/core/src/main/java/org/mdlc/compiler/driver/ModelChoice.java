package org.mdlc.compiler.driver;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.syntax.Ast;

/** Finds the model that is meant among those of a file. */
final class ModelChoice {
  private ModelChoice() {}

  /** The names of all models, in the order of the file; then those of imports that it trains. */
  static List<String> models(Ast.File file) {
    return Stream.concat(own(file).map(model -> model.name().text()), trained(file).stream())
        .distinct()
        .toList();
  }

  /** The models that can be bound by themselves: every parameter has a value. */
  static List<String> standalone(Ast.File file, Set<String> settings) {
    var complete =
        own(file)
            .filter(
                model ->
                    model.config().stream()
                        .allMatch(
                            p -> p.defaultValue() != null || settings.contains(p.name().text())))
            .map(model -> model.name().text())
            .toList();
    var trained = trained(file);
    return models(file).stream()
        .filter(name -> complete.contains(name) || trained.contains(name))
        .toList();
  }

  /**
   * The models that a file is there for: those with a train block; if none has one, those with
   * weights to start from; if none has these, all that can be bound by themselves.
   */
  static List<String> meant(Ast.File file, Set<String> settings) {
    var meant = central(file);
    return meant.isEmpty() ? standalone(file, settings) : meant;
  }

  /** The models with a train block or, where none has one, those with weights to start from. */
  private static List<String> central(Ast.File file) {
    var trained = trained(file);
    return trained.isEmpty() ? started(file) : trained;
  }

  private static Stream<Ast.Model> own(Ast.File file) {
    return file.items().stream().filter(Ast.Model.class::isInstance).map(Ast.Model.class::cast);
  }

  /**
   * The wanted model; if none is wanted, the only one with a train block or with weights to start
   * from, else the only one.
   *
   * @throws InvalidRequest if there is no such model, or several would do
   */
  static String choose(Ast.File file, Optional<String> wanted) {
    var models = models(file);
    var name = file.source().name();
    if (models.isEmpty()) {
      throw new InvalidRequest(name + " has no model");
    }
    if (wanted.isPresent()) {
      return find(name, models, wanted.get());
    }
    var central = central(file);
    if (central.size() == 1) {
      return central.get(0);
    }
    if (models.size() > 1) {
      throw new InvalidRequest(
          name + " has several models; choose one with --model: " + String.join(", ", models));
    }
    return models.get(0);
  }

  private static String find(String file, List<String> models, String wanted) {
    if (models.contains(wanted)) {
      return wanted;
    }
    var advice =
        DidYouMean.nearest(wanted, models)
            .map(near -> "did you mean " + near + "?")
            .orElse("it has " + String.join(", ", models));
    throw new InvalidRequest(file + " has no model " + wanted + "; " + advice);
  }

  private static List<String> trained(Ast.File file) {
    return file.items().stream()
        .filter(Ast.Train.class::isInstance)
        .map(item -> ((Ast.Train) item).model().text())
        .distinct()
        .toList();
  }

  private static List<String> started(Ast.File file) {
    return file.items().stream()
        .filter(item -> item instanceof Ast.WeightsImport w && w.forModel())
        .map(item -> ((Ast.WeightsImport) item).name().text())
        .distinct()
        .toList();
  }
}
