package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;

/** Binds one model in all its phases. */
final class ProgramBinder {

  private final Ast.File file;
  private final Binder.Request request;
  private final Problems problems;
  private final Files files;
  private final Library library;
  private final Map<String, Ast.Expr> settings = new LinkedHashMap<>();

  ProgramBinder(Ast.File file, Binder.Request request, Problems problems) {
    this.file = file;
    this.request = request;
    this.problems = problems;
    this.files = new Files(problems, problems.sink(), request);
    this.library = files.load(file);
  }

  /** The data files that can be looked at. */
  DataFiles data() {
    return request.data();
  }

  /** What needs no model. */
  void check() {
    var nowhere =
        new Instance(null, "", "", 0, file.span().before(), Datum.None.NONE, Arguments.empty());
    constants(new Evaluator(problems, library, nowhere, request.observer()));
    trains();
    files.starts();
  }

  Optional<BoundProgram> bind() {
    var entry = library.find(Category.VALUE, request.model());
    if (entry == null || !(entry.value() instanceof Datum.ModelDefinition definition)) {
      unknownModel();
      return Optional.empty();
    }
    var trains = trains();
    var root =
        new Instance(
            null,
            "",
            definition.tree().name().text(),
            0,
            definition.tree().name().span(),
            definition,
            Arguments.empty());
    var evaluator = new Evaluator(problems, library, root, request.observer());
    constants(evaluator);
    readSettings(definition.tree(), evaluator);
    var train = trains.get(definition.tree().name().text());
    var arguments = arguments(definition, train, evaluator);
    root.reconfigure(definition, arguments);
    evaluator.layers().startFrom(files.starts());
    evaluator.layers().start(root);
    return Optional.ofNullable(new ModelPhases(evaluator, definition, root).bind(train, this));
  }

  private void unknownModel() {
    var models = library.names(Category.VALUE).stream().filter(library::isModel).toList();
    var diagnostic =
        Diagnostic.of(
            Codes.UNKNOWN_MODEL,
            file.span().before(),
            "there is no model `" + request.model() + "` in this file");
    var near = DidYouMean.nearest(request.model(), models);
    problems.report(
        near.isPresent()
            ? diagnostic.help("did you mean `" + near.get() + "`?")
            : models.isEmpty()
                ? diagnostic
                : diagnostic.note("it has " + String.join(", ", models)));
  }

  /** The train blocks by model; all of them are checked for a model that exists. */
  private Map<String, Ast.Train> trains() {
    var trains = new LinkedHashMap<String, Ast.Train>();
    for (var item : file.items()) {
      if (!(item instanceof Ast.Train t)) {
        continue;
      }
      var name = t.model().text();
      var entry = library.find(Category.VALUE, name);
      if (entry == null || !(entry.value() instanceof Datum.ModelDefinition)) {
        problems.unknownModel(t.model(), library);
      } else {
        var before = trains.putIfAbsent(name, t);
        if (before != null) {
          problems.report(
              Diagnostic.of(
                      Codes.DUPLICATE_TRAIN,
                      t.model().span(),
                      "`" + name + "` has another train block")
                  .also(before.model().span(), "the first one is here")
                  .help("steps of one training are `stage`s of one block"));
        }
      }
    }
    return trains;
  }

  private void constants(Evaluator evaluator) {
    for (var constant : files.constants()) {
      var name = constant.tree().name();
      evaluator.usage().declare(name.span(), name.text());
      var value =
          evaluator.within(
              Evaluator.Mode.PLAIN,
              () -> evaluator.eval(constant.tree().value(), constant.scope()));
      if (value instanceof Tensor) {
        problems.report(
            new Misuse(Codes.NOT_COMPILE_TIME, "a constant of a file is known at compile time"),
            constant.tree().value().span());
        value = Datum.Poison.POISON;
      }
      constant
          .library()
          .replace(Category.VALUE, new Library.Entry(name.text(), value, name.span()));
      var known = new Library.Entry(name.text(), value, name.span());
      for (var user : files.users()) {
        var entry = user.find(Category.VALUE, name.text());
        if (entry != null && entry.span().equals(name.span())) {
          user.replace(Category.VALUE, known); // an import took it over before it was known
        }
      }
    }
    evaluator.startCounting();
  }

  // ---- arguments of the model

  private void readSettings(Ast.Model model, Evaluator evaluator) {
    var sizes = new LinkedHashMap<String, Long>();
    request
        .settings()
        .forEach(
            (name, text) -> {
              var source = SourceFile.of("--set " + name, text);
              var tree = Parser.parseExpression(source, problems.sink());
              if (model.config().stream().anyMatch(p -> p.name().text().equals(name))) {
                settings.put(name, tree);
                return;
              }
              var value = evaluator.eval(tree, Scope.of(library));
              if (value instanceof Whole w && w.dim().isConstant() && w.dim().value() > 0) {
                sizes.put(name, w.dim().value());
              } else if (!value.isPoison()) {
                problems.report(
                    Diagnostic.of(
                        Codes.VALUE_OUT_OF_RANGE,
                        source.whole(),
                        "the size of the dimension `"
                            + name
                            + "` is a positive whole number, not "
                            + value.text()));
              }
            });
    evaluator.inputs().dims(sizes);
  }

  /** After the model has run: a setting that is neither parameter nor dimension means nothing. */
  void checkSettings(Evaluator evaluator, Ast.Model model) {
    var known = new ArrayList<>(evaluator.inputs().symbols());
    model.config().forEach(p -> known.add(p.name().text()));
    for (var name : request.settings().keySet()) {
      if (!known.contains(name)) {
        var source = SourceFile.of("--set " + name, request.settings().getOrDefault(name, ""));
        var diagnostic =
            Diagnostic.of(
                Codes.UNKNOWN_ARGUMENT,
                source.whole(),
                "the model " + model.name() + " has no parameter and no dimension `" + name + "`");
        var near = DidYouMean.nearest(name, known);
        problems.report(
            near.isPresent()
                ? diagnostic.help("did you mean `" + near.get() + "`?")
                : known.isEmpty()
                    ? diagnostic
                    : diagnostic.note("it has " + String.join(", ", known)));
      }
    }
  }

  private Arguments arguments(
      Datum.ModelDefinition definition, Ast.@Nullable Train train, Evaluator evaluator) {
    var actuals = new ArrayList<Actual>();
    var config = definition.tree().config();
    var given = train == null ? List.<Ast.Arg>of() : train.arguments();
    for (int i = 0; i < given.size(); i++) {
      var word = given.get(i).name();
      var name = word != null ? word.text() : i < config.size() ? config.get(i).name().text() : "";
      if (!settings.containsKey(name)) {
        actuals.add(Actual.of(given.get(i)));
      } else if (word == null) {
        actuals.add(
            new Actual(
                null,
                Objects.requireNonNull(settings.get(name)),
                null,
                Objects.requireNonNull(settings.get(name)).span()));
        settings.remove(name);
      }
    }
    settings.forEach(
        (name, tree) ->
            actuals.add(new Actual(new Ast.Name(name, tree.span()), tree, null, tree.span())));
    var at = train == null ? definition.tree().name().span() : train.model().span();
    try {
      return evaluator
          .parameters()
          .arguments(
              config,
              actuals,
              Scope.of(library),
              definition.scope().inner(),
              definition.tree().name().text(),
              at,
              0);
    } catch (Silent e) {
      return Arguments.empty();
    }
  }

  // ---- results

  /** Ports of a phase's model inputs, in the order of the graph. */
  static List<Port> inputs(Graph graph) {
    return graph.inputs().stream()
        .filter(i -> i.role() == Role.DATA)
        .map(i -> new Port(i.name(), i.value().type()))
        .toList();
  }

  /** Numbers the draws and lists the variables. */
  static List<BoundProgram.Variable> variables(Evaluator evaluator) {
    var draws = new TreeSet<Draw>();
    evaluator.randomness().unused().stream().filter(d -> d.fixed() == null).forEach(draws::add);
    evaluator
        .variables()
        .starts()
        .values()
        .forEach(
            s -> {
              if (drawn(s.draw())) {
                draws.add(Objects.requireNonNull(s.draw()));
              }
            });
    var order = new ArrayList<>(draws);
    var variables = new ArrayList<BoundProgram.Variable>();
    evaluator
        .variables()
        .starts()
        .forEach(
            (variable, start) -> {
              int draw = drawn(start.draw()) ? order.indexOf(start.draw()) : -1;
              boolean generator = variable.role() == Role.SEED;
              if (draw >= 0 && !generator) {
                variables.add(
                    new BoundProgram.Variable(
                        variable.path() + BoundProgram.SEED,
                        Role.SEED,
                        Randomness.KEY,
                        false,
                        Double.NaN,
                        draw));
              }
              variables.add(
                  new BoundProgram.Variable(
                      variable.path(),
                      variable.role(),
                      variable.type(),
                      variable.trainable(),
                      start.fill(),
                      generator ? draw : -1));
            });
    return variables;
  }

  /** True for a seed that is taken from the program's sequence. */
  private static boolean drawn(@Nullable Draw draw) {
    return draw != null && draw.fixed() == null;
  }

  /** The initialize graph: an output for every variable without a plain number to start at. */
  static Graph initialize(Evaluator evaluator) {
    var frame = evaluator.initialValues().frame();
    evaluator
        .variables()
        .starts()
        .forEach(
            (variable, start) -> {
              if (Double.isNaN(start.fill()) && start.value() != null) {
                frame.builder().output(variable.path(), variable.role(), frame.use(start.value()));
              }
            });
    return frame.builder().build();
  }
}
