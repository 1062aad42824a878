package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;

/** What the README shows of the compiler; the command line tests what it shows of commands. */
final class ReadmeTest {
  private static final Page PAGE = Page.of("README.md");

  private static final String FRAME =
      """
      import org.mdlc.runtime.data.*;

      final class Program {
        static void run(ArrayDataset train, ArrayDataset test, float[][][][] images) {
      %s
        }
      }
      """;

  private static final String MISTAKEN =
      """
      model Digits {
        input image: f32[8, 8, 1]
        let features = image |> Conv2D(32, 3, activation = relu) |> Flatten()
        output digit = features |> reshape([6, 6, 16]) |> Flatten() |> Dense(10)
      }
      """;

  @Test
  void itsProgramCompilesWithItsModel() {
    var request =
        CompileRequest.of(SourceFile.of("digits.mdl", PAGE.blockWith("train Digits").text()));
    var model = Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
    var statements = PAGE.blockWith("Digits.create(42)");
    assertThat(statements.info()).isEqualTo("java model");
    InMemoryJavac.compile(
        Map.of(
            model.className(), model.source(), "Program", FRAME.replace("%s", statements.text())),
        List.of());
  }

  @Test
  void itsMistakeIsReportedSo() {
    var problems = Compiler.check(CompileRequest.of(SourceFile.of("digits.mdl", MISTAKEN)));
    assertThat(Renderer.plain().render(problems)).startsWith(PAGE.blockWith("error[E0301]").text());
  }
}
