package org.mdlc.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The VS Code extension as it stands in its folder. */
final class ExtensionTest {
  private static final Path EXTENSION = Path.of("vscode");

  @TempDir private Path folder;

  /** With the server of these classes, as the setting {@code mdlc.path} names it. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher made here is a shell script")
  void aSessionWithAnInstalledMdlc() throws IOException, InterruptedException {
    var launcher = folder.resolve("mdlc");
    Files.writeString(
        launcher,
        """
        #!/bin/sh
        test "$1" = language-server || exit 2
        exec '%s/bin/java' -XX:TieredStopAtLevel=1 -cp '%s' org.mdlc.languageserver.Main
        """
            .formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Node.run(EXTENSION, folder.resolve("cache"), launcher.toString());
  }

  @Test
  void aServerThatDoesNotStartIsToldOf() throws IOException, InterruptedException {
    Node.run(EXTENSION, folder.resolve("cache"), "--no-java");
  }

  @Test
  void theManifestAsksForNothingThatIsNotThere() throws IOException {
    var manifest =
        JsonParser.parseString(Files.readString(EXTENSION.resolve("package.json")))
            .getAsJsonObject();
    assertThat(EXTENSION.resolve(manifest.get("main").getAsString())).isRegularFile();
    assertThat(manifest.keySet())
        .doesNotContainAnyElementsOf(Set.of("dependencies", "devDependencies", "scripts"));
  }
}
