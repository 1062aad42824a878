package org.mdlc.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugins.annotations.Parameter;
import org.mdlc.compiler.emit.java.KernelStyle;

/** What generating classes for a program and for its tests have in common. */
abstract class CompileGoal extends Goal {
  @Parameter(defaultValue = "${plugin}", readonly = true, required = true)
  private PluginDescriptor plugin;

  @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
  private MojoExecution execution;

  @Parameter(defaultValue = "${project.build.directory}/mdlc", readonly = true, required = true)
  private File stateDirectory;

  /**
   * The package of the classes. A model in a folder of the source directory is in the package of
   * that name below it: {@code src/main/mdl/org/acme/m.mdl} in {@code org.acme} when this is empty.
   */
  @Parameter(property = "mdlc.packageName", defaultValue = "")
  private String packageName = "";

  /**
   * Whether kernels are printed as plain loops, for JVMs without the module {@code
   * jdk.incubator.vector}. They are slower.
   */
  @Parameter(property = "mdlc.noVector", defaultValue = "false")
  private boolean noVector;

  /**
   * The property that the flags of a JVM that runs generated code are put into, before what it has
   * already. Surefire and Failsafe read {@code argLine}.
   */
  @Parameter(property = "mdlc.propertyName", defaultValue = "argLine")
  private String propertyName = "argLine";

  /** The folder whose files are compiled. */
  abstract Path sources();

  /** The source folder that classes are written to. */
  abstract Path output();

  /** Makes {@link #output} a part of the project, also when it is up to date or not wanted now. */
  abstract void addSourceRoot();

  @Override
  final void prepare() {
    addSourceRoot();
    JvmFlags.prependTo(project().getProperties(), propertyName, !noVector);
  }

  @Override
  final void run() throws IOException, MojoFailureException {
    var files = files(packageName, sources());
    if (files.isEmpty()) {
      getLog().info("No models in " + shown(sources()));
    }
    var failure = compiler().run(files);
    if (failure.isPresent()) {
      throw new MojoFailureException(failure.get());
    }
  }

  private CompileModels compiler() throws IOException {
    var options =
        new CompileModels.Options(
            Tool.fingerprint(plugin.getArtifacts()),
            output(),
            settings(),
            noVector ? KernelStyle.PLAIN : KernelStyle.VECTOR);
    var stateFile =
        new StateFile(
            stateDirectory.toPath(),
            name(execution.getGoal(), execution.getExecutionId()),
            planned(),
            project().getBasedir().toPath());
    return new CompileModels(getLog(), options, stateFile);
  }

  private static String name(String goal, String executionId) {
    return goal + "-" + executionId;
  }

  /** The executions of the pom. */
  private Set<String> planned() {
    var inPom = project().getPlugin(plugin.getPluginLookupKey());
    return inPom == null
        ? Set.of()
        : inPom.getExecutions().stream()
            .flatMap(e -> e.getGoals().stream().map(goal -> name(goal, e.getId())))
            .collect(Collectors.toSet());
  }
}
