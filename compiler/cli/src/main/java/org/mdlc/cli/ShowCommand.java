package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mdlc.cli.show.ShowJson;
import org.mdlc.cli.show.ShowPage;
import org.mdlc.cli.show.ShowText;
import org.mdlc.cli.show.ShownProgram;
import org.mdlc.cli.show.Timing;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.ReportRequest;
import org.mdlc.compiler.report.Machine;
import org.mdlc.runtime.file.AtomicFile;
import org.mdlc.runtime.kernel.Peaks;
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
      "mdlc show model.mdl --html model.html --peak-gflops 230 --peak-gbs 20",
      "mdlc show model.mdl --profile --by-time"
    })
final class ShowCommand implements Callable<Integer> {
  private static final double USUAL_SECONDS = 8;

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
      names = "--profile",
      description =
          "Run the program and show how long each step takes, and which code the library chose.")
  private boolean profile;

  @Option(
      names = "--by-time",
      description = "With --profile: the step that takes longest comes first.")
  private boolean byTime;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description =
          "With --profile: how long each program runs; unless given, 8. The first half warms up.")
  private @Nullable Double seconds;

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
              + " each step is shown. With --profile both are measured unless given.")
  private @Nullable Double peakGbs;

  @Override
  public Integer call() throws IOException {
    var machine = machine();
    requireProfile();
    var page = html == null ? null : Paths.target(html);
    if (page != null && json.isOn()) {
      throw new ParameterException(spec.commandLine(), "give either --html or --json");
    }
    var programs = programs(machine);
    var out = main.terminal().out();
    if (page != null) {
      AtomicFile.writeText(page, ShowPage.of(programs));
      out.println(page);
    } else if (json.isOn()) {
      main.json().ifPresent(report -> report.result(ShowJson.of(programs)));
    } else {
      var form = new ShowText.Form(details, byTime, main.terminal().columns(), main.coloured());
      out.print(
          programs.stream()
              .map(program -> ShowText.of(program, form))
              .collect(Collectors.joining("\n")));
    }
    return ExitCode.OK;
  }

  private List<ShownProgram> programs(Optional<Machine> machine) throws IOException {
    var request = model.request(main);
    var bound = ModelOptions.bind(request, main);
    var wanted = new ReportRequest(Optional.ofNullable(phase), Optional.ofNullable(batch));
    var reports = Compiler.report(bound, request, wanted);
    if (!profile) {
      return reports.stream().map(r -> new ShownProgram(r, machine, Optional.empty())).toList();
    }
    var measured =
        new Profiler(main, model, Objects.requireNonNullElse(seconds, USUAL_SECONDS))
            .measure(bound, request, wanted.phaseOf(bound), reports);
    var peaks = machine.or(ShowCommand::measured);
    var programs = new ArrayList<ShownProgram>();
    for (int i = 0; i < reports.size(); i++) {
      var timing = new Timing(reports.get(i), measured.programs().get(i), measured.data());
      programs.add(new ShownProgram(reports.get(i), peaks, Optional.of(timing)));
    }
    return programs;
  }

  private static Optional<Machine> measured() {
    return Peaks.measure().map(p -> new Machine(p.gigaflops(), p.gigabytesPerSecond()));
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

  private void requireProfile() {
    if (!profile && byTime) {
      throw new ParameterException(spec.commandLine(), "--by-time belongs to --profile");
    }
    if (!profile && seconds != null) {
      throw new ParameterException(spec.commandLine(), "--seconds belongs to --profile");
    }
    if (byTime && (html != null || json.isOn())) {
      throw new ParameterException(
          spec.commandLine(), "--by-time sorts what is printed, not --html or --json");
    }
    if (seconds != null && !(seconds > 0 && Double.isFinite(seconds))) {
      throw new ParameterException(spec.commandLine(), "--seconds is a number greater than 0");
    }
  }
}
