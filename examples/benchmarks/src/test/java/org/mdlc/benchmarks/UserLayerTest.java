package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.source.SourceFile;

/**
 * A user's layer is what a library layer is: with the same text under another name it gives the
 * same code and the same messages.
 */
class UserLayerTest {
  private static final String MODEL =
      """
      model M {
        input x: f32[12]
        output y = x
            |> Dense(8, activation = relu, name = "first")
            |> BatchNormalization(name = "second")
            |> Dropout(0.3, name = "third")
            |> Dense(%s, name = "fourth")
      }

      train M {
        loss SparseCategoricalCrossentropy(from_logits = true)
        optimizer Adam()
      }
      """;

  private static final List<String> LAYERS = List.of("Dense", "BatchNormalization", "Dropout");

  @Test
  void aCopyOfLibraryLayersGivesTheSameCode() throws IOException {
    // The kind of a layer is a word of the summary and of Keras's files, and of nothing else.
    var own =
        code(own(MODEL.formatted("4"))).replace("\"My", "\"").replace("layers/my_", "layers/");
    assertThat(own).isEqualTo(code(MODEL.formatted("4")));
  }

  @Test
  void aCopyOfLibraryLayersGivesTheSameMessages() throws IOException {
    assertThat(messages(MODEL.formatted("0"))).containsExactly("units is 0; it must be positive");
    assertThat(messages(own(MODEL.formatted("0"))))
        .containsExactly("units is 0; it must be positive");
  }

  /** The model with copies of the library's layers, called My.. */
  private static String own(String model) throws IOException {
    var text = new StringBuilder(model);
    for (var layer : LAYERS) {
      text.append('\n').append(definition(layer));
    }
    String all = text.toString();
    for (var layer : LAYERS) {
      all = all.replaceAll("\\b" + layer + "\\(", "My" + layer + "(");
    }
    return all;
  }

  private static String definition(String layer) throws IOException {
    for (var file : index()) {
      var found =
          Pattern.compile("^layer " + layer + "\\(.*?^}\\n", Pattern.MULTILINE | Pattern.DOTALL)
              .matcher(resource(file));
      if (found.find()) {
        return found.group();
      }
    }
    throw new AssertionError("the library has no layer " + layer);
  }

  private static List<String> index() throws IOException {
    return resource("index.txt").lines().filter(l -> !l.isBlank()).toList();
  }

  private static String resource(String name) throws IOException {
    try (var in =
        Objects.requireNonNull(Compiler.class.getResourceAsStream("/std/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Without comments, which tell the line in the .mdl file. */
  private static String code(String text) {
    var request = CompileRequest.of(SourceFile.of("m.mdl", text));
    var compilation = Compiler.bind(request);
    var bound =
        compilation
            .bound()
            .orElseThrow(() -> new AssertionError(Renderer.plain().render(compilation.problems())));
    return Compiler.generate(bound, request)
        .source()
        .lines()
        .filter(l -> !l.strip().startsWith("//"))
        .reduce("", (a, b) -> a + b + "\n");
  }

  /** What every error says; its code tells whether the library or the user requires it. */
  private static List<String> messages(String text) {
    var problems = Compiler.check(CompileRequest.of(SourceFile.of("m.mdl", text)));
    return Renderer.plain()
        .render(problems)
        .lines()
        .filter(l -> l.startsWith("error["))
        .map(l -> l.substring(l.indexOf(": ") + 2))
        .toList();
  }
}
