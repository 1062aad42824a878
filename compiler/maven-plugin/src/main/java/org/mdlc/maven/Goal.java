package org.mdlc.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;

/** What all goals have in common: the files that they are about. */
abstract class Goal extends AbstractMojo {
  @Parameter(defaultValue = "${project}", readonly = true, required = true)
  private MavenProject project;

  /** The files to use, where they are not in one folder. */
  @Parameter private List<File> models = List.of();

  /** Values of the models' parameters and named dimensions, as written in mdl. */
  @Parameter private Map<String, String> settings = Map.of();

  /** Does nothing. What was generated before is still part of the project. */
  @Parameter(property = "mdlc.skip", defaultValue = "false")
  private boolean skip;

  final MavenProject project() {
    return project;
  }

  final Map<String, String> settings() {
    return settings;
  }

  /**
   * The files listed in the pom, else all of some folders.
   *
   * @param packageName of the listed files, and of those that lie in a folder itself
   */
  final List<ModelFile> files(String packageName, Path... folders) throws IOException {
    if (!models.isEmpty()) {
      return models.stream().map(file -> new ModelFile(file.toPath(), packageName)).toList();
    }
    var files = new ArrayList<ModelFile>();
    for (var folder : folders) {
      files.addAll(ModelFile.in(folder, packageName));
    }
    return files;
  }

  /** What also has to happen when the goal is skipped. */
  void prepare() {}

  /** Whether there is nothing to do. */
  boolean isSkipped() {
    return skip;
  }

  /** Does the work. */
  abstract void run() throws IOException, MojoExecutionException, MojoFailureException;

  @Override
  public final void execute() throws MojoExecutionException, MojoFailureException {
    prepare();
    if (isSkipped()) {
      getLog().info("Skipped");
      return;
    }
    try {
      run();
    } catch (IOException e) {
      throw new MojoExecutionException("cannot read or write: " + e, e);
    }
  }

  /** A path as people see it: within the project, relative to it. */
  final String shown(Path path) {
    return shown(project.getBasedir().toPath(), path);
  }

  static String shown(Path base, Path path) {
    return (path.startsWith(base) ? base.relativize(path) : path).toString();
  }
}
