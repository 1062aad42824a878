package org.mdlc.compiler.driver;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.source.SourceFile;

/** The Java of docs/java.md compiles with the model of the page, and runs. */
final class JavaPageTest {
  private static final Page PAGE = Page.of("docs/java.md");

  private static final String FRAME =
      """
      import org.mdlc.runtime.*;
      import org.mdlc.runtime.data.*;

      public final class Program {
        public static void run(float[][][][] images, int[] digits) {
      %s
        }
      }
      """;

  @Test
  void itsProgramRuns() throws Exception {
    var statements =
        PAGE.blocks().stream()
            .filter(block -> block.info().equals("java model"))
            .map(Page.Block::text)
            .collect(joining("\n"));
    assertThat(statements).contains("Digits.data()");
    var random = new Random(1);
    var images = new float[20][8][8][1];
    for (var image : images) {
      for (var row : image) {
        for (var dot : row) {
          dot[0] = random.nextFloat();
        }
      }
    }
    var digits = random.ints(images.length, 0, 10).toArray();
    program(statements)
        .getMethod("run", float[][][][].class, int[].class)
        .invoke(null, images, digits);
  }

  @Test
  void itsMessagesAreThoseOfTheRuntime() throws Exception {
    var mistakes =
        List.of(
            "var seven = new float[4][8][8][1];  seven[3][2] = new float[7][1];"
                + "  Digits.data().image(seven);",
            "Digits.data().image(new float[100]);",
            "Digits.data().image(new float[300 * 64]).digit(new int[299]);");
    var messages = new ArrayList<String>();
    for (var mistake : mistakes) {
      var run = program(mistake).getMethod("run", float[][][][].class, int[].class);
      assertThatThrownBy(() -> run.invoke(null, null, null))
          .cause()
          .satisfies(e -> messages.add(e.getMessage()));
    }
    assertThat(PAGE.blockWith("Digits takes image").lines()).isEqualTo(messages);
  }

  private static Class<?> program(String statements) throws ClassNotFoundException {
    var model = PAGE.blocks().stream().filter(Page.Block::isMdl).findFirst().orElseThrow();
    var request = CompileRequest.of(SourceFile.of("digits.mdl", model.text()));
    var generated = Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
    return InMemoryJavac.loadAll(
            Map.of(
                generated.className(),
                generated.source(),
                "Program",
                FRAME.replace("%s", statements)),
            JavaPageTest.class.getClassLoader())
        .loadClass("Program");
  }
}
