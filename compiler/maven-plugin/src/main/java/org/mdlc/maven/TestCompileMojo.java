package org.mdlc.maven;

import java.io.File;
import java.nio.file.Path;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Generates a Java class for each model that only tests use, as {@code compile} does for others.
 */
@Mojo(name = "test-compile", defaultPhase = LifecyclePhase.GENERATE_TEST_SOURCES, threadSafe = true)
public final class TestCompileMojo extends CompileGoal {
  /** The folder whose {@code .mdl} files are compiled. */
  @Parameter(defaultValue = "${project.basedir}/src/test/mdl")
  private File testSourceDirectory;

  /** The test source folder that generated classes are written to. */
  @Parameter(defaultValue = "${project.build.directory}/generated-test-sources/mdl")
  private File testOutputDirectory;

  /** Whether no tests are compiled. */
  @Parameter(property = "maven.test.skip", defaultValue = "false")
  private boolean skipTests;

  @Override
  Path sources() {
    return testSourceDirectory.toPath();
  }

  @Override
  Path output() {
    return testOutputDirectory.toPath();
  }

  @Override
  void addSourceRoot() {
    project().addTestCompileSourceRoot(testOutputDirectory.getPath());
  }

  @Override
  boolean isSkipped() {
    return skipTests || super.isSkipped();
  }
}
