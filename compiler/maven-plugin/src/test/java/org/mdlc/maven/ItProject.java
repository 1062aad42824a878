package org.mdlc.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.maven.shared.invoker.DefaultInvocationRequest;
import org.apache.maven.shared.invoker.DefaultInvoker;
import org.apache.maven.shared.invoker.MavenInvocationException;

/**
 * A project of {@code src/it} as a user has it: a folder that Maven builds, with a repository that
 * holds what this build has packaged. Where things are, {@code pom.xml} says by system properties.
 */
record ItProject(Path folder) {
  private static final Path SOURCES = Path.of("src", "it");
  private static final Pattern PLACEHOLDER = Pattern.compile("@([\\w.]+)@");

  /** A new copy of a project of {@code src/it}, with today's versions for {@code @name@}. */
  static ItProject fresh(String name, String folder) throws IOException {
    var copy = copy(SOURCES.resolve(name), folder);
    for (var file : copy.files(Path.of(""))) {
      if (file.endsWith("pom.xml")) {
        var pom = copy.folder.resolve(file);
        Files.writeString(pom, withVersions(Files.readString(pom)));
      }
    }
    return copy;
  }

  static String withVersions(String text) {
    return PLACEHOLDER.matcher(text).replaceAll(m -> property("it." + m.group(1)));
  }

  /** A copy with all that Maven has made of it, elsewhere. */
  ItProject copied(String folder) throws IOException {
    return copy(this.folder, folder);
  }

  private static ItProject copy(Path from, String folder) throws IOException {
    var to = Path.of(property("it.projects")).resolve(folder);
    if (Files.exists(to)) {
      try (Stream<Path> old = Files.walk(to)) {
        for (var file : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (var file : files.toList()) {
        var target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    // The root of a build, so that Maven takes no settings from the folders around.
    Files.createDirectories(to.resolve(".mvn"));
    return new ItProject(to);
  }

  static String property(String name) {
    var value = System.getProperty(name);
    assertThat(value).as("-D%s", name).isNotNull();
    return value;
  }

  // ---- files

  String read(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  /** Replaces a text that a file has exactly once. */
  void edit(String file, String before, String after) throws IOException {
    var text = read(file);
    assertThat(text.split(Pattern.quote(before), -1)).as("%s in %s", before, file).hasSize(2);
    Files.writeString(folder.resolve(file), text.replace(before, after));
  }

  void delete(String file) throws IOException {
    Files.delete(folder.resolve(file));
  }

  /** All files below a folder, by their paths in the project. */
  List<Path> files(Path below) throws IOException {
    var top = folder.resolve(below);
    if (!Files.isDirectory(top)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(top)) {
      return files.filter(Files::isRegularFile).map(folder::relativize).sorted().toList();
    }
  }

  /** Fingerprints of all files below a folder. */
  Map<Path, String> bytes(String below) throws IOException {
    var all = new TreeMap<Path, String>();
    for (var file : files(Path.of(below))) {
      all.put(file, Digest.ofFile(folder.resolve(file)));
    }
    return all;
  }

  /** When each file below a folder was written. */
  Map<Path, Object> times(String below) throws IOException {
    var all = new TreeMap<Path, Object>();
    for (var file : files(Path.of(below))) {
      all.put(file, Files.getLastModifiedTime(folder.resolve(file)));
    }
    return all;
  }

  // ---- building

  /**
   * What Maven has said.
   *
   * @param exitCode 0 when the build succeeded
   */
  record Build(int exitCode, List<String> log) {
    Build succeeds() {
      assertThat(exitCode).as(String.join("\n", log)).isZero();
      return this;
    }

    Build fails() {
      assertThat(exitCode).as(String.join("\n", log)).isEqualTo(1);
      return this;
    }

    /** Each of these is a line of the log. */
    Build says(String... lines) {
      assertThat(log).contains(lines);
      return this;
    }

    Build neverSays(String part) {
      assertThat(log).noneMatch(line -> line.contains(part));
      return this;
    }
  }

  Build build(String... arguments) throws MavenInvocationException {
    return build(Map.of(), arguments);
  }

  /**
   * Runs Maven.
   *
   * @param environment variables beside those of this process
   * @param arguments goals and options
   */
  Build build(Map<String, String> environment, String... arguments)
      throws MavenInvocationException {
    var log = new ArrayList<String>();
    var request = new DefaultInvocationRequest();
    request.setBaseDirectory(folder.toFile());
    request.setJavaHome(Path.of(System.getProperty("java.home")).toFile());
    request.setLocalRepositoryDirectory(Path.of(property("it.repository")).toFile());
    request.setGlobalSettingsFile(SOURCES.resolve("settings.xml").toAbsolutePath().toFile());
    request.addArg("-Dit.filled=" + Path.of(property("it.filled")).toUri());
    request.setOffline(property("it.network").equals("offline=true"));
    request.setMavenOpts(
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx1g -Daether.offline.protocols=file");
    request.setBatchMode(true);
    request.setNoTransferProgress(true);
    request.addArgs(Arrays.asList(arguments));
    environment.forEach(request::addShellEnvironment);
    request.setOutputHandler(log::add);
    request.setErrorHandler(log::add);
    var invoker = new DefaultInvoker();
    invoker.setMavenHome(Path.of(property("it.maven")).toFile());
    var result = invoker.execute(request);
    assertThat(result.getExecutionException()).isNull();
    return new Build(result.getExitCode(), log);
  }
}
