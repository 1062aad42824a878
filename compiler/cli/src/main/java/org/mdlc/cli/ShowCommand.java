package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdlc.cli.show.ShowJson;
import org.mdlc.cli.show.ShowPage;
import org.mdlc.cli.show.ShowText;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.ReportRequest;
import org.mdlc.compiler.report.Machine;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.runtime.file.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mdlc show model.mdl}. */
@Command(
    name = "show",
    description =
        "Shows the optimised program: what is computed together, where everything lies in memory,"
            + " FLOPs and bytes of every step.",
    footer = {
      "mdlc show model.mdl",
      "mdlc show model.mdl --details --phase predict",
      "mdlc show model.mdl --html model.html --peak-gflops 230 --peak-gbs 20"
    })
final class ShowCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model;

  @Option(
      names = "--phase",
      paramLabel = "PHASE",
      description =
          "${COMPLETION-CANDIDATES}; unless given, train where there is a train block, else"
              + " predict.")
  private ReportRequest.@Nullable Phase phase;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Rows of a batch; unless given, those of the train block, else 32.")
  private @Nullable Integer batch;

  @Option(
      names = "--details",
      description = "Also what each step computes for which layer and line, and every buffer.")
  private boolean details;

  @Mixin private JsonOption json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page with pictures instead.")
  private @Nullable Path html;

  @Option(
      names = "--peak-gflops",
      paramLabel = "N",
      description = "What your machine can do, in 1e9 operations on floats per second.")
  private @Nullable Double peakGflops;

  @Option(
      names = "--peak-gbs",
      paramLabel = "N",
      description =
          "What your memory can do, in 1e9 bytes per second; with both peaks the shortest time of"
              + " each step is shown.")
  private @Nullable Double peakGbs;

  @Override
  public Integer call() throws IOException {
    var machine = machine();
    var page = html == null ? null : Paths.target(html);
    if (page != null && json.isOn()) {
      throw new ParameterException(spec.commandLine(), "give either --html or --json");
    }
    var request = model.request(main);
    var wanted = new ReportRequest(Optional.ofNullable(phase), Optional.ofNullable(batch));
    var reports = Compiler.report(ModelOptions.bind(request, main), request, wanted);
    var out = main.terminal().out();
    if (page != null) {
      AtomicFile.writeText(page, ShowPage.of(reports, machine));
      out.println(page);
    } else if (json.isOn()) {
      main.json().ifPresent(report -> report.result(ShowJson.of(reports, machine)));
    } else {
      out.print(text(reports, machine));
    }
    return ExitCode.OK;
  }

  private String text(List<ProgramReport> reports, Optional<Machine> machine) {
    return reports.stream()
        .map(
            report ->
                ShowText.of(report, machine, details, main.terminal().columns(), main.coloured()))
        .collect(Collectors.joining("\n"));
  }

  private Optional<Machine> machine() {
    if (peakGflops == null && peakGbs == null) {
      return Optional.empty();
    }
    if (peakGflops == null || peakGbs == null) {
      throw new ParameterException(
          spec.commandLine(), "--peak-gflops and --peak-gbs belong together");
    }
    if (!(peakGflops > 0) || !(peakGbs > 0)) {
      throw new ParameterException(
          spec.commandLine(), "--peak-gflops and --peak-gbs are greater than 0");
    }
    return Optional.of(new Machine(peakGflops, peakGbs));
  }
}
