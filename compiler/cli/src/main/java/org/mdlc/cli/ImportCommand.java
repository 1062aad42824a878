package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.keras.ImportedModel;
import org.mdlc.compiler.keras.KerasImport;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.AtomicFile;
import org.mdlc.runtime.file.Hdf5Group;
import org.mdlc.runtime.file.KerasArchive;
import org.mdlc.runtime.file.SafeTensors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc import model.keras}. */
@Command(
    name = "import",
    description = {
      "Writes a model of Keras 3 as a model description, with its weights beside it.",
      "",
      "The file is one that model.save(\"model.keras\") wrote: layers one after another (Sequential)"
          + " or in any graph (Functional), with models inside. What it was compiled with becomes a"
          + " train block, which lacks only its data. Everything that mdl cannot say is listed, with"
          + " what to do about it, and then nothing is written."
    },
    footer = {"mdlc import model.keras", "mdlc import model.keras -o src/main/mdl/model.mdl"})
final class ImportCommand implements Callable<Integer> {
  private static final int MOST_NAMED = 5;

  @ParentCommand private Main main;

  @Parameters(paramLabel = "FILE", description = "A model saved by Keras 3 (.keras).")
  private Path file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "The model description to write (.mdl); unless given, FILE with the ending .mdl, which must"
              + " not be there yet.")
  private @Nullable Path output;

  @Override
  public Integer call() throws IOException {
    if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".keras")) {
      throw new UserError(
          file
              + ": import reads a model saved as .keras; weights alone are read by"
              + " `mdlc train`, `evaluate` and `predict` with --weights");
    }
    var target = target();
    var weights = target.resolveSibling(stem(target) + ".safetensors");
    if (output == null && Files.exists(weights)) {
      throw new UserError(weights + " is there already; say with -o where to write");
    }
    var model = read();
    SafeTensors.write(weights, tensors(model, KerasArchive.readWeights(file)));
    AtomicFile.writeText(target, text(model, weights));
    main.terminal().out().println(target);
    main.terminal().out().println(weights);
    return ExitCode.OK;
  }

  private Path target() {
    if (output != null) {
      return Paths.target(output);
    }
    var target = file.resolveSibling(stem(file) + ".mdl");
    if (Files.exists(target)) {
      throw new UserError(target + " is there already; say with -o where to write");
    }
    return target;
  }

  private static String stem(Path path) {
    var name = path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }

  private ImportedModel read() throws IOException {
    var problems = new DiagnosticSink();
    var config = KerasArchive.readConfig(file);
    var model = KerasImport.read(file.toString().replace('\\', '/'), config, problems);
    main.reporter().diagnostics(problems);
    return model.orElseThrow(ReportedErrors::new);
  }

  /** The weights by their paths in the model. */
  private Map<String, HostTensor> tensors(ImportedModel model, Hdf5Group root) {
    var tensors = new LinkedHashMap<String, HostTensor>();
    var problems = new ArrayList<String>();
    for (var place : model.weights()) {
      var tensor = root.array(place.dataset());
      if (tensor == null) {
        problems.add(place.path() + ": there is no " + place.dataset());
      } else if (!IntStream.of(tensor.shape()).boxed().toList().equals(place.shape())) {
        problems.add(
            place.path() + " is " + place.shape() + ", and " + place.dataset() + " " + tensor);
      } else {
        tensors.put(place.path(), tensor);
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(
          file
              + ": its weights are not those of the model it describes: "
              + String.join("; ", problems.subList(0, Math.min(MOST_NAMED, problems.size())))
              + (problems.size() > MOST_NAMED ? " .." : ""));
    }
    return tensors;
  }

  private static String text(ImportedModel model, Path weights) throws IOException {
    return "import weights \""
        + weights.getFileName()
        + "\" sha256 \""
        + PretrainedWeights.sha256(weights)
        + "\" for "
        + model.name()
        + "\n\n"
        + model.text();
  }
}
