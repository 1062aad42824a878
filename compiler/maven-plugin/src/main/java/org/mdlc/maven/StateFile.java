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
 * @param planned the names of all executions that are part of the build
 * @param base the folder that paths in it are relative to
 */
record StateFile(Path folder, String execution, Set<String> planned, Path base) {
  StateFile {
    planned = Set.copyOf(planned);
  }

  State read() throws IOException {
    return read(execution);
  }

  private State read(String name) throws IOException {
    var file = file(name);
    return Files.isRegularFile(file)
        ? State.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), base)
        : State.NONE;
  }

  void write(State state) throws IOException {
    GeneratedFiles.write(file(execution), state.text(base));
  }

  private Path file(String name) {
    return folder.resolve(name + ".state");
  }

  /**
   * What other executions of the build have written, perhaps from a model that was this one's
   * before. A goal that was called by hand, or an execution that has another name now, wants
   * nothing any more.
   */
  Set<Path> outputsOfOthers() throws IOException {
    var outputs = new HashSet<Path>();
    for (var other : planned) {
      if (!other.equals(execution)) {
        outputs.addAll(read(other).outputs().keySet());
      }
    }
    return outputs;
  }
}
