package org.mdlc.compiler.bind;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The functions that the compiler itself supplies, as a page: what {@code docs/functions.md} holds.
 */
public final class FunctionReference {
  private record Chapter(String title, Stream<Builtin> functions) {}

  private FunctionReference() {}

  /** The page in Markdown. */
  public static String page() {
    var chapters =
        List.of(
            new Chapter("Element by element", MathBuiltins.all()),
            new Chapter("Shapes", ShapeBuiltins.all()),
            new Chapter("Reductions and order", ReductionBuiltins.all()),
            new Chapter("Products, convolutions, pooling", ContractionBuiltins.all()),
            new Chapter("Random numbers", RandomBuiltins.all()),
            new Chapter("Lists, numbers and the layer itself", LanguageBuiltins.all()));
    return """
        # Functions of the compiler

        Everything else is said in the language, in `std/*.mdl`. Sizes in lists leave the batch out; `axis` counts as in Keras (the batch is axis 0),
        `over` counts the dimensions after the batch or names them. A parameter marked `*` takes all remaining values.
        """
        + chapters.stream().map(FunctionReference::chapter).collect(Collectors.joining());
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
