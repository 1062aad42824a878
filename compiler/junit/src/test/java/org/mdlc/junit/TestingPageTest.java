package org.mdlc.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.mdlc.compiler.driver.InMemoryJavac;

/** The test in docs/testing.md compiles, and passes for the layers that the page shows. */
final class TestingPageTest {
  private static final Path PAGE = Path.of("../../docs/testing.md");
  private static final Pattern BLOCK = Pattern.compile("(?s)```([\\w ]+)\n(.*?)```");

  @Test
  void itsTestPasses() throws IOException {
    var test =
        InMemoryJavac.load(
            "LayersTest", block("java junit"), TestingPageTest.class.getClassLoader());
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(test))
        .execute()
        .testEvents()
        .assertStatistics(s -> s.started(4).succeeded(4));
  }

  @Test
  void itsLayersAreThoseOfTheFile() throws IOException {
    assertThat(Path.of("src/test/mdl/layers.mdl")).content().contains(block("mdl"));
  }

  private static String block(String language) throws IOException {
    return BLOCK
        .matcher(Files.readString(PAGE))
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .findFirst()
        .orElseThrow();
  }
}
