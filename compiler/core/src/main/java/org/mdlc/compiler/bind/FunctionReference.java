package org.mdlc.compiler.bind;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The functions that the compiler itself supplies, as a page: what {@code docs/functions.md} holds.
 */
public final class FunctionReference {
  private record Chapter(String title, Stream<Builtin> functions) {}

  /**
   * A function.
   *
   * @param parameters in order
   */
  public record Function(String name, List<Parameter> parameters, String doc) {
    public Function {
      parameters = List.copyOf(parameters);
    }
  }

  /**
   * What it takes.
   *
   * @param defaultText empty when it must be given
   * @param rest true when it takes all remaining values
   */
  public record Parameter(String name, Optional<String> defaultText, boolean rest) {}

  private FunctionReference() {}

  /** All of them, by name. */
  public static List<Function> functions() {
    return chapters().stream()
        .flatMap(Chapter::functions)
        .sorted(Comparator.comparing(Builtin::name))
        .map(b -> new Function(b.name(), parameters(b), b.doc()))
        .toList();
  }

  private static List<Parameter> parameters(Builtin builtin) {
    return builtin.parameters().stream()
        .map(
            p ->
                new Parameter(
                    p.name(), Optional.ofNullable(p.defaultValue()).map(Datum::text), p.rest()))
        .toList();
  }

  /** The page in Markdown. */
  public static String page() {
    return """
        # Functions of the compiler

        Everything else is said in the language, in `std/*.mdl`. Sizes in lists leave the batch out; `axis` counts as in Keras (the batch is axis 0),
        `over` counts the dimensions after the batch or names them. A parameter marked `*` takes all remaining values.
        """
        + chapters().stream().map(FunctionReference::chapter).collect(Collectors.joining());
  }

  private static List<Chapter> chapters() {
    return List.of(
        new Chapter("Element by element", MathBuiltins.all()),
        new Chapter("Shapes", ShapeBuiltins.all()),
        new Chapter("Reductions and order", ReductionBuiltins.all()),
        new Chapter("Products, convolutions, pooling", ContractionBuiltins.all()),
        new Chapter("Random numbers", RandomBuiltins.all()),
        new Chapter("Lists, numbers and the layer itself", LanguageBuiltins.all()));
  }

  private static String chapter(Chapter chapter) {
    return "\n## "
        + chapter.title()
        + "\n\n| function | |\n|---|---|\n"
        + chapter
            .functions()
            .sorted(Comparator.comparing(Builtin::name))
            .map(b -> "| `" + b.signature() + "` | " + b.doc() + " |\n")
            .collect(Collectors.joining());
  }
}
