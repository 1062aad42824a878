package org.mdlc.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;

/**
 * Generates a Java class for each model, before the project is compiled: of a file with train
 * blocks for the models that they train, of another for every model whose parameters have values.
 * Files of definitions only, which others import, are checked. The errors of all files are reported
 * before the build fails.
 */
@Mojo(name = "compile", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class CompileMojo extends AbstractMojo {
  private static final String SUFFIX = ".mdl";

  @Parameter(defaultValue = "${project}", readonly = true, required = true)
  private MavenProject project;

  /** The folder whose {@code .mdl} files are compiled, unless {@link #models} lists them. */
  @Parameter(defaultValue = "${project.basedir}/src/main/mdl")
  private File sourceDirectory;

  /** The files to compile, where they are not in one folder. */
  @Parameter private List<File> models = List.of();

  /** The package of the generated classes. */
  @Parameter(defaultValue = "")
  private String packageName = "";

  /** Values of the models' parameters and named dimensions, as written in mdl. */
  @Parameter private Map<String, String> settings = Map.of();

  /** The source folder that generated classes are written to. */
  @Parameter(defaultValue = "${project.build.directory}/generated-sources/mdl")
  private File outputDirectory;

  @Override
  public void execute() throws MojoExecutionException, MojoFailureException {
    project.addCompileSourceRoot(outputDirectory.getPath());
    try {
      var files = files();
      var compiler = new CompileFiles(getLog(), outputDirectory.toPath(), packageName, settings);
      var wrong = compiler.compile(files);
      if (!wrong.isEmpty()) {
        var names = wrong.stream().map(Path::toString).collect(Collectors.joining(", "));
        throw new MojoFailureException(
            "errors in " + wrong.size() + " of " + files.size() + " files: " + names);
      }
    } catch (IOException e) {
      throw new MojoExecutionException("cannot read or write: " + e.getMessage(), e);
    }
  }

  private List<Path> files() throws IOException {
    if (!models.isEmpty()) {
      return models.stream().map(File::toPath).toList();
    }
    if (!sourceDirectory.isDirectory()) {
      getLog().warn("there is no folder " + sourceDirectory + ", so no model is compiled");
      return List.of();
    }
    try (Stream<Path> files = Files.walk(sourceDirectory.toPath())) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }
}
