package org.mdlc.launch;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where {@code java -jar mdlc.jar} begins. An older Java has the command run by the JDK that {@code
 * MDLC_JAVA_HOME} or {@code JAVA_HOME} names, or says what is missing.
 */
public final class Launcher {
  private static final String MAIN = "org.mdlc.cli.Main";
  private static final int USER_ERROR = 1;

  private Launcher() {}

  public static void main(String[] args) throws ReflectiveOperationException, IOException {
    if (Jdk.versionOfThis() >= Jdk.NEEDED) {
      runHere(args);
      return;
    }
    Optional<Jdk> newer = Jdk.named(System.getenv());
    if (newer.isPresent()) {
      System.exit(ChildJava.run(command(newer.get(), args)));
    }
    complain(System.err);
    System.exit(USER_ERROR);
  }

  private static void runHere(String[] args) throws ReflectiveOperationException {
    try {
      // by name: it is of a Java that the one at hand may not read
      Class.forName(MAIN).getMethod("main", String[].class).invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error) {
        throw (Error) e.getCause();
      }
      throw e;
    }
  }

  private static List<String> command(Jdk jdk, String[] args) {
    List<String> command = new ArrayList<>();
    command.add(jdk.java());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(MAIN);
    command.addAll(Arrays.asList(args));
    return command;
  }

  private static void complain(PrintStream err) {
    err.println(
        "error: mdlc needs Java "
            + Jdk.NEEDED
            + " or newer, and this is Java "
            + System.getProperty("java.version")
            + ": install a JDK "
            + Jdk.NEEDED
            + ", for example from https://adoptium.net, and set JAVA_HOME to its folder");
  }
}
