package org.mdlc.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code java -jar mdlc.jar}, with no further flags. */
@Timeout(300)
final class JarTest {
  private static final Pattern OLDER = Pattern.compile("JAVA_VERSION=\"(1\\.8|9|1\\d|2[0-4])\\b");

  @TempDir private Path folder;

  private Program java(String... options) throws IOException {
    return Program.jar(Program.THIS_JAVA, folder, options);
  }

  @Test
  void saysItsVersion() throws IOException, InterruptedException {
    var ended = java().run("--version");
    assertThat(ended.out()).startsWith("mdlc 0.").contains("Java " + Runtime.version());
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isZero();
  }

  @Test
  void checksModels() throws IOException, InterruptedException {
    var good = java().run("check", "good.mdl");
    assertThat(good.out()).isEqualTo("good.mdl: no errors\n");
    assertThat(good.exitCode()).isZero();
    var bad = java().run("check", "bad.mdl");
    assertThat(bad.err()).contains("error[E0201]", "did you mean `Dense`?");
    assertThat(bad.exitCode()).isEqualTo(1);
    assertThat(java().run("chek").exitCode()).isEqualTo(2);
  }

  /** The Vector API is there, and so are the options that Java was given. */
  @Test
  void trainsWithTheVectorApi() throws IOException, InterruptedException {
    var ended =
        java("-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("unpacked"))
            .run("train", "good.mdl", "--save", "w.safetensors");
    assertThat(ended.err()).isEqualTo("WARNING: Using incubator modules: jdk.incubator.vector\n");
    assertThat(ended.out()).contains("Epoch 2/2", "loss: ");
    assertThat(ended.exitCode()).isZero();
    assertThat(folder.resolve("w.safetensors")).isNotEmptyFile();
    assertThat(folder.resolve("unpacked")).isNotEmptyDirectory();
    assertThat(java().run("train", "none.mdl").exitCode()).isEqualTo(1);
  }

  @Test
  void ctrlCEndsTrainingAndSaves() throws IOException, InterruptedException {
    requireSignals();
    var program = java();
    var process =
        program.start(
            "train", "good.mdl", "--epochs", "1000000", "--verbose", "2", "--save", "w.npz");
    while (!program.text("out").contains("Epoch 3/")) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(20);
    }
    var kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
    process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(process.waitFor()).isEqualTo(130);
    assertThat(program.text("err")).contains("interrupted: training ends after this batch");
    assertThat(folder.resolve("w.npz")).isNotEmptyFile();
  }

  @Test
  void anOlderJavaSaysSo() throws IOException, InterruptedException {
    var ended = Program.jar(olderJava(), folder).with("JAVA_HOME", "").run("check", "good.mdl");
    assertThat(ended.err())
        .matches(
            "error: mdlc needs Java 25 or newer, and this is Java [0-9._]+: install a JDK 25, for"
                + " example from https://adoptium.net, and set JAVA_HOME to its folder\n");
    assertThat(ended.exitCode()).isEqualTo(1);
  }

  @Test
  void anOlderJavaTakesTheNamedJdk() throws IOException, InterruptedException {
    var older = Program.jar(olderJava(), folder).with("JAVA_HOME", "/nowhere");
    var named = older.with("MDLC_JAVA_HOME", System.getProperty("java.home"));
    assertThat(named.run("--version").out()).contains("Java " + Runtime.version());
    assertThat(named.run("check", "bad.mdl").exitCode()).isEqualTo(1);
    var trained = named.run("train", "good.mdl");
    assertThat(trained.err()).doesNotContain("slower");
    assertThat(trained.exitCode()).isZero();
  }

  /** Started in the background by some shells, a program and its children see no SIGINT. */
  private static void requireSignals() throws IOException {
    var status = Path.of("/proc/self/status");
    assumeThat(status).as("SIGINT is tested where /proc tells whether it arrives").exists();
    var ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElse(0L);
    assumeThat(ignored & 1L << 1).as("SIGINT is ignored by whoever runs the tests").isZero();
  }

  private static Path olderJava() throws IOException {
    Optional<Path> found = Optional.empty();
    var usual = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(usual)) {
      try (var homes = Files.list(usual)) {
        found = homes.filter(JarTest::isOlder).map(home -> home.resolve("bin/java")).findFirst();
      }
    }
    assumeThat(found).as("needs a Java older than 25 in /usr/lib/jvm").isPresent();
    return found.orElseThrow();
  }

  private static boolean isOlder(Path home) {
    var release = home.resolve("release");
    try {
      return Files.isExecutable(home.resolve("bin/java"))
          && Files.isRegularFile(release)
          && OLDER.matcher(Files.readString(release)).find();
    } catch (IOException e) {
      return false; // not to be read, so not to be run
    }
  }
}
