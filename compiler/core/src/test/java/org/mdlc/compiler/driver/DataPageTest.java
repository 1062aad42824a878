package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The Java of docs/data.md compiles; its blocks follow each other as in one method. */
final class DataPageTest {
  private static final String FRAME =
      """
      import java.nio.file.Path;
      import java.util.List;
      import java.util.OptionalLong;
      import org.mdlc.runtime.*;
      import org.mdlc.runtime.data.*;
      import org.mdlc.runtime.file.*;
      import org.mdlc.runtime.table.*;
      import org.mdlc.runtime.utils.*;

      final class Snippets {
        static void run(Model model, Path folder) throws Exception {
      %s
        }
      }
      """;

  @Test
  void itsJavaCompiles() {
    var blocks =
        Page.of("docs/data.md").blocks().stream()
            .filter(block -> block.info().equals("java"))
            .map(Page.Block::text)
            .toList();

    assertThat(blocks).isNotEmpty();
    InMemoryJavac.compile(
        Map.of("Snippets", FRAME.replace("%s", String.join("\n", blocks))), List.of());
  }
}
