package org.mdlc.maven;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Where the {@link State} of an execution lies between two builds. A file that is not there, or
 * that something has damaged, is the state of an execution that has never been: everything is
 * compiled.
 *
 * @param base the folder that paths in it are relative to
 */
record StateFile(Path file, Path base) {
  private static final String SUFFIX = ".state";

  /** Of an execution, among those of the others. */
  static StateFile of(Path folder, String execution, Path base) {
    return new StateFile(folder.resolve(execution + SUFFIX), base);
  }

  State read() throws IOException {
    return read(file);
  }

  private State read(Path file) throws IOException {
    return Files.isRegularFile(file)
        ? State.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), base)
        : State.NONE;
  }

  /** What other executions have written, perhaps from a model that was this one's before. */
  Set<Path> outputsOfOthers() throws IOException {
    var outputs = new HashSet<Path>();
    if (Files.isDirectory(file.getParent())) {
      try (var others = Files.newDirectoryStream(file.getParent(), "*" + SUFFIX)) {
        for (var other : others) {
          if (!other.equals(file)) {
            outputs.addAll(read(other).outputs());
          }
        }
      }
    }
    return outputs;
  }

  void write(State state) throws IOException {
    GeneratedFiles.write(file, state.text(base));
  }
}
