package org.mdlc.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.NumpyFiles;

/** Test resources. */
public final class TestFiles {
  private TestFiles() {}

  /** The arrays of a golden {@code .npz} that lies next to the class. */
  public static Map<String, HostTensor> golden(Class<?> owner, String name) throws IOException {
    Path copy = copy(owner, name);
    try {
      return NumpyFiles.readNpz(copy);
    } finally {
      Files.delete(copy);
    }
  }

  /** The lines of a golden text that lies next to the class. */
  public static String text(Class<?> owner, String name) throws IOException {
    Path copy = copy(owner, name);
    try {
      return Files.readString(copy);
    } finally {
      Files.delete(copy);
    }
  }

  /** A copy of a resource as a file, which the caller deletes. */
  public static Path copy(Class<?> owner, String name) throws IOException {
    Path file = Files.createTempFile("golden", Path.of(name).getFileName().toString());
    try (InputStream in = Objects.requireNonNull(owner.getResourceAsStream(name), name)) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }
}
