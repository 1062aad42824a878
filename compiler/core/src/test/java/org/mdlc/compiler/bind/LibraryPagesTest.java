package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The pages of {@code docs/library} are made of the library: {@code -Dgolden=update} writes them.
 */
class LibraryPagesTest {
  private static final Path FOLDER = Path.of("../../docs/library");
  private static final Map<String, String> PAGES = LibraryPages.all();

  @TestFactory
  Stream<DynamicTest> pagesAreUpToDate() {
    return PAGES.entrySet().stream()
        .map(p -> DynamicTest.dynamicTest(p.getKey(), () -> compare(p.getKey(), p.getValue())));
  }

  private static void compare(String name, String text) throws IOException {
    var page = FOLDER.resolve(name);
    if ("update".equals(System.getProperty("golden"))) {
      Files.createDirectories(FOLDER);
      Files.writeString(page, text);
    }
    assertThat(page).content().isEqualTo(text);
  }

  @Test
  void noPageIsLeftOver() throws IOException {
    try (var files = Files.list(FOLDER)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(PAGES.keySet());
    }
  }
}
