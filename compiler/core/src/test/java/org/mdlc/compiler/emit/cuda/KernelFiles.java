package org.mdlc.compiler.emit.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.KernelText;

/** Kernels in text form below src/test/resources/cuda, each beside the CUDA text printed for it. */
final class KernelFiles {
  private static final Path ROOT = Path.of("src/test/resources/cuda");

  private KernelFiles() {}

  /** All kernels, by name. */
  static List<Kernel> all() {
    try (var files = Files.list(ROOT)) {
      return files
          .filter(f -> f.toString().endsWith(".kernel"))
          .sorted()
          .map(f -> KernelText.parse(read(f)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Kernel named(String name) {
    return KernelText.parse(read(ROOT.resolve(name + ".kernel")));
  }

  /** Compares with a golden file, or writes it under {@code -Dgolden=update}. */
  static void assertGolden(String name, String actual) throws IOException {
    var golden = ROOT.resolve(name);
    if ("update".equals(System.getProperty("golden"))) {
      Files.writeString(golden, actual);
    }
    assertThat(actual)
        .as("%s (-Dgolden=update writes it)", golden)
        .isEqualTo(Files.exists(golden) ? read(golden) : "");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
