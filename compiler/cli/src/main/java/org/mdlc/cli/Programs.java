package org.mdlc.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.mdlc.launch.Jdk;

/**
 * What the user's shell finds.
 *
 * @param environment the variables of the process
 */
record Programs(Map<String, String> environment) {
  /** A program of the {@code PATH}. */
  Optional<Path> find(String program) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .flatMap(
            folder ->
                Stream.of(program, program + ".exe", program + ".cmd")
                    .map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The version of the {@code java} on the {@code PATH}, if it is one with a file that says so. */
  OptionalInt javaVersion() {
    var java = find("java");
    if (java.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      var home = java.get().toRealPath().resolve("../..").normalize();
      int version = Jdk.versionOf(home.toFile());
      return version > 0 ? OptionalInt.of(version) : OptionalInt.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
