package org.mdlc.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Stream;
import org.apache.maven.artifact.Artifact;

/** Which mdlc compiles. */
final class Tool {
  private Tool() {}

  /**
   * A fingerprint that changes with the plugin and everything it is made of. A released version
   * says what is in it; a snapshot says nothing, so its bytes are looked at.
   */
  static String fingerprint(Collection<Artifact> parts) throws IOException {
    var lines = new StringBuilder();
    for (var part : parts.stream().sorted().toList()) {
      lines.append(part.getId());
      var file = part.getFile();
      if (part.isSnapshot() && file != null) {
        lines.append(' ').append(content(file));
      }
      lines.append('\n');
    }
    return Digest.of(lines.toString());
  }

  /** Of a jar, or of the folder of classes that stands for one within a build of mdlc itself. */
  private static String content(File part) throws IOException {
    var root = part.toPath();
    if (!Files.isDirectory(root)) {
      return Digest.ofFile(root);
    }
    var lines = new StringBuilder();
    try (Stream<Path> files = Files.walk(root)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        lines.append(Digest.ofFile(file)).append(' ').append(root.relativize(file)).append('\n');
      }
    }
    return Digest.of(lines.toString());
  }
}
