package org.mdlc.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.summary.ModelSummary;
import org.mdlc.runtime.Summary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc summary model.mdl}. */
@Command(
    name = "summary",
    description =
        "Shows the layers of a model with their shapes and sizes, and the memory and arithmetic"
            + " that it needs.",
    footer = {
      "mdlc summary model.mdl",
      "mdlc summary model.mdl --details",
      "mdlc summary model.mdl --set T=80 --json"
    })
final class SummaryCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Mixin private ModelOptions model;

  @Option(
      names = "--details",
      description =
          "FLOPs and output memory of each layer for one row, in place of what it is connected to.")
  private boolean details;

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    var request = model.request(main);
    var summary = Compiler.summary(ModelOptions.bind(request, main), request);
    main.json().ifPresent(report -> report.result(SummaryJson.of(summary)));
    if (json.isOn()) {
      return ExitCode.OK;
    }
    var terminal = main.terminal();
    terminal.out().print(printable(summary).text(details, terminal.columns(), main.coloured()));
    return ExitCode.OK;
  }

  private static Summary printable(ModelSummary summary) {
    var printable = Summary.builder(summary.model());
    if (!summary.isChain()) {
      printable.network();
    }
    for (var layer : summary.layers()) {
      printable.layer(
          layer.name(),
          layer.kind(),
          layer.shapeText(),
          layer.connectionsText(),
          layer.parameters(),
          layer.flopsPerRow(summary.batch()),
          layer.bytesPerRow());
    }
    printable.parameters(summary.trainable(), summary.nonTrainable(), summary.optimizer());
    summary
        .needs()
        .ifPresent(
            needs ->
                printable.needs(
                    needs.batch(),
                    needs.trainingBytes(),
                    needs.inferenceBytes(),
                    needs.forwardFlops(),
                    needs.trainingFlops()));
    return printable.build();
  }
}
