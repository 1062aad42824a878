package org.mdlc.runtime.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are whole or not there, and otherwise as any program would have written them. */
class AtomicFileTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("weights");
  }

  private void requirePosix() {
    assumeTrue(
        Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null,
        "needs a file system with modes and links");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private String[] names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toArray(String[]::new);
    }
  }

  @Test
  void aNewFileHasTheModeOfAnyNewFile() throws IOException {
    requirePosix();
    AtomicFile.writeText(file, "new");
    assertThat(mode(file)).isEqualTo(mode(Files.createFile(folder.resolve("other"))));
    assertThat(names()).containsExactly("other", "weights");
  }

  @Test
  void aFileThatIsReplacedKeepsItsMode() throws IOException {
    requirePosix();
    for (String mode : new String[] {"rw-r-----", "rw-------", "rwxrw-rw-"}) {
      Files.writeString(file, "old");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      AtomicFile.writeText(file, "new");
      assertThat(file).hasContent("new");
      assertThat(mode(file)).isEqualTo(mode);
    }
  }

  @Test
  void writesThroughLinks() throws IOException {
    requirePosix();
    Path runs = Files.createDirectory(folder.resolve("runs"));
    Path target = Files.writeString(runs.resolve("7"), "old");
    Path latest = Files.createSymbolicLink(folder.resolve("latest"), Path.of("runs/7"));
    Files.createSymbolicLink(file, latest);
    AtomicFile.writeText(file, "new");
    assertThat(target).hasContent("new");
    assertThat(file).isSymbolicLink();
    assertThat(latest).isSymbolicLink();
    Files.delete(target);
    AtomicFile.writeText(file, "made");
    assertThat(target).hasContent("made");
    assertThat(names()).containsExactly("latest", "runs", "weights");
  }

  @Test
  void linksInARingAreAnError() throws IOException {
    requirePosix();
    Path other = Files.createSymbolicLink(folder.resolve("other"), file);
    Files.createSymbolicLink(file, other);
    assertThatThrownBy(() -> AtomicFile.writeText(file, "new"))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("weights");
  }

  @Test
  void writesIntoAPipeAndLeavesItAPipe() throws Exception {
    requirePosix();
    var made = new ProcessBuilder("sh", "-c", "mkfifo \"$1\"", "sh", file.toString()).start();
    assumeTrue(made.waitFor() == 0, "needs mkfifo");
    var read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readString(file);
              } catch (IOException e) {
                return e.toString();
              }
            });
    AtomicFile.writeText(file, "through");
    assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo("through");
    assertThat(Files.isRegularFile(file)).isFalse();
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Files.writeString(file, "old");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");
    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("weights");
  }

  @Test
  void saysWhatCannotBeWritten() {
    assertThatThrownBy(() -> AtomicFile.writeText(folder, "new"))
        .hasMessageContaining("is a folder");
    assertThatThrownBy(() -> AtomicFile.writeText(folder.resolve("no/weights"), "new"))
        .isInstanceOf(NoSuchFileException.class);
  }
}
