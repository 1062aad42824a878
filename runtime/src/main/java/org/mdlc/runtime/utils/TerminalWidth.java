package org.mdlc.runtime.utils;

import java.io.Console;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/** How wide the terminal is that a program writes to; Python's {@code get_terminal_size}. */
public final class TerminalWidth {
  /** Where nobody says. */
  public static final int USUAL = 80;

  private static final int STANDARD_OUTPUT = 1;
  private static final int NOT_ASKED = -1;

  private static volatile int asked = NOT_ASKED;

  private TerminalWidth() {}

  /**
   * Columns: those of the variable {@code COLUMNS}; else those that the system says standard output
   * has, if that is a terminal of Linux or macOS, which is asked once; else 80.
   *
   * @param environment the variables of the process
   */
  public static int columns(Map<String, String> environment) {
    String wanted = environment.getOrDefault("COLUMNS", "");
    if (wanted.matches("[1-9][0-9]{0,5}")) {
      return Integer.parseInt(wanted);
    }
    int columns = asked;
    if (columns == NOT_ASKED) {
      columns = isTerminal() ? columnsOfStandardOutput() : 0;
      asked = columns;
    }
    return columns > 0 ? columns : USUAL;
  }

  /** Whether a person looks at what the program prints. */
  // Since JDK 22 there is a console even when the output goes to a file; the API still allows null.
  @SuppressWarnings("SystemConsoleNull")
  public static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** 0 where it cannot be asked: the call needs native access, as the kernels do. */
  @SuppressWarnings("restricted") // only where native access is enabled
  private static int columnsOfStandardOutput() {
    String system = System.getProperty("os.name", "");
    boolean linux = system.startsWith("Linux");
    if ((!linux && !system.startsWith("Mac"))
        || !TerminalWidth.class.getModule().isNativeAccessEnabled()) {
      return 0;
    }
    long getWindowSize = linux ? 0x5413L : 0x40087468L; // TIOCGWINSZ
    Linker linker = Linker.nativeLinker();
    var address = linker.defaultLookup().find("ioctl");
    if (address.isEmpty()) {
      return 0;
    }
    var ioctl =
        linker.downcallHandle(
            address.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2));
    try (Arena arena = Arena.ofConfined()) {
      // struct winsize: four unsigned shorts, rows and columns first
      MemorySegment size = arena.allocate(8, 2);
      int failed = (int) ioctl.invokeExact(STANDARD_OUTPUT, getWindowSize, size);
      return failed == 0 ? Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2)) : 0;
    } catch (Throwable e) {
      return 0; // training does not end for the width of a line: it is the usual one then
    }
  }
}
