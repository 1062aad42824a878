package org.mdlc.compiler.report;

import java.util.List;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.plan.Program;

/**
 * An optimised program as people read it: what its steps are, which layers they serve, what they
 * cost, and where everything lies in memory.
 *
 * @param model its name
 * @param program {@code train}, {@code predict} ...
 * @param batch the batch size that all figures are for
 * @param layers in the order of the model; what belongs to none of its layers comes last
 * @param steps in order, those within a loop after it
 */
public record ProgramReport(
    String model,
    String program,
    int batch,
    List<LayerReport> layers,
    List<StepReport> steps,
    MemoryReport memory) {
  public ProgramReport {
    layers = List.copyOf(layers);
    steps = List.copyOf(steps);
  }

  public static ProgramReport of(BoundProgram bound, Program program, int batch) {
    return new MakeReport(bound, program, batch).make();
  }

  /** All steps together. */
  public Work total() {
    return steps.stream().map(StepReport::work).reduce(Work.NONE, Work::plus);
  }

  /** All steps of a kind together. */
  public Work total(StepKind kind) {
    return steps.stream()
        .filter(step -> step.kind() == kind)
        .map(StepReport::work)
        .reduce(Work.NONE, Work::plus);
  }

  /** All steps of a purpose together. */
  public Work total(Purpose purpose) {
    return steps.stream()
        .filter(step -> step.purpose() == purpose)
        .map(StepReport::work)
        .reduce(Work.NONE, Work::plus);
  }

  public long count(StepKind kind) {
    return steps.stream().filter(step -> step.kind() == kind).count();
  }

  /** The time that the steps take at least, one after the other, in nanoseconds. */
  public double floorNanos(Machine machine) {
    return steps.stream().mapToDouble(step -> machine.floorNanos(step.work())).sum();
  }
}
