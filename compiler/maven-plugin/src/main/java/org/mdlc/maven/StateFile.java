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
 * @param folder of the states of all executions
 * @param execution its name
 * @param base the folder that paths in it are relative to
 */
record StateFile(Path folder, String execution, Path base) {
  private static final String SUFFIX = ".state";

  private Path file() {
    return folder.resolve(execution + SUFFIX);
  }

  State read() throws IOException {
    return read(file());
  }

  private State read(Path file) throws IOException {
    return Files.isRegularFile(file)
        ? State.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), base)
        : State.NONE;
  }

  void write(State state) throws IOException {
    GeneratedFiles.write(file(), state.text(base));
  }

  /** What other executions have written, perhaps from a model that was this one's before. */
  Set<Path> outputsOfOthers() throws IOException {
    var outputs = new HashSet<Path>();
    if (Files.isDirectory(folder)) {
      try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
        for (var file : files) {
          if (!file.equals(file())) {
            outputs.addAll(read(file).outputs());
          }
        }
      }
    }
    return outputs;
  }
}
