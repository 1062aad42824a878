package org.mdlc.maven;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;
import org.mdlc.cli.Main;

/**
 * Writes a model with trained weights as a {@code .keras} file, which {@code
 * keras.models.load_model} opens: {@code mdlc export}. It runs in a JVM of its own, because
 * generated code needs flags that Maven's does not have.
 */
@Mojo(name = "export", threadSafe = true)
public final class ExportMojo extends CommandGoal {
  @Parameter(defaultValue = "${plugin}", readonly = true, required = true)
  private PluginDescriptor plugin;

  /** The trained weights, as {@code saveWeights} writes them; without them they are untrained. */
  @Parameter(property = "mdlc.weights")
  private @Nullable File weights;

  /** The folder to write to, into a file with the name of the model. */
  @Parameter(property = "mdlc.outputDirectory", defaultValue = "${project.build.directory}/mdlc")
  private File outputDirectory;

  @Override
  Command command(String modelName) throws IOException, MojoFailureException {
    if (weights != null && !weights.isFile()) {
      throw new MojoFailureException("there is no file of weights " + weights);
    }
    Files.createDirectories(outputDirectory.toPath());
    var words = new ArrayList<>(List.of("-o", file(modelName)));
    if (weights != null) {
      words.addAll(List.of("--weights", weights.getPath()));
    }
    return new Command("export", words);
  }

  private String file(String modelName) {
    return new File(outputDirectory, modelName + ".keras").getPath();
  }

  @Override
  int execute(List<String> words, ByteArrayOutputStream out, ByteArrayOutputStream err)
      throws IOException, MojoExecutionException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.words());
    command.add(Main.class.getName());
    command.addAll(words);
    // Into files: nobody need empty two pipes at once.
    var results = Files.createTempFile("mdlc", ".out");
    var errors = Files.createTempFile("mdlc", ".err");
    try {
      var builder = new ProcessBuilder(command);
      builder.environment().put("CLASSPATH", classPath());
      builder.redirectOutput(results.toFile()).redirectError(errors.toFile());
      int exitCode = waitFor(builder.start());
      Files.copy(results, out);
      Files.copy(errors, err);
      return exitCode;
    } finally {
      Files.delete(results);
      Files.delete(errors);
    }
  }

  private static int waitFor(Process process) throws MojoExecutionException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new MojoExecutionException("interrupted", e);
    }
  }

  private String classPath() {
    return plugin.getArtifacts().stream()
        .map(part -> part.getFile().getPath())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
