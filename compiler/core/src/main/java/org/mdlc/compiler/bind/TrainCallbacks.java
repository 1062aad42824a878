package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.Argument;
import org.mdlc.compiler.bind.BoundProgram.CallbackSetting;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.syntax.Ast;

/** The callbacks of a train block: names, arguments, and what they watch. */
final class TrainCallbacks {
  /** Keras's default for every callback that watches a figure. */
  private static final String USUAL_MONITOR = "val_loss";

  private static final Set<String> SETTING_THE_RATE = Set.of("ReduceLROnPlateau");

  private final Evaluator evaluator;
  private final TrainItems items;
  private final Metrics metrics;
  private final Scope scope;

  TrainCallbacks(Evaluator evaluator, TrainItems items, Metrics metrics, Scope scope) {
    this.evaluator = evaluator;
    this.items = items;
    this.metrics = metrics;
    this.scope = scope;
  }

  List<CallbackSetting> bind() {
    var settings = new ArrayList<CallbackSetting>();
    for (var item : items.base().callbacks()) {
      var callback = callback(item.callback());
      if (callback != null) {
        settings.add(callback);
      }
    }
    return settings;
  }

  private @Nullable CallbackSetting callback(Ast.Expr tree) {
    var name =
        tree instanceof Ast.Call c && c.callee() instanceof Ast.NameExpr n
            ? n
            : tree instanceof Ast.NameExpr n ? n : null;
    if (name == null) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.TYPE_MISMATCH, "a callback is written like EarlyStopping(patience = 3)"),
              tree.span());
      return null;
    }
    if (!KnownCallbacks.names().contains(name.name())) {
      reportUnknown(name);
      return null;
    }
    if (SETTING_THE_RATE.contains(name.name())) {
      requireSettableRate(name);
    }
    var given = tree instanceof Ast.Call c ? c.arguments() : List.<Ast.Arg>of();
    var arguments = arguments(name.name(), given);
    if (arguments.size() == given.size() && watchesByItself(name.name(), arguments)) {
      monitor(USUAL_MONITOR, tree);
    }
    return new CallbackSetting(name.name(), arguments);
  }

  /** Whether the callback needs a figure, and the block does not say which. */
  private static boolean watchesByItself(String callback, List<Argument> arguments) {
    return switch (callback) {
      case "EarlyStopping", "ReduceLROnPlateau" -> !has(arguments, "monitor");
      case "ModelCheckpoint" ->
          !has(arguments, "monitor") && arguments.contains(new Argument("save_best_only", "true"));
      default -> false;
    };
  }

  private static boolean has(List<Argument> arguments, String name) {
    return arguments.stream().anyMatch(argument -> argument.name().equals(name));
  }

  private List<Argument> arguments(String callback, List<Ast.Arg> given) {
    var parameters = KnownCallbacks.parameters(callback);
    var arguments = new ArrayList<Argument>();
    for (int i = 0; i < given.size(); i++) {
      var argument = given.get(i);
      var value =
          evaluator.within(
              Evaluator.Mode.PLAIN, () -> evaluator.eval(argument.value(), scope, Category.VALUE));
      var key = argument.name() == null ? positional(parameters, i) : argument.name().text();
      if (!parameters.contains(key)) {
        reportArgument(callback, parameters, argument);
      } else if (!value.isPoison()) {
        arguments.add(new Argument(key, value.text()));
        if (key.equals("monitor")) {
          monitor(value instanceof Datum.Text t ? t.value() : "", argument.value());
        }
      }
    }
    return arguments;
  }

  private static String positional(List<String> parameters, int index) {
    return index < parameters.size() ? parameters.get(index) : "";
  }

  private void reportUnknown(Ast.NameExpr name) {
    var onlyFromJava = KnownCallbacks.onlyFromJava(name.name());
    if (onlyFromJava.isPresent()) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.UNKNOWN_NAME,
                      name.span(),
                      "`" + name.name() + "` is no callback of a train block")
                  .help(onlyFromJava.get()));
      return;
    }
    var diagnostic =
        Diagnostic.of(
            Codes.UNKNOWN_NAME, name.span(), "there is no callback `" + name.name() + "`");
    var near = DidYouMean.nearest(name.name(), KnownCallbacks.names());
    evaluator
        .problems()
        .report(
            near.isPresent()
                ? diagnostic.help("did you mean `" + near.get() + "`?", name.span(), near.get())
                : diagnostic.note("callbacks are " + String.join(", ", KnownCallbacks.names())));
  }

  private void reportArgument(String callback, List<String> parameters, Ast.Arg argument) {
    if (argument.name() == null) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.TOO_MANY_ARGUMENTS,
                      argument.value().span(),
                      "`" + callback + "` takes at most " + parameters.size() + " arguments")
                  .note("it takes " + String.join(", ", parameters)));
      return;
    }
    var name = argument.name();
    var diagnostic =
        Diagnostic.of(
            Codes.UNKNOWN_ARGUMENT,
            name.span(),
            "`" + callback + "` has no argument `" + name.text() + "`");
    var near = DidYouMean.nearest(name.text(), parameters);
    evaluator
        .problems()
        .report(
            near.isPresent()
                ? diagnostic.help("did you mean `" + near.get() + "`?", name.span(), near.get())
                : diagnostic.note("it takes " + String.join(", ", parameters)));
  }

  private void requireSettableRate(Ast.NameExpr callback) {
    var optimizers = items.stages().stream().flatMap(s -> s.optimizers().stream()).toList();
    boolean settable = evaluator.variables().all().stream().anyMatch(Optimizers::isLearningRate);
    if (settable || optimizers.isEmpty() || evaluator.problems().hasErrors()) {
      return;
    }
    evaluator
        .problems()
        .report(
            Diagnostic.of(
                    Codes.SCHEDULED_RATE,
                    callback.span(),
                    "`" + callback.name() + "` sets the learning rate, which follows a schedule")
                .also(optimizers.get(0).span(), "this is the optimizer")
                .help("leave one of the two out"));
  }

  private void monitor(String figure, Ast.Expr at) {
    if (figure.isEmpty() || figure.equals("learning_rate")) {
      return;
    }
    boolean validated =
        items.base().data().containsKey("validation")
            || items.base().settings().containsKey("validation_split");
    var diagnostic = new Monitors(metrics, items.base()).check(figure, at, validated);
    diagnostic.ifPresent(evaluator.problems()::report);
  }
}
