package org.mdlc.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.source.SourceFile;

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
      printWhyItNeedsTheModule();
      System.out.println(
          tests.succeeded().count() + " passed, " + tests.failed().count() + " failed");
    }

    /** What a program sees whose generated class uses the Vector API, as it usually does. */
    private static void printWhyItNeedsTheModule() {
      var text = "model Net { input x: f32[3]  output y = x |> Dense(2) }";
      var request = CompileRequest.of(SourceFile.of("net.mdl", text));
      var bound = Compiler.bind(request).bound().orElseThrow();
      try {
        InMemoryJavac.create(Compiler.generate(bound, request), 1, OtherJvm.class.getClassLoader());
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
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
        .contains(
            "Net was compiled for the Vector API: start Java with --add-modules"
                + " jdk.incubator.vector, or compile the model with --no-vector")
        .containsOnlyOnce("generated code runs as plain loops in these tests")
        .contains("--add-modules jdk.incubator.vector");
  }
}
