package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.GeneratedModel;
import org.mdlc.compiler.emit.java.KernelStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mdlc compile model.mdl -o src/main/java --package com.example}. */
@Command(
    name = "compile",
    description = "Generates the Java class of a model, or its CUDA kernels.",
    footer = {
      "mdlc compile model.mdl -o src/main/java --package org.acme",
      "mdlc compile model.mdl --target cuda -o build"
    })
final class CompileCommand implements Callable<Integer> {
  private static final Pattern PACKAGE =
      Pattern.compile("|[\\p{L}_][\\p{L}_0-9]*(\\.[\\p{L}_][\\p{L}_0-9]*)*");

  @ParentCommand private Main main;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Source folder to write to (${DEFAULT-VALUE}).")
  private Path output;

  @Option(
      names = "--package",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Package of the generated class.")
  private String packageName;

  /** What to generate. */
  enum Target {
    /** The class that trains and runs the model on the CPU. */
    JAVA,
    /** The text of its fused kernels for a GPU. */
    CUDA;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--target",
      paramLabel = "java|cuda",
      defaultValue = "java",
      description = "The Java class, or its fused kernels as CUDA C++ (${DEFAULT-VALUE}).")
  private Target target;

  @Option(
      names = "--no-vector",
      description = "Print kernels as plain loops, for JVMs without jdk.incubator.vector.")
  private boolean noVector;

  @Override
  public Integer call() throws IOException {
    if (!PACKAGE.matcher(packageName).matches()) {
      throw new ParameterException(
          spec.commandLine(),
          "--package is the name of a Java package, not \"" + packageName + "\"");
    }
    var request =
        model
            .request(main)
            .withPackage(packageName)
            .withKernels(noVector ? KernelStyle.PLAIN : KernelStyle.VECTOR);
    var generated = Compiler.generate(ModelOptions.bind(request, main), request);
    var file = output.resolve(generated.className().replace('.', '/') + suffix());
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text(generated));
    main.terminal().out().println(file);
    return ExitCode.OK;
  }

  private String suffix() {
    return switch (target) {
      case JAVA -> ".java";
      case CUDA -> ".cu";
    };
  }

  private String text(GeneratedModel generated) {
    return switch (target) {
      case JAVA -> generated.source();
      case CUDA -> generated.cudaKernels();
    };
  }
}
