package org.mdlc.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mdlc.launch.Jdk;

/**
 * What to type after {@code mdlc init}, from where it was typed.
 *
 * @param folder of the project, as given
 * @param version of mdlc
 */
record NextSteps(Map<String, String> environment, Path folder, String version) {
  /** Set by the launcher: its own path. */
  static final String LAUNCHER = "MDLC_LAUNCHER";

  String text(ProjectTemplate template) {
    var made = isHere() ? "Made a project in this folder" : "Made " + folder;
    var text = new StringBuilder(made + ". " + template.about() + " Next:\n\n");
    commands(template).forEach(command -> text.append("  ").append(command).append('\n'));
    return text.append("\nREADME.md there has more.\n").toString();
  }

  private boolean isHere() {
    return folder.toAbsolutePath().normalize().equals(Path.of("").toAbsolutePath());
  }

  private List<String> commands(ProjectTemplate template) {
    var commands = new ArrayList<String>();
    if (!isHere()) {
      commands.add("cd " + quoted(folder.toString()));
    }
    commands.add(mdlc() + " train " + template.modelFile());
    var programs = new Programs(environment);
    if (programs.javaVersion().orElse(0) < Jdk.NEEDED) {
      var home = quoted(System.getProperty("java.home", ""));
      commands.add("export JAVA_HOME=" + home + "   # Maven needs a JDK " + Jdk.NEEDED);
    }
    if (!isInMaven()) {
      commands.add(install());
    }
    commands.add("mvn test");
    return commands;
  }

  private String install() {
    var options = " -q -Dquick install";
    if (!environment.containsKey(LAUNCHER) || !Files.isRegularFile(sources().resolve("mvnw"))) {
      return "./mvnw" + options + "   # in the sources of mdlc: Maven Central has no " + version;
    }
    var pom = quoted(sources().resolve("pom.xml").toString());
    return quoted(sources().resolve("mvnw").toString()) + options + " -f " + pom;
  }

  private String mdlc() {
    return new Programs(environment).find("mdlc").isPresent() || !environment.containsKey(LAUNCHER)
        ? "mdlc"
        : quoted(environment.getOrDefault(LAUNCHER, ""));
  }

  /** Whether it is published, or in this user's repository. */
  private boolean isInMaven() {
    return !version.endsWith("-SNAPSHOT")
        || Files.isDirectory(
            Path.of(System.getProperty("user.home", ""), ".m2", "repository", "org", "mdlc")
                .resolve("mdlc-maven-plugin")
                .resolve(version));
  }

  private Path sources() {
    return Path.of(environment.getOrDefault(LAUNCHER, "")).resolveSibling("");
  }

  /** For a shell. */
  private static String quoted(String word) {
    return word.matches("[\\w./:\\\\-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
