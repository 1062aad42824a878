package org.mdlc.maven;

import java.io.File;
import java.nio.file.Path;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Generates a Java class for each model, before the project is compiled: of a file with train
 * blocks for the models that they train, of another for every model whose parameters have values.
 * Files of definitions only, which others import, are checked. Files that have not changed since,
 * nor anything that they import, are passed over. The errors of all files are reported before the
 * build fails.
 */
@Mojo(name = "compile", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class CompileMojo extends CompileGoal {
  /** The folder whose {@code .mdl} files are compiled. */
  @Parameter(defaultValue = "${project.basedir}/src/main/mdl")
  private File sourceDirectory;

  /** The source folder that generated classes are written to. */
  @Parameter(defaultValue = "${project.build.directory}/generated-sources/mdl")
  private File outputDirectory;

  @Override
  Path sources() {
    return sourceDirectory.toPath();
  }

  @Override
  Path output() {
    return outputDirectory.toPath();
  }

  @Override
  void addSourceRoot() {
    project().addCompileSourceRoot(outputDirectory.getPath());
  }
}
