package org.mdlc.maven;

import java.io.File;
import java.io.IOException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;

/** Looks for mistakes in all models of the project and of its tests. Writes nothing. */
@Mojo(name = "check", defaultPhase = LifecyclePhase.VALIDATE, threadSafe = true)
public final class CheckMojo extends Goal {
  /** The folder of the models. */
  @Parameter(defaultValue = "${project.basedir}/src/main/mdl")
  private File sourceDirectory;

  /** The folder of the models that only tests use. */
  @Parameter(defaultValue = "${project.basedir}/src/test/mdl")
  private File testSourceDirectory;

  @Override
  void run() throws IOException, MojoFailureException {
    var complaints = new Complaints(getLog());
    var files = files("", sourceDirectory.toPath(), testSourceDirectory.toPath());
    for (var file : files) {
      complaints.within(
          file.path(),
          () ->
              complaints.report(
                  Compiler.check(CompileRequest.of(file.path()).withSettings(settings()))));
    }
    var failure = complaints.failure(files.size(), this::shown);
    if (failure.isPresent()) {
      throw new MojoFailureException(failure.get());
    }
    getLog().info("No errors in " + Complaints.counted(files.size()));
  }
}
