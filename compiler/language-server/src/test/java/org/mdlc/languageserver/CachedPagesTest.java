package org.mdlc.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where copies for editors are written. */
final class CachedPagesTest {
  @TempDir private Path folder;

  @Test
  void aVariableNamesTheFolder() {
    var xdg = folder.resolve("xdg");
    var local = folder.resolve("local");
    assertThat(userFolder("XDG_CACHE_HOME", xdg, "LOCALAPPDATA", local)).isEqualTo(xdg);
    assertThat(userFolder("XDG_CACHE_HOME", "", "LOCALAPPDATA", local)).isEqualTo(local);
  }

  @Test
  void nothingIsWrittenIntoTheFolderThatTheEditorRunsIn() {
    assertThat(userFolder("XDG_CACHE_HOME", "cache", "LOCALAPPDATA", ""))
        .isAbsolute()
        .isEqualTo(CachedPages.userFolder(Map.of()));
  }

  private static Path userFolder(String name, Object value, String other, Object otherValue) {
    return CachedPages.userFolder(Map.of(name, value.toString(), other, otherValue.toString()));
  }
}
