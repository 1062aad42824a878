package org.mdlc.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.mdlc.runtime.plot.Drawing;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Looks at paths before work begins, so that a slip does not cost a training. */
final class Paths {
  private Paths() {}

  /** A model description that can be read. */
  static Path source(Path file) {
    if (Files.isDirectory(file)) {
      throw new UserError(file + " is a folder; a model description is a file (.mdl)");
    }
    return file;
  }

  /** A file that is to be written: its folder is there. */
  static Path target(Path file) {
    var folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new UserError(file + ": there is no folder " + file.getParent());
    }
    if (Files.isDirectory(file)) {
      throw new UserError(file + " is a folder; give the name of a file");
    }
    return file;
  }

  /** A picture that is to be written. */
  static Path picture(Path file, String option, CommandSpec command) {
    try {
      Drawing.requireFormat(file);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          command.commandLine(), option + " writes a .svg or .png file, not " + file, e);
    }
    return target(file);
  }
}
