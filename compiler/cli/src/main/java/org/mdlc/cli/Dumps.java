package org.mdlc.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.mdlc.compiler.pass.DumpSink;

/** Shows graphs and programs on their way through the compiler. */
final class Dumps {
  private Dumps() {}

  /** Prints what one pass makes. */
  static DumpSink after(String pass, PrintStream out) {
    return new DumpSink() {
      @Override
      public boolean wants(String stage) {
        return stage.equals(pass);
      }

      @Override
      public void dump(String stage, String name, String text) {
        out.print("// " + name + " after " + stage + "\n" + text + "\n");
      }
    };
  }

  /** Writes a file for each pass and phase: {@code train-03-Simplify.txt}. */
  static DumpSink into(Path folder) {
    var counts = new HashMap<String, Integer>();
    return new DumpSink() {
      @Override
      public boolean wants(String stage) {
        return true;
      }

      @Override
      public void dump(String stage, String name, String text) {
        write(folder, counts, stage, name, text);
      }
    };
  }

  private static void write(
      Path folder, Map<String, Integer> counts, String stage, String name, String text) {
    int number = counts.merge(name, 1, Integer::sum);
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve(String.format(Locale.ROOT, "%s-%02d-%s.txt", name, number, stage)), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
