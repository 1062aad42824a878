package org.mdlc.compiler.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.mdlc.compiler.source.SourceFile;

/** Where imported files are read. */
@FunctionalInterface
public interface SourceTexts {
  /** What is saved. */
  SourceTexts OF_DISK = SourceTexts::saved;

  /** The file at a path, as it is now; nothing when there is none that can be read. */
  Optional<SourceFile> find(String path);

  private static Optional<SourceFile> saved(String path) {
    try {
      return Files.isRegularFile(Path.of(path))
          ? Optional.of(SourceFile.read(Path.of(path)))
          : Optional.empty();
    } catch (IOException | InvalidPathException e) {
      return Optional.empty(); // reported by the binder, at the import
    }
  }
}
