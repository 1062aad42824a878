package org.mdlc.compiler.report;

import java.util.List;
import java.util.Optional;

/**
 * A step of a program.
 *
 * @param number where it stands, from 1; a loop takes one number more behind its body
 * @param depth in how many loops it stands
 * @param name unique within the program; the method of the generated class
 * @param action what is called, with the shapes of its operands and its result, or what a kernel
 *     loops over
 * @param serves the layers that it works for, in the order of the model
 * @param lines the statements of the model that it carries out
 * @param reads names of buffers, those of inputs and variables too
 * @param writes names of buffers
 * @param variables paths of the variables that it changes
 * @param runs how often it is done: the rounds of the loops around it
 * @param work of all runs
 * @param kernel the text form of a kernel
 */
public record StepReport(
    int number,
    int depth,
    String name,
    StepKind kind,
    Purpose purpose,
    String action,
    List<Served> serves,
    List<Line> lines,
    List<String> reads,
    List<String> writes,
    List<String> variables,
    long runs,
    Work work,
    Optional<String> kernel) {
  /**
   * A part of a step.
   *
   * @param layer position of the layer that it belongs to
   * @param operations what is computed for this layer, in order, after the path of the layer inside
   *     of it, if any: {@code query/mat_mul}; views and literals only when there is nothing else
   */
  public record Served(int layer, List<String> operations) {
    public Served {
      operations = List.copyOf(operations);
    }
  }

  /**
   * A statement of the model.
   *
   * @param place {@code mnist.mdl:12:7}
   */
  public record Line(String place, String text) {}

  public StepReport {
    serves = List.copyOf(serves);
    lines = List.copyOf(lines);
    reads = List.copyOf(reads);
    writes = List.copyOf(writes);
    variables = List.copyOf(variables);
  }
}
