package org.mdlc.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Draws each of the project's models into a file of its name: {@code mdlc plot}. */
@Mojo(name = "plot", threadSafe = true)
public final class PlotMojo extends CommandGoal {
  /** The folder to write to. */
  @Parameter(property = "mdlc.outputDirectory", defaultValue = "${project.build.directory}/mdlc")
  private File outputDirectory;

  /** The kind of picture: svg or png. */
  @Parameter(property = "mdlc.format", defaultValue = "svg")
  private String format = "svg";

  @Override
  Command command(String modelName) throws IOException {
    Files.createDirectories(outputDirectory.toPath());
    return Command.of("plot", "-o", new File(outputDirectory, modelName + "." + format).getPath());
  }
}
