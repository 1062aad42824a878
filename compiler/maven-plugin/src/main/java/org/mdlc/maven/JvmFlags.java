package org.mdlc.maven;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** The flags of a JVM that runs generated code. */
final class JvmFlags {
  private static final String VECTOR = "--add-modules jdk.incubator.vector";
  private static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

  private JvmFlags() {}

  /** As words of a command line. */
  static List<String> words() {
    return List.of((VECTOR + " " + NATIVE).split(" "));
  }

  /**
   * Puts the flags before what a property has, unless they are there already.
   *
   * @param vector whether there is code that needs the Vector API; a JVM without it would not start
   */
  static void prependTo(Properties properties, String name, boolean vector) {
    var before = properties.getProperty(name, "").strip();
    var all = new ArrayList<String>();
    for (var flag : vector ? List.of(VECTOR, NATIVE) : List.of(NATIVE)) {
      if (!(" " + before + " ").contains(" " + flag + " ")) {
        all.add(flag);
      }
    }
    all.add(before);
    properties.setProperty(name, String.join(" ", all).strip());
  }
}
