package org.mdlc.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InvalidRequest;

/** Generates a Java class for each model description, before the project is compiled. */
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
    try {
      for (var file : files()) {
        compile(file);
      }
    } catch (IOException e) {
      throw new MojoExecutionException("cannot read or write: " + e.getMessage(), e);
    }
    project.addCompileSourceRoot(outputDirectory.getPath());
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

  private void compile(Path file) throws IOException, MojoFailureException {
    var request = CompileRequest.of(file).withSettings(settings).withPackage(packageName);
    try {
      var compilation = Compiler.bind(request);
      var problems = Renderer.plain().render(compilation.problems());
      if (!problems.isEmpty()) {
        getLog().warn("\n" + problems);
      }
      var bound =
          compilation.bound().orElseThrow(() -> new InvalidRequest("there are errors in " + file));
      var generated = Compiler.generate(bound, request);
      write(generated.className(), generated.source());
    } catch (InvalidRequest e) {
      throw new MojoFailureException(e.getMessage(), e);
    }
  }

  /** A file that would not change keeps its time, so that javac need not run again. */
  private void write(String className, String source) throws IOException {
    var file = outputDirectory.toPath().resolve(className.replace('.', '/') + ".java");
    if (!Files.exists(file) || !Files.readString(file).equals(source)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, source);
      getLog().info("generated " + file);
    }
  }
}
