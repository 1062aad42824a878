package org.mdlc.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.maven.plugin.logging.Log;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.GeneratedModel;
import org.mdlc.compiler.driver.InvalidRequest;

/** Compiles model descriptions one after the other; what is wrong with one stops no other. */
final class CompileFiles {
  private final Log log;
  private final Path output;
  private final String packageName;
  private final Map<String, String> settings;
  private final Map<String, Path> origins = new HashMap<>();

  /**
   * @param output the source folder that generated classes are written to
   * @param settings values of the models' parameters and named dimensions, as written in mdl
   */
  CompileFiles(Log log, Path output, String packageName, Map<String, String> settings) {
    this.log = log;
    this.output = output;
    this.packageName = packageName;
    this.settings = settings;
  }

  /**
   * Compiles all that can be compiled and reports all errors.
   *
   * @return the files with errors
   */
  List<Path> compile(List<Path> files) throws IOException {
    var wrong = new ArrayList<Path>();
    for (var file : files) {
      var request = request(file);
      if (request.isEmpty() || !compile(file, request.get())) {
        wrong.add(file);
      }
    }
    return wrong;
  }

  private Optional<CompileRequest> request(Path file) throws IOException {
    try {
      return Optional.of(CompileRequest.of(file).withSettings(settings).withPackage(packageName));
    } catch (NoSuchFileException e) {
      log.error(file + ": no such file");
      return Optional.empty();
    }
  }

  private boolean compile(Path file, CompileRequest request) throws IOException {
    var compiled = Compiler.bindAll(request);
    var problems = Renderer.plain().render(compiled.problems());
    if (compiled.problems().hasErrors()) {
      log.error("\n" + problems);
      return false;
    }
    if (!problems.isEmpty()) {
      log.warn("\n" + problems);
    }
    boolean good = true;
    for (var model : compiled.models()) {
      good &= generate(file, model, request);
    }
    return good;
  }

  private boolean generate(Path file, BoundProgram model, CompileRequest request)
      throws IOException {
    GeneratedModel generated;
    try {
      generated = Compiler.generate(model, request);
    } catch (InvalidRequest e) {
      log.error(file + ", model " + model.model() + ": " + e.getMessage());
      return false;
    }
    var other = origins.putIfAbsent(generated.className(), file);
    if (other != null) {
      log.error(file + ": " + other + " has a model " + model.model() + " too; rename one of them");
      return false;
    }
    write(generated.className(), generated.source());
    return true;
  }

  /** A file that would not change keeps its time, so that javac need not run again. */
  private void write(String className, String source) throws IOException {
    var file = output.resolve(className.replace('.', '/') + ".java");
    if (!Files.exists(file) || !Files.readString(file).equals(source)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, source);
      log.info("generated " + file);
    }
  }
}
