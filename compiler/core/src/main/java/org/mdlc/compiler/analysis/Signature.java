package org.mdlc.compiler.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.FunctionReference;
import org.mdlc.compiler.bind.KnownCallbacks;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/**
 * What can be called, and with what.
 *
 * @param kind {@code layer}, {@code fn}, {@code callback} ..
 * @param config what stands in the first parentheses
 * @param operands what a pipe or the second parentheses give; none for a function
 * @param result as written; may be empty
 * @param place where it is defined, if not in Java
 */
public record Signature(
    String kind,
    String name,
    String doc,
    List<Parameter> config,
    List<Parameter> operands,
    String result,
    Optional<Span> place) {
  /** A longer head has one parameter a line. */
  private static final int LINE = 90;

  public Signature {
    config = List.copyOf(config);
    operands = List.copyOf(operands);
  }

  /**
   * A parameter.
   *
   * @param type as written; may be empty
   * @param tree of the type, where there is one
   * @param defaultText nothing when it must be given; empty when it is not written down
   * @param place where its name is declared, if not in Java
   */
  public record Parameter(
      String name,
      String type,
      Ast.@Nullable TypeExpr tree,
      Optional<String> defaultText,
      boolean rest,
      String doc,
      Optional<Span> place) {
    static Parameter of(Ast.Param param) {
      var type = param.type();
      return new Parameter(
          param.name().text(),
          type == null ? "" : type.span().text(),
          type,
          Optional.ofNullable(param.defaultValue()).map(v -> v.span().text()),
          false,
          param.doc(),
          Optional.of(param.name().span()));
    }

    boolean isRequired() {
      return defaultText.isEmpty() && !rest;
    }

    /** As in a head: {@code rate: float = 0.5}. */
    public String text() {
      return (rest ? "*" : "")
          + name
          + (type.isEmpty() ? "" : ": " + type)
          + defaultText.filter(d -> !d.isEmpty()).map(d -> " = " + d).orElse("");
    }
  }

  /** Of a definition, of the user's or of the library; nothing for what cannot be called. */
  static Optional<Signature> of(Ast.Node tree) {
    return switch (tree) {
      case Ast.Definition d ->
          Optional.of(
              new Signature(
                  d.kind().word(),
                  d.name().text(),
                  d.doc(),
                  parameters(d.config()),
                  parameters(d.operands()),
                  result(d.result()),
                  Optional.of(d.name().span())));
      case Ast.Function f ->
          Optional.of(
              new Signature(
                  "fn",
                  f.name().text(),
                  f.doc(),
                  parameters(f.params()),
                  List.of(),
                  result(f.result()),
                  Optional.of(f.name().span())));
      case Ast.Model m ->
          Optional.of(
              new Signature(
                  "model",
                  m.name().text(),
                  m.doc(),
                  parameters(m.config()),
                  inputs(m),
                  "",
                  Optional.of(m.name().span())));
      default -> Optional.empty();
    };
  }

  static Signature of(FunctionReference.Function function) {
    var parameters =
        function.parameters().stream()
            .map(
                p ->
                    new Parameter(
                        p.name(), "", null, p.defaultText(), p.rest(), "", Optional.empty()))
            .toList();
    return new Signature(
        "fn", function.name(), function.doc(), parameters, List.of(), "", Optional.empty());
  }

  static Signature ofCallback(String name) {
    var parameters =
        KnownCallbacks.parameters(name).stream()
            .map(p -> new Parameter(p, "", null, Optional.of(""), false, "", Optional.empty()))
            .toList();
    return new Signature("callback", name, "", parameters, List.of(), "", Optional.empty());
  }

  private static List<Parameter> parameters(List<Ast.Param> params) {
    return params.stream().map(Parameter::of).toList();
  }

  private static List<Parameter> inputs(Ast.Model model) {
    return model.body().statements().stream()
        .filter(Ast.Input.class::isInstance)
        .map(Ast.Input.class::cast)
        .map(
            i ->
                new Parameter(
                    i.name().text(),
                    i.type().span().text(),
                    i.type(),
                    Optional.empty(),
                    false,
                    i.doc(),
                    Optional.of(i.name().span())))
        .toList();
  }

  private static String result(Ast.@Nullable TypeExpr type) {
    return type == null ? "" : type.span().text();
  }

  /** The parameter of that name, in either list. */
  Optional<Parameter> parameter(String wanted) {
    return Stream.concat(config.stream(), operands.stream())
        .filter(p -> p.name().equals(wanted))
        .findFirst();
  }

  /** Whether a pipe fills the first of the only list of parameters: a function's. */
  boolean isFunction() {
    return kind.equals("fn");
  }

  /** Its first line as in the language. */
  public String head() {
    var second = operands.isEmpty() ? "" : list(operands, false);
    var tail = second + (result.isEmpty() ? "" : " -> " + result);
    var begin = kind + " " + name;
    var line = begin + list(config, false) + tail;
    return line.length() <= LINE ? line : begin + list(config, true) + tail;
  }

  private static String list(List<Parameter> parameters, boolean tall) {
    var texts = new ArrayList<String>();
    parameters.forEach(p -> texts.add(p.text()));
    return tall
        ? texts.stream().collect(Collectors.joining(",\n    ", "(\n    ", ")"))
        : texts.stream().collect(Collectors.joining(", ", "(", ")"));
  }
}
