package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.source.SourceFile;

/** Tools that measure coverage look at the annotations of each class by itself. */
final class GeneratedMarkTest {
  @Test
  void everyClassFileCarriesTheMark() {
    var text =
        """
        model M { input x: f32[4]  output y = x |> Dense(1) }
        train M { loss MeanSquaredError()  optimizer SGD() }
        """;
    var request = CompileRequest.of(SourceFile.of("m.mdl", text));
    var generated = Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
    var classes =
        InMemoryJavac.compile(Map.of(generated.className(), generated.source()), List.of());
    assertThat(classes.keySet().stream().filter(name -> isMarked(classes.get(name))))
        .containsExactlyElementsOf(
            classes.keySet().stream().filter(name -> !isSynthetic(name)).toList())
        .contains("M", "M$TrainStep", "M$PredictStep");
  }

  private static boolean isMarked(byte[] classFile) {
    return new String(classFile, StandardCharsets.ISO_8859_1)
        .contains("Lorg/mdlc/runtime/Generated;");
  }

  /** Of javac's own making, for {@code switch}. */
  private static boolean isSynthetic(String name) {
    return name.matches(".*\\$\\d+");
  }
}
