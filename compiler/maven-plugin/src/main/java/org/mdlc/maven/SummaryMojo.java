package org.mdlc.maven;

import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Shows the layers of the project's models with their shapes and sizes, and the memory and
 * arithmetic that they need: {@code mdlc summary}.
 */
@Mojo(name = "summary", threadSafe = true)
public final class SummaryMojo extends CommandGoal {
  /** FLOPs and output memory of each layer for one row, in place of what it is connected to. */
  @Parameter(property = "mdlc.details", defaultValue = "false")
  private boolean details;

  @Override
  Command command(String modelName) {
    return details ? Command.of("summary", "--details") : Command.of("summary");
  }
}
