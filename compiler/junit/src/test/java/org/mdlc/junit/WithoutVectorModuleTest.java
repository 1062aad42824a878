package org.mdlc.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

/** In a JVM without the flag tests pass, and one sentence says that they are slow. */
final class WithoutVectorModuleTest {
  /** What the other JVM runs. */
  static final class OtherJvm {
    private OtherJvm() {}

    public static void main(String[] args) {
      var tests =
          EngineTestKit.engine("junit-jupiter")
              .selectors(selectClass(ModelsTest.class), selectClass(LayersTest.class))
              .execute()
              .testEvents();
      System.out.println(
          tests.succeeded().count() + " passed, " + tests.failed().count() + " failed");
    }
  }

  @Test
  void runsPlainLoopsAndSaysSoOnce() throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                OtherJvm.class.getName())
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(output)
        .contains("12 passed, 0 failed")
        .containsOnlyOnce("generated code runs as plain loops in these tests")
        .contains("--add-modules jdk.incubator.vector");
  }
}
