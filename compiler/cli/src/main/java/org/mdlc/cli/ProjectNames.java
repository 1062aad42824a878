package org.mdlc.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import javax.lang.model.SourceVersion;

/**
 * What a new project is called.
 *
 * @param artifact for Maven: small letters, digits and dashes
 * @param packageName of its Java classes
 */
record ProjectNames(String artifact, String packageName) {
  private static final String USUAL_GROUP = "com.example";

  /**
   * Those of a project in a folder.
   *
   * @throws UserError if the folder's name gives no name for Maven, or the package is none of Java
   */
  static ProjectNames of(Path folder, Optional<String> givenPackage) {
    var name = Objects.toString(folder.toAbsolutePath().normalize().getFileName(), "");
    var artifact =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    if (!artifact.matches("[a-z].*")) {
      throw new UserError(
          "\"" + name + "\" gives no name for a Maven project: begin it with a letter from a to z");
    }
    var packageName = givenPackage.orElse(USUAL_GROUP + "." + artifact.replace("-", ""));
    if (!SourceVersion.isName(packageName)) {
      throw new UserError(
          "\""
              + packageName
              + "\" is no name of a Java package; give one such as --package org.acme.flowers");
    }
    return new ProjectNames(artifact, packageName);
  }

  /** For Maven: the package without its last part, if it has several. */
  String group() {
    int dot = packageName.lastIndexOf('.');
    return dot < 0 ? packageName : packageName.substring(0, dot);
  }
}
