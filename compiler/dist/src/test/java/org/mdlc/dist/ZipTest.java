package org.mdlc.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The unpacked zip, called through a link from another folder. */
@Timeout(300)
final class ZipTest {
  @TempDir private static Path unpacked;
  private static Path home;
  @TempDir private Path folder;

  @BeforeAll
  static void unpack() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
    var target = Files.createDirectory(unpacked.resolve("with a blank"));
    var zip = Path.of(System.getProperty("mdlc.zip"));
    try (var files = FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", "true"));
        var entries = Files.walk(files.getPath("/"))) {
      entries
          .filter(Files::isRegularFile)
          .forEach(entry -> copy(entry, target.resolve(entry.toString().substring(1))));
    }
    try (var folders = Files.list(target)) {
      home = folders.findFirst().orElseThrow();
    }
    Files.createSymbolicLink(
        Files.createDirectory(unpacked.resolve("path")).resolve("mdlc"),
        Path.of("..", "with a blank", home.getFileName().toString(), "bin", "mdlc"));
  }

  private static void copy(Path entry, Path target) {
    try {
      Files.createDirectories(target.getParent());
      Files.copy(entry, target);
      Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(entry));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps no cache, so that none is made in the background when the folders are deleted. */
  private Program mdlc() throws IOException {
    return new Program(
        List.of(unpacked.resolve("path/mdlc").toString()),
        Program.withModels(folder),
        Map.of("JAVA_HOME", System.getProperty("java.home"), "XDG_CACHE_HOME", "/dev/null"));
  }

  @Test
  void startsThroughALink() throws IOException, InterruptedException {
    var version = mdlc().run("--version");
    assertThat(version.err()).isEmpty();
    assertThat(version.out()).startsWith("mdlc 0.").contains("Java " + Runtime.version());
    assertThat(version.exitCode()).isZero();
    assertThat(mdlc().run("check", "bad.mdl").exitCode()).isEqualTo(1);
    assertThat(mdlc().run("chek").exitCode()).isEqualTo(2);
  }

  @Test
  void trains() throws IOException, InterruptedException {
    var ended = mdlc().run("train", "good.mdl");
    assertThat(ended.err()).isEqualTo("WARNING: Using incubator modules: jdk.incubator.vector\n");
    assertThat(ended.out()).contains("Epoch 2/2");
    assertThat(ended.exitCode()).isZero();
  }

  @Test
  void startsWhereNoCacheCanBeWritten() throws IOException, InterruptedException {
    var ended = mdlc().run("check", "good.mdl");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).isEqualTo("good.mdl: no errors\n");
    assertThat(ended.exitCode()).isZero();
  }

  @Test
  void withoutAHomeNothingIsKept() throws IOException, InterruptedException {
    var homeless = mdlc().with("XDG_CACHE_HOME", "").with("HOME", "");
    assertThat(homeless.run("--version").exitCode()).isZero();
    assertThat(Path.of("/.cache/mdlc")).doesNotExist();
  }

  /**
   * The first start has a cache made, and later ones read it. An option for that start, here one
   * that no Java knows, is none for the cache, and who reads its output to the end need not wait.
   */
  @Test
  void learnsToStartQuickly() throws IOException, InterruptedException {
    var piped = List.of("/bin/sh", "-c", "\"$0\" \"$@\" 2>&1 | cat", mdlc().command().getFirst());
    var first =
        new Program(piped, folder, withOwnCache().environment())
            .with("JAVA_TOOL_OPTIONS", "-XX:+NoSuchOption");
    assertThat(first.run("check", "good.mdl").out()).contains("NoSuchOption");
    var cache = cache();
    assertThat(cache).isEmpty();
    while (cache.isEmpty()) {
      Thread.sleep(100);
      cache = cache();
    }
    assertThat(Files.size(cache.get())).isGreaterThan(10_000_000);
    var logged =
        withOwnCache()
            .with("JDK_JAVA_OPTIONS", "-XX:AOTMode=on")
            .run("check", "good.mdl"); // fails if the cache does not fit
    assertThat(logged.out()).isEqualTo("good.mdl: no errors\n");
    assertThat(logged.exitCode()).isZero();
    assertThat(cache()).isEqualTo(cache);
  }

  private Program withOwnCache() throws IOException {
    return mdlc().with("XDG_CACHE_HOME", folder.resolve("own cache").toString());
  }

  private Optional<Path> cache() throws IOException {
    var caches = folder.resolve("own cache/mdlc");
    if (!Files.isDirectory(caches)) {
      return Optional.empty();
    }
    try (var files = Files.list(caches)) {
      return files.filter(f -> f.getFileName().toString().matches("quick-\\d+\\.aot")).findFirst();
    }
  }

  @Test
  void saysWhatItIsMadeOf() {
    assertThat(home.resolve("LICENSE")).isNotEmptyFile();
    assertThat(home.resolve("README.md")).isNotEmptyFile();
    assertThat(home.resolve("licenses/THIRD-PARTY.md")).isNotEmptyFile();
    assertThat(home.resolve("bin/mdlc.bat")).content().contains("\r\n");
  }
}
