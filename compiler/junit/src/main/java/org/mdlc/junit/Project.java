package org.mdlc.junit;

import java.nio.file.Path;

/** Where the project under test lies. */
final class Project {
  private Project() {}

  /** Surefire says it, else it is the working directory; relative where it is that. */
  static Path folder() {
    var stated = Path.of(System.getProperty("basedir", ""));
    var here = Path.of("");
    return stated.toAbsolutePath().equals(here.toAbsolutePath()) ? here : stated;
  }
}
