package org.mdlc.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.artifact.DefaultArtifact;
import org.apache.maven.artifact.handler.DefaultArtifactHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ToolTest {
  @TempDir private Path folder;

  private static Artifact part(String name, String version, Path file) {
    var part =
        new DefaultArtifact(
            "org.mdlc", name, version, "runtime", "jar", null, new DefaultArtifactHandler("jar"));
    part.setFile(file.toFile());
    return part;
  }

  @Test
  void aReleaseIsKnownByItsVersion() throws IOException {
    var jar = Files.writeString(folder.resolve("core.jar"), "one");
    var one = Tool.fingerprint(List.of(part("mdlc-core", "1.0", jar)));
    Files.writeString(jar, "two");
    assertThat(Tool.fingerprint(List.of(part("mdlc-core", "1.0", jar)))).isEqualTo(one);
    assertThat(Tool.fingerprint(List.of(part("mdlc-core", "1.1", jar)))).isNotEqualTo(one);
  }

  @Test
  void aSnapshotIsKnownByItsBytes() throws IOException {
    var jar = Files.writeString(folder.resolve("core.jar"), "one");
    var snapshot = List.of(part("mdlc-core", "1.0-SNAPSHOT", jar));
    var one = Tool.fingerprint(snapshot);
    Files.writeString(jar, "two");
    assertThat(Tool.fingerprint(snapshot)).isNotEqualTo(one);
  }

  @Test
  void aFolderOfClassesIsKnownByItsFiles() throws IOException {
    var classes = Files.createDirectories(folder.resolve("classes/org"));
    Files.writeString(classes.resolve("A.class"), "one");
    var snapshot = List.of(part("mdlc-core", "1.0-SNAPSHOT", folder.resolve("classes")));
    var one = Tool.fingerprint(snapshot);
    assertThat(Tool.fingerprint(snapshot)).isEqualTo(one);
    Files.writeString(classes.resolve("A.class"), "two");
    assertThat(Tool.fingerprint(snapshot)).isNotEqualTo(one);
  }

  @Test
  void theOrderOfPartsDoesNotMatter() throws IOException {
    var a = part("a", "1", folder);
    var b = part("b", "1", folder);
    assertThat(Tool.fingerprint(List.of(a, b))).isEqualTo(Tool.fingerprint(List.of(b, a)));
  }
}
