package org.mdlc.maven;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.lang.model.SourceVersion;
import org.apache.maven.plugin.logging.Log;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.GeneratedModel;
import org.mdlc.compiler.driver.Input;
import org.mdlc.compiler.driver.InvalidRequest;
import org.mdlc.compiler.emit.java.KernelStyle;

/**
 * Compiles the model files that have changed since the last time, writes the classes that are new
 * or different, and deletes those whose models are gone. What is wrong with one file stops no
 * other.
 */
final class CompileModels {
  private static final String JAVA = ".java";

  private final Log log;
  private final Options options;
  private final StateFile stateFile;
  private final Complaints complaints;

  /** The file that each class comes of. */
  private final Map<Path, Path> origins = new LinkedHashMap<>();

  /**
   * What matters beside the files.
   *
   * @param tool fingerprint of the compiler
   * @param output the source folder that generated classes are written to
   * @param settings values of the models' parameters and named dimensions, as written in mdl
   */
  record Options(String tool, Path output, Map<String, String> settings, KernelStyle kernels) {
    /** A fingerprint of all that the text of a class depends on, beside files and package. */
    String maker() {
      return Digest.of(String.join("\n", tool, kernels.name(), new TreeMap<>(settings).toString()));
    }
  }

  CompileModels(Log log, Options options, StateFile stateFile) {
    this.log = log;
    this.options = options;
    this.stateFile = stateFile;
    this.complaints = new Complaints(log);
  }

  /**
   * Brings the classes of these files up to date and reports all errors.
   *
   * @return what is to be said of the errors together; nothing when there were none
   */
  Optional<String> run(List<ModelFile> files) throws IOException {
    var before = stateFile.read();
    boolean sameMaker = before.maker().equals(options.maker());
    var entries = new LinkedHashMap<Path, State.Entry>();
    int compiled = 0;
    for (var file : files) {
      var known = before.entries().get(file.path());
      if (known != null
          && sameMaker
          && known.packageName().equals(file.packageName())
          && known.isCurrent()
          && claim(known, file)) {
        entries.put(file.path(), known);
      } else {
        compiled++;
        entries.put(file.path(), compile(file, known));
      }
    }
    var now = new State(options.maker(), entries);
    deleteVanished(before, now);
    if (!now.entries().isEmpty() || !before.entries().isEmpty()) {
      stateFile.write(now);
    }
    var failure = complaints.failure(files.size(), this::shown);
    if (failure.isEmpty()) {
      summarize(files.size(), compiled);
    }
    return failure;
  }

  /** The classes of a file; false if another gives one of them too: compiling it says so. */
  private boolean claim(State.Entry known, ModelFile file) {
    return known.outputs().keySet().stream()
        .allMatch(output -> origins.putIfAbsent(output, file.path()) == null);
  }

  private State.Entry compile(ModelFile file, State.@Nullable Entry known) throws IOException {
    var inputs = new LinkedHashMap<Input, String>();
    var outputs = new LinkedHashMap<Path, String>();
    boolean silent = complaints.within(file.path(), () -> compile(file, inputs, outputs));
    if (complaints.isWrong(file.path()) && known != null) {
      // What it gave when it was right stays ours, and goes when the file goes.
      known.outputs().forEach(outputs::putIfAbsent);
      outputs.keySet().removeIf(output -> !file.path().equals(origin(output, file)));
    }
    return new State.Entry(file.packageName(), silent ? inputs : Map.of(), outputs);
  }

  private Path origin(Path output, ModelFile orElse) {
    return origins.getOrDefault(output, orElse.path());
  }

  private void compile(ModelFile file, Map<Input, String> inputs, Map<Path, String> outputs)
      throws IOException {
    var own = new Input(Input.Kind.TEXT, file.path());
    // Before it is read: a change in the meantime is then seen the next time.
    inputs.put(own, own.fingerprint());
    var request =
        CompileRequest.of(file.path())
            .withSettings(options.settings())
            .withPackage(file.packageName())
            .withKernels(options.kernels())
            .withInputs(input -> inputs.computeIfAbsent(input, Input::fingerprint));
    var result = Compiler.bindAll(request);
    complaints.report(result.problems());
    for (var model : result.models()) {
      var generated = generate(file, model, request);
      if (generated.isPresent()) {
        var source = generated.get().source();
        var output = outputOf(generated.get());
        if (claim(output, file)) {
          GeneratedFiles.write(output, source);
          outputs.put(output, Digest.of(source));
        }
      }
    }
  }

  private Optional<GeneratedModel> generate(
      ModelFile file, BoundProgram model, CompileRequest request) {
    var packageName = file.packageName();
    if (packageName.isEmpty()) {
      complaints.warning(
          file.path(),
          "the class "
              + model.model()
              + " is in no package, where no class of a package can use it; move the file into a"
              + " folder of that name, such as org/acme, or set <packageName>");
    } else if (!SourceVersion.isName(packageName)) {
      complaints.error(
          file.path(),
          "the class "
              + model.model()
              + " would be in the package "
              + packageName
              + ", which is no name in Java; rename the folder");
      return Optional.empty();
    }
    try {
      return Optional.of(Compiler.generate(model, request));
    } catch (InvalidRequest e) {
      complaints.error(file.path(), "model " + model.model() + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private Path outputOf(GeneratedModel model) {
    return options.output().resolve(model.className().replace('.', '/') + JAVA);
  }

  /** A class comes of one file only. */
  private boolean claim(Path output, ModelFile file) {
    var other = origins.putIfAbsent(output, file.path());
    if (other == null || other.equals(file.path())) {
      return true;
    }
    var name = output.getFileName().toString().replace(JAVA, "");
    complaints.error(
        file.path(), shown(other) + " has a model " + name + " too; rename one of them");
    return false;
  }

  private void deleteVanished(State before, State now) throws IOException {
    var vanished = new LinkedHashMap<>(before.outputs());
    vanished.keySet().removeAll(now.outputs().keySet());
    if (vanished.isEmpty()) {
      return;
    }
    vanished.keySet().removeAll(stateFile.outputsOfOthers());
    for (var output : vanished.entrySet()) {
      // what somebody has written there since is not ours
      if (Digest.ofFile(output.getKey()).equals(output.getValue())) {
        GeneratedFiles.delete(output.getKey(), options.output());
        log.info("Deleted " + shown(output.getKey()) + ": its model is gone");
      }
    }
  }

  private void summarize(int files, int compiled) {
    var all = Complaints.counted(files);
    if (compiled > 0) {
      var part = compiled == files ? all : compiled + " of " + all;
      log.info("Compiled " + part + " to " + shown(options.output()));
    } else if (files > 0) {
      log.info("Nothing to compile - " + all + " up to date");
    }
  }

  private String shown(Path path) {
    return Goal.shown(stateFile.base(), path);
  }
}
