package org.mdlc.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdlc.launch.ChildJava;
import org.mdlc.runtime.kernel.VectorApi;

/**
 * Starts Java anew with the Vector API. A manifest cannot ask for that module, so {@code java -jar
 * mdlc.jar train} begins without it.
 */
final class Restart {
  /** The commands that run a model. The launcher scripts know them too. */
  static final Set<String> RUNNING = Set.of("train", "evaluate", "predict", "export", "doctor");

  /** The option of {@code show} that runs a model. The launcher scripts know it too. */
  static final String PROFILE = "--profile";

  private static final List<String> FLAGS =
      List.of("--add-modules", VectorApi.MODULE, "--enable-native-access=ALL-UNNAMED");

  /** Where Java looks for options. */
  private static final List<String> ENVIRONMENT =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private Restart() {}

  /** Whether a command line may run a model, and this JVM lacks what kernels want. */
  static boolean isNeeded(String... args) {
    return Arrays.stream(args).anyMatch(arg -> RUNNING.contains(arg) || arg.equals(PROFILE))
        && !VectorApi.isPresent()
        && ModuleFinder.ofSystem().find(VectorApi.MODULE).isPresent();
  }

  /**
   * Runs the command line in a new JVM. Where a process can become another program it does, and
   * this does not return; elsewhere the new JVM is a child.
   *
   * @return its exit code
   */
  static int run(String... args) throws IOException {
    var command = command(args);
    become(command);
    return ChildJava.run(command);
  }

  private static List<String> command(String... args) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    var given = ManagementFactory.getRuntimeMXBean().getInputArguments();
    command.addAll(toRepeat(given, System.getenv()));
    command.addAll(FLAGS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args));
    return command;
  }

  /**
   * Options of this JVM but those of the environment: the next one reads them itself, and a
   * debugger that it is told of twice ends it.
   */
  static List<String> toRepeat(List<String> options, Map<String, String> environment) {
    var again =
        ENVIRONMENT.stream()
            .map(variable -> environment.getOrDefault(variable, ""))
            .flatMap(words -> Stream.of(words.split("\\s+")))
            .collect(Collectors.toSet());
    return options.stream().filter(option -> !again.contains(option)).toList();
  }

  /** Calls {@code execv}, which returns only if it fails: then all is as it was. */
  @SuppressWarnings("restricted") // only where native access is enabled
  private static void become(List<String> command) {
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows")
        || !Restart.class.getModule().isNativeAccessEnabled()) {
      return;
    }
    var linker = Linker.nativeLinker();
    var address = linker.defaultLookup().find("execv");
    if (address.isEmpty()) {
      return;
    }
    var execv =
        linker.downcallHandle(
            address.get(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    try (var arena = Arena.ofConfined()) {
      var charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
      // char *argv[]: ends with a null
      var arguments = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
      for (int i = 0; i < command.size(); i++) {
        arguments.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i), charset));
      }
      System.out.flush();
      System.err.flush();
      int _ = (int) execv.invokeExact(arguments.getAtIndex(ValueLayout.ADDRESS, 0), arguments);
    } catch (Throwable e) {
      throw new IllegalStateException("execv cannot be called", e);
    }
  }
}
