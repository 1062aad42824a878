package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.TrainSettings;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.compiler.keras.ExportedModel;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.kernel.VectorApi;

/**
 * A model compiled in memory, with its weights.
 *
 * @param bound what the text says
 * @param model runs it
 */
record RunningModel(BoundProgram bound, Model model) implements AutoCloseable {
  private static final int MOST_NAMED = 5;

  /** How Keras describes a model; empty if nobody wants to know. */
  interface Describing {
    Optional<ExportedModel> describe(BoundProgram bound);
  }

  /**
   * Compiles the model and loads it.
   *
   * @param rows tells the sizes of named dimensions that {@code --set} does not
   */
  static RunningModel start(Main main, ModelOptions options, RunOptions run, RowSource rows)
      throws IOException {
    return start(main, options, run, rows, _ -> Optional.empty());
  }

  /**
   * Compiles the model and loads it, with a description for Keras.
   *
   * @param rows tells the sizes of named dimensions that {@code --set} does not
   * @param describing is asked before anything is loaded; dimensions that are open stay so
   */
  static RunningModel start(
      Main main, ModelOptions options, RunOptions run, RowSource rows, Describing describing)
      throws IOException {
    var request = options.request(main).withKernels(kernels(main, run.noVector()));
    var compilation = Compiler.bind(request);
    var open = compilation.bound().filter(NamedSizes::areOpen);
    if (open.isPresent()) {
      request = request.withSettings(NamedSizes.of(open.get(), rows.rowShapes(open.get())));
      compilation = Compiler.bind(request);
    }
    var bound = ModelOptions.reported(compilation, main);
    var described = describing.describe(open.filter(o -> sameWeights(o, bound)).orElse(bound));
    if (described.isEmpty()) {
      return start(main, bound, request, run);
    }
    var forKeras = bound.withKeras(described.get().layout());
    var running = start(main, forKeras, request, run);
    running.model().describeForKeras(described.get().config());
    return running;
  }

  /** Whether the sizes that one leaves open do not matter to the weights. */
  static boolean sameWeights(BoundProgram a, BoundProgram b) {
    return a.variables().stream()
        .map(BoundProgram.Variable::type)
        .toList()
        .equals(b.variables().stream().map(BoundProgram.Variable::type).toList());
  }

  /** Compiles a model that is bound, and loads it. */
  static RunningModel start(Main main, BoundProgram bound, CompileRequest request, RunOptions run)
      throws IOException {
    var generated = Compiler.generate(bound, request);
    var model =
        (Model)
            InMemoryJavac.create(generated, seed(bound, run), RunningModel.class.getClassLoader());
    if (run.weights().isPresent()) {
      readWeights(main, model, run.weights().get());
    } else {
      for (var pretrained : bound.pretrained()) {
        PretrainedWeights.load(model, pretrained);
      }
    }
    return new RunningModel(bound, model);
  }

  /** What {@code --seed} says, else the train block, else 0. */
  static long seed(BoundProgram bound, RunOptions run) {
    var ofBlock = bound.settings().map(TrainSettings::seed).orElse(OptionalLong.empty());
    return run.seed().orElse(ofBlock.orElse(0));
  }

  /**
   * How kernels are printed for this JVM; a warning where it lacks what they want.
   *
   * @param noVector whether the user wants plain loops
   */
  static KernelStyle kernels(Main main, boolean noVector) {
    if (noVector) {
      return KernelStyle.PLAIN;
    }
    if (!VectorApi.isPresent()) {
      main.reporter()
          .warning(
              "kernels run as plain loops, several times slower: this Java was started without"
                  + " --add-modules "
                  + VectorApi.MODULE);
      return KernelStyle.PLAIN;
    }
    return KernelStyle.VECTOR;
  }

  private static void readWeights(Main main, Model model, Path file) throws IOException {
    var unused = new ArrayList<>(model.loadWeights(file).unused());
    if (unused.removeIf(path -> path.startsWith("optimizer/")) && model.spec().trains()) {
      main.reporter().warning(file + " has the state of another optimizer, which starts anew here");
    }
    if (!unused.isEmpty()) {
      var named = String.join(", ", unused.subList(0, Math.min(MOST_NAMED, unused.size())));
      var more = unused.size() > MOST_NAMED ? " and " + (unused.size() - MOST_NAMED) + " more" : "";
      main.reporter().warning(file + " has weights that the model does not: " + named + more);
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
