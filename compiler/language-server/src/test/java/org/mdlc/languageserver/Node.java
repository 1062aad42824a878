package org.mdlc.languageserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the VS Code extension in plain node, where there is one. */
final class Node {
  private static final Path SCRIPT = Path.of("src/test/vscode/run.js");

  private Node() {}

  /** Whether the program is on the path. */
  static boolean isThere() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "node")));
  }

  /** Runs the test script on an extension's folder; skips where there is no node. */
  static void run(Path extension, Path cache, String... arguments)
      throws IOException, InterruptedException {
    assumeTrue(isThere(), "running the VS Code extension needs node on the PATH");
    var command = new ArrayList<>(List.of("node", SCRIPT.toString(), extension.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("XDG_CACHE_HOME", cache.toString());
    var process = builder.start();
    var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(printed.strip()).isEqualTo("ok");
    assertThat(process.exitValue()).isZero();
  }
}
