package org.mdlc.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DnnLibraryTest {
  private static final List<String> PLATFORMS = List.of("AVX", "SSE", "those of every CPU");

  @Test
  void saysWhatItIsAndWhereItLies() {
    var library = DnnLibrary.load();
    assertThat(library.version()).matches("\\d+\\.\\d+\\.\\d+");
    assertThat(PLATFORMS).anyMatch(library.instructions()::startsWith);
    assertThat(library.file().map(Path::toFile).orElseThrow()).isFile();
    assertThat(library.ownThreads()).isFalse();
  }
}
