package org.mdlc.cli.show;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.compiler.report.StepReport;
import org.mdlc.runtime.StepProfile;

/** How long the steps of a program take, as measured. */
public final class Timing {
  private final ProgramReport report;
  private final StepProfile profile;
  private final String data;
  private final Map<String, StepProfile.Part> parts = new LinkedHashMap<>();

  /**
   * @param profile of the steps of the report, in their order
   * @param data what the steps computed with, in words
   */
  public Timing(ProgramReport report, StepProfile profile, String data) {
    this.report = report;
    this.profile = profile;
    this.data = data;
    for (int i = 0; i < report.steps().size(); i++) {
      parts.put(report.steps().get(i).name(), profile.parts().get(i));
    }
  }

  StepProfile profile() {
    return profile;
  }

  String data() {
    return data;
  }

  StepProfile.Part part(StepReport step) {
    return Known.in(parts, step.name());
  }

  double nanos(StepReport step) {
    return part(step).nanos();
  }

  /** Of all steps that fulfil a condition, in nanoseconds. */
  double nanos(Predicate<StepReport> condition) {
    return report.steps().stream().filter(condition).mapToDouble(this::nanos).sum();
  }

  double allNanos() {
    return nanos(_ -> true);
  }

  /** In percent of all steps. */
  double share(double nanos) {
    return 100 * nanos / Math.max(1, allNanos());
  }

  /** Of one run of the program, all rounds of its loops counted. */
  long reorders() {
    return report.steps().stream().mapToLong(step -> step.runs() * part(step).reorders()).sum();
  }

  /** The steps by what the library chose for them, in the order of the program. */
  Map<String, List<StepReport>> byImplementation() {
    var found = new LinkedHashMap<String, List<StepReport>>();
    for (var step : report.steps()) {
      part(step)
          .implementation()
          .ifPresent(name -> found.computeIfAbsent(name, _ -> new ArrayList<>()).add(step));
    }
    return found;
  }
}
