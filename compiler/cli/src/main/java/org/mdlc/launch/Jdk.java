package org.mdlc.launch;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** A folder with a JDK that can run mdlc. */
public final class Jdk {
  /** The oldest version that can, and that runs what mdlc generates. */
  public static final int NEEDED = 25;

  private final File home;

  private Jdk(File home) {
    this.home = home;
  }

  /** That of a variable of the environment; {@code MDLC_JAVA_HOME} goes first. */
  static Optional<Jdk> named(Map<String, String> environment) {
    for (String variable : new String[] {"MDLC_JAVA_HOME", "JAVA_HOME"}) {
      String home = environment.get(variable);
      if (home != null && !home.isEmpty() && versionOf(new File(home)) >= NEEDED) {
        return Optional.of(new Jdk(new File(home)));
      }
    }
    return Optional.empty();
  }

  /** Its program {@code java}. */
  String java() {
    return new File(new File(home, "bin"), "java").getPath();
  }

  static int versionOfThis() {
    return feature(System.getProperty("java.specification.version"));
  }

  /** Of the Java in a folder, read from its file {@code release}; 0 if there is none. */
  public static int versionOf(File home) {
    File release = new File(home, "release");
    if (!release.isFile()) {
      return 0;
    }
    Properties properties = new Properties();
    try (InputStream in = new FileInputStream(release)) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException e) {
      return 0; // not the file of a JDK, so this is no JDK
    }
    return feature(properties.getProperty("JAVA_VERSION", "0").replace("\"", ""));
  }

  /** 8 of {@code 1.8.0_402}, 25 of {@code 25.0.1}; 0 if it is no version. */
  static int feature(String version) {
    String[] numbers = version.split("[^0-9]+");
    boolean old = numbers.length > 1 && numbers[0].equals("1");
    try {
      return Integer.parseInt(numbers[old ? 1 : 0]);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
