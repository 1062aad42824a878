package org.mdlc.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.mdlc.compiler.driver.ModelSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc summary model.mdl}. */
@Command(
    name = "summary",
    description = "Shows the layers of a model with their shapes and sizes.",
    mixinStandardHelpOptions = true)
final class SummaryCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Mixin private ModelOptions model;

  @Override
  public Integer call() throws IOException {
    var bound = ModelOptions.bind(model.request(main), main);
    main.terminal().out().print(SummaryTable.print(ModelSummary.of(bound)));
    return ExitCode.OK;
  }
}
