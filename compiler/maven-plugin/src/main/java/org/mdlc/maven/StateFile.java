package org.mdlc.maven;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the {@link State} of an execution lies between two builds. A file that is not there, or
 * that something has damaged, is the state of an execution that has never been: everything is
 * compiled.
 *
 * @param base the folder that paths in it are relative to
 */
record StateFile(Path file, Path base) {
  State read() throws IOException {
    return Files.isRegularFile(file)
        ? State.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), base)
        : State.NONE;
  }

  void write(State state) throws IOException {
    GeneratedFiles.write(file, state.text(base));
  }
}
