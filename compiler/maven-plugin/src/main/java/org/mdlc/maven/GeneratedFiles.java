package org.mdlc.maven;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.mdlc.runtime.file.AtomicFile;

/** Files of a build: written only when they change, and gone with their folders. */
final class GeneratedFiles {
  private GeneratedFiles() {}

  /**
   * Writes a file as a whole, unless it is so already: then it keeps its time, so that nothing that
   * is made of it is made again.
   */
  static void write(Path file, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
      return;
    }
    Files.createDirectories(folder(file));
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /**
   * Deletes a file, and the folders that are empty without it.
   *
   * @param root stays, and so does all above it
   */
  static void delete(Path file, Path root) throws IOException {
    Files.deleteIfExists(file);
    for (var folder = folder(file);
        folder.startsWith(root) && !folder.equals(root) && isEmpty(folder);
        folder = folder(folder)) {
      Files.delete(folder);
    }
  }

  private static Path folder(Path file) {
    return Objects.requireNonNull(file.getParent(), "a root is no file");
  }

  private static boolean isEmpty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }
}
