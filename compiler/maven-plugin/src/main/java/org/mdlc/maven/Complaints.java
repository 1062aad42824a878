package org.mdlc.maven;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.maven.plugin.logging.Log;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.diag.Severity;

/**
 * Says what is wrong in the log of a build, as Maven's own compiler plugin does: a line {@code
 * /home/me/m.mdl:[12,5] ...}, which development environments link to the place, then its picture.
 * What is wrong with a file that two others import is said once.
 */
final class Complaints {
  /** A setting as the command line writes it. */
  private static final Pattern SETTING = Pattern.compile("--set (\\w+)=(\\S+)");

  private static final String SETTING_SOURCE = "--set ";

  private final Log log;
  private final Renderer renderer = Renderer.plain();
  private final Set<String> said = new HashSet<>();
  private final Set<Path> wrong = new LinkedHashSet<>();
  private int errorsSaid;
  private int errors;
  private int warnings;

  Complaints(Log log) {
    this.log = log;
  }

  /** Work on a file. */
  @FunctionalInterface
  interface Work {
    /** Does it. */
    void run() throws IOException;
  }

  /**
   * Works on a file; errors meanwhile are errors of it.
   *
   * @return true when there was nothing to say, not even a warning
   */
  boolean within(Path file, Work work) throws IOException {
    int errorsBefore = errors;
    int warningsBefore = warnings;
    try {
      work.run();
    } catch (NoSuchFileException e) {
      error(file, "there is no such file");
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "this is a bug in mdlc, not in your model " + file + ": " + e, e);
    }
    if (errors > errorsBefore) {
      wrong.add(file);
    }
    return errors == errorsBefore && warnings == warningsBefore;
  }

  /** Whether there were errors while a file was worked on. */
  boolean isWrong(Path file) {
    return wrong.contains(file);
  }

  /** All errors and warnings of a compilation. */
  void report(DiagnosticSink problems) {
    for (var problem : problems.sorted()) {
      var headline =
          place(problem)
              + " "
              + problem.severity().word()
              + "["
              + problem.code().code()
              + "]: "
              + problem.message();
      say(problem.severity(), headline, "\n" + renderer.picture(problem));
    }
  }

  /** Settings are sources too, of one line. */
  private static String place(Diagnostic diagnostic) {
    var span = diagnostic.span();
    var name = span.file().name();
    return name.startsWith(SETTING_SOURCE)
        ? "<settings><" + name.substring(SETTING_SOURCE.length()) + ">"
        : name + ":[" + span.line() + "," + span.column() + "]";
  }

  /** An error of a file as a whole. */
  void error(Path file, String sentence) {
    say(Severity.ERROR, file + ":[1,1] error: " + sentence, "");
  }

  /** A warning about a file as a whole. */
  void warning(Path file, String sentence) {
    say(Severity.WARNING, file + ":[1,1] warning: " + sentence, "");
  }

  /** The same message at the same place is said once, whichever file led there. */
  private void say(Severity severity, String headline, String picture) {
    boolean isNew = said.add(headline);
    var text = SETTING.matcher(headline + picture).replaceAll("<settings><$1>$2</$1></settings>");
    switch (severity) {
      case ERROR -> {
        errors++;
        if (isNew) {
          errorsSaid++;
          log.error(text);
        }
      }
      case WARNING -> {
        warnings++;
        if (isNew) {
          log.warn(text);
        }
      }
    }
  }

  /**
   * What is to be said of all errors together; nothing when there were none.
   *
   * @param files how many were worked on
   * @param shown paths as people see them
   */
  Optional<String> failure(int files, Function<Path, String> shown) {
    if (wrong.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        (errorsSaid == 1 ? "1 error" : errorsSaid + " errors")
            + " in "
            + (wrong.size() == files ? "" : wrong.size() + " of ")
            + counted(files)
            + ": "
            + wrong.stream().map(shown).collect(Collectors.joining(", ")));
  }

  static String counted(int files) {
    return files == 1 ? "1 model file" : files + " model files";
  }
}
