package org.mdlc.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc evaluate model.mdl --weights w.safetensors --data test.npz}. */
@Command(
    name = "evaluate",
    description = "Measures loss and metrics of trained weights.",
    footer = {
      "mdlc evaluate model.mdl --weights model.safetensors",
      "mdlc evaluate model.mdl --weights model.safetensors --data test.csv --json"
    })
final class EvaluateCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Mixin private ModelOptions model;
  @Mixin private RunOptions run;

  @Option(
      names = {"--data", "--input"},
      paramLabel = "FILE",
      description =
          "Rows with targets (.npy, .npz, .csv); unless given, the rows that the train block holds"
              + " out, or if there are none, those it trains on.")
  private @Nullable Path data;

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    var measured = new Inference(main, model, run).evaluate(data);
    main.json().ifPresent(report -> report.result(result(measured)));
    if (!json.isOn()) {
      MetricLines.print("", measured.metrics(), main.terminal().out());
    }
    return ExitCode.OK;
  }

  private static JsonObject result(Inference.Measured measured) {
    var metrics = new JsonObject();
    measured
        .metrics()
        .values()
        .forEach((name, value) -> metrics.add(name, JsonReport.finite(value)));
    var result = new JsonObject();
    result.addProperty("model", measured.model());
    result.add("metrics", metrics);
    return result;
  }
}
