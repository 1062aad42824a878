package org.mdlc.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the user's shell finds.
 *
 * @param environment the variables of the process
 */
record Programs(Map<String, String> environment) {
  /** The oldest Java that runs mdlc and what it generates. */
  static final int NEEDED_JAVA = 25;

  private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");

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
      var release = java.get().toRealPath().resolve("../../release").normalize();
      var version = Files.exists(release) ? Files.readString(release) : "";
      var matcher = VERSION.matcher(version);
      return matcher.find()
          ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
          : OptionalInt.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
