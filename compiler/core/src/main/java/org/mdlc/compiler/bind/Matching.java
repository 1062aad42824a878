package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** Puts arguments to parameters, before anything is evaluated. */
final class Matching {
  /** What a callee takes. */
  record Formal(String name, boolean optional, boolean rest) {
    static Formal of(Ast.Param param) {
      return new Formal(param.name().text(), param.defaultValue() != null, false);
    }

    static Formal of(Builtin.Parameter parameter) {
      return new Formal(parameter.name(), parameter.defaultValue() != null, parameter.rest());
    }
  }

  private final Problems problems;
  private final String callee;
  private final List<Formal> formals;
  private final Span call;
  private final Map<String, List<Actual>> matched = new LinkedHashMap<>();
  private boolean failed;

  private Matching(Problems problems, String callee, List<Formal> formals, Span call) {
    this.problems = problems;
    this.call = call;
    this.callee = callee;
    this.formals = formals;
  }

  /**
   * One list of arguments per parameter: empty when left out, several only for a rest parameter.
   *
   * @param callee as in "Dense" or "the second list of Dense"
   * @throws Silent when something was wrong and has been reported
   */
  static Map<String, List<Actual>> match(
      Problems problems, String callee, List<Formal> formals, List<Actual> actuals, Span call) {
    var matching = new Matching(problems, callee, formals, call);
    matching.formals.forEach(f -> matching.matched.put(f.name(), new ArrayList<>()));
    matching.positional(actuals);
    matching.named(actuals);
    matching.missing(actuals);
    if (matching.failed) {
      throw new Silent();
    }
    return matching.matched;
  }

  private void positional(List<Actual> actuals) {
    int next = 0;
    Actual named = null;
    var surplus = new ArrayList<Actual>();
    for (var actual : actuals) {
      if (actual.name() != null) {
        named = actual;
        continue;
      }
      if (named != null) {
        fail(
            Diagnostic.of(
                    Codes.POSITIONAL_AFTER_NAMED,
                    problems.users(actual.span()),
                    "an argument without a name follows one with a name")
                .also(problems.users(named.span()), "this one has a name")
                .help("name this one too, or put it first"));
        continue;
      }
      if (next >= formals.size()) {
        surplus.add(actual);
        continue;
      }
      values(formals.get(next).name()).add(actual);
      if (!formals.get(next).rest()) {
        next++;
      }
    }
    if (!surplus.isEmpty()) {
      tooMany(surplus, actuals);
    }
  }

  private List<Actual> values(String name) {
    var values = matched.get(name);
    if (values == null) {
      throw new IllegalStateException(name);
    }
    return values;
  }

  private void tooMany(List<Actual> surplus, List<Actual> actuals) {
    long given = actuals.stream().filter(a -> a.name() == null).count();
    var span = problems.users(surplus.get(0).span());
    fail(
        Diagnostic.of(
                Codes.TOO_MANY_ARGUMENTS,
                span,
                callee + " takes " + count(formals.size()) + " and is given " + given)
            .note(
                formals.isEmpty()
                    ? callee + " takes no arguments here"
                    : "it takes "
                        + String.join(", ", formals.stream().map(Formal::name).toList())));
  }

  private static String count(int n) {
    return n == 0 ? "no arguments" : n == 1 ? "1 argument" : n + " arguments";
  }

  private void named(List<Actual> actuals) {
    for (var actual : actuals) {
      if (actual.name() == null) {
        continue;
      }
      var name = actual.name().text();
      var formal = formals.stream().filter(f -> f.name().equals(name)).findFirst();
      if (formal.isEmpty()) {
        unknown(actual.name());
      } else if (!values(name).isEmpty() && !formal.get().rest()) {
        fail(
            Diagnostic.of(
                    Codes.DUPLICATE_ARGUMENT,
                    problems.users(actual.name().span()),
                    "`" + name + "` is given twice")
                .also(problems.users(values(name).get(0).span()), "first here"));
      } else {
        values(name).add(actual);
      }
    }
  }

  private void unknown(Ast.Name name) {
    var diagnostic =
        Diagnostic.of(
            Codes.UNKNOWN_ARGUMENT,
            problems.users(name.span()),
            callee + " has no parameter `" + name + "`");
    fail(
        ArgumentHabits.advised(
            diagnostic, name, call, formals.stream().map(Formal::name).toList()));
  }

  private void missing(List<Actual> actuals) {
    if (failed) {
      return;
    }
    var missing =
        formals.stream()
            .filter(f -> !f.optional() && values(f.name()).isEmpty())
            .map(Formal::name)
            .toList();
    if (!missing.isEmpty()) {
      var what = String.join(" and ", missing.stream().map(m -> "`" + m + "`").toList());
      var diagnostic =
          Diagnostic.of(Codes.MISSING_ARGUMENT, problems.users(call), callee + " needs " + what);
      fail(
          actuals.stream().anyMatch(a -> a.value() instanceof Datum.Shaped)
              ? moreTensors(diagnostic, actuals, missing)
              : diagnostic.help("write " + missing.get(0) + " = .. in the parentheses"));
    }
  }

  /** For what came through a pipe, and is too little. */
  private Diagnostic moreTensors(
      Diagnostic diagnostic, List<Actual> actuals, List<String> missing) {
    var one = actuals.getFirst().span();
    var all = one.text() + ", ..".repeat(missing.size());
    var help = "give it several tensors, as in `(" + all + ") |> " + callee + "(..)`";
    boolean plain = actuals.size() == 1 && missing.size() == 1 && one.text().matches("\\w+");
    return plain && !Problems.isLibrary(one.file())
        ? diagnostic.help(
            help + ", or twice the same", one, "(" + one.text() + ", " + one.text() + ")")
        : diagnostic.help(help);
  }

  private void fail(Diagnostic diagnostic) {
    failed = true;
    problems.report(diagnostic);
  }
}
