package org.mdlc.maven;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;
import org.mdlc.cli.Main;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;

/** Does what the command {@code mdlc} does, for the models of the project. */
abstract class CommandGoal extends Goal {
  /** The folder of the models. */
  @Parameter(defaultValue = "${project.basedir}/src/main/mdl")
  private File sourceDirectory;

  /** The only model to use, of all in the project. */
  @Parameter(property = "mdlc.model")
  private @Nullable String model;

  /**
   * One command line.
   *
   * @param words without those that say which model of which file
   */
  record Command(String name, List<String> words) {
    static Command of(String name, String... words) {
      return new Command(name, List.of(words));
    }
  }

  /** What to do for a model. */
  abstract Command command(String modelName) throws IOException, MojoFailureException;

  @Override
  final void run() throws IOException, MojoExecutionException, MojoFailureException {
    int done = 0;
    for (var file : files("", sourceDirectory.toPath())) {
      for (var name : names(file.path())) {
        if (model == null || model.equals(name)) {
          run(file.path(), name);
          done++;
        }
      }
    }
    if (done == 0) {
      // No failure: of several modules, one has it.
      var wanted = model == null ? "models" : "model " + model;
      getLog().info("No " + wanted + " in " + shown(sourceDirectory.toPath()));
    }
  }

  /** The models that the project has classes of. */
  private List<String> names(Path file) throws IOException, MojoFailureException {
    var compiled = Compiler.bindAll(CompileRequest.of(file).withSettings(settings()));
    if (compiled.problems().hasErrors()) {
      var complaints = new Complaints(getLog());
      complaints.within(file, () -> complaints.report(compiled.problems()));
      throw new MojoFailureException(complaints.failure(1, this::shown).orElseThrow());
    }
    return compiled.models().stream().map(BoundProgram::model).toList();
  }

  private void run(Path file, String modelName)
      throws IOException, MojoExecutionException, MojoFailureException {
    var command = command(modelName);
    var words = new ArrayList<>(List.of(command.name(), file.toString(), "--model", modelName));
    settings()
        .forEach(
            (name, value) -> {
              words.add("--set");
              words.add(name + "=" + value);
            });
    words.addAll(command.words());
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int exitCode = execute(words, out, err);
    if (exitCode != 0) {
      getLog().error(text(err));
      throw new MojoFailureException(
          "mdlc " + command.name() + " of the model " + modelName + " failed");
    }
    if (err.size() > 0) {
      getLog().warn(text(err));
    }
    getLog().info("mdlc " + command.name() + " of " + shown(file) + "\n" + text(out));
  }

  /**
   * Carries out a command.
   *
   * @return its exit code
   */
  int execute(List<String> words, ByteArrayOutputStream out, ByteArrayOutputStream err)
      throws IOException, MojoExecutionException {
    return Main.run(printer(out), printer(err), words.toArray(String[]::new));
  }

  private static PrintStream printer(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).stripTrailing();
  }
}
