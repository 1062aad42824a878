package org.mdlc.cli;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.mdlc.cli.Finding.Verdict;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.runtime.kernel.VectorApi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc doctor}. */
@Command(
    name = "doctor",
    description = {
      "Tells what mdlc finds on this machine, what it will use, and what to do about the rest.",
      "",
      "The exit code is 0 unless training does not work here."
    },
    footer = {"mdlc doctor", "mdlc doctor --json"})
final class DoctorCommand implements Callable<Integer> {
  private static final int NAME_WIDTH = 15;

  @ParentCommand private Main main;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    var findings = new ArrayList<>(Diagnosis.of(ThisMachine.seenFrom(main.terminal())));
    findings.add(SelfCheck.run(kernels()));
    boolean works = findings.stream().noneMatch(f -> f.verdict() == Verdict.PROBLEM);
    main.json().ifPresent(report -> report.result(result(findings, works)));
    if (!json.isOn()) {
      findings.forEach(this::print);
      main.terminal()
          .out()
          .println(works ? "Training works here, on the CPU." : "Training does not work here.");
    }
    return works ? ExitCode.OK : ExitCode.USER_ERROR;
  }

  private static KernelStyle kernels() {
    return VectorApi.isPresent() ? KernelStyle.VECTOR : KernelStyle.PLAIN;
  }

  private void print(Finding finding) {
    var name = finding.name() + " ".repeat(NAME_WIDTH - finding.name().length());
    var mark = Mark.of(finding.verdict());
    var out = main.terminal().out();
    out.println(mark.text(main.coloured()) + " " + name + finding.value());
    if (!finding.advice().isEmpty()) {
      out.println(" ".repeat(Mark.WIDTH + 1 + NAME_WIDTH) + "-> " + finding.advice());
    }
  }

  private static JsonObject result(List<Finding> findings, boolean works) {
    var result = new JsonObject();
    result.addProperty("works", works);
    result.add("checks", JsonReport.list(findings, DoctorCommand::inJson));
    return result;
  }

  private static JsonObject inJson(Finding finding) {
    var json = new JsonObject();
    json.addProperty("name", finding.name());
    json.addProperty("verdict", finding.verdict().toString());
    json.addProperty("value", finding.value());
    json.addProperty("advice", finding.advice());
    return json;
  }

  /** A verdict as it is printed. */
  private record Mark(String word, String colour) {
    static final int WIDTH = "warning".length();

    static Mark of(Verdict verdict) {
      return switch (verdict) {
        case OK -> new Mark("ok", "\u001B[32m");
        case WARNING -> new Mark("warning", "\u001B[1;33m");
        case PROBLEM -> new Mark("problem", "\u001B[1;31m");
      };
    }

    String text(boolean coloured) {
      var padding = " ".repeat(WIDTH - word.length());
      return (coloured ? colour + word + "\u001B[0m" : word) + padding;
    }
  }
}
