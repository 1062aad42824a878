package org.mdlc.compiler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.TextForm;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.pass.DumpSink;
import org.mdlc.compiler.pass.Pipeline;

/** Random graphs: passes, fusion, in-place updates and the memory plan against the interpreter. */
final class RandomProgramsTest {
  private static final int GRAPHS = Integer.getInteger("mdlc.graphs", 150);
  private static final long FIRST_SEED = Long.getLong("mdlc.seed", 1);

  /**
   * Literals are rounded to float by constant folding, and a maximum may pass on the difference
   * some ten times over.
   */
  private static final double TOLERANCE = 2e-5;

  @Test
  void programsGiveWhatTheGraphMeans() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + GRAPHS; seed++) {
      var graph = RandomGraphs.make(seed, 6 + (int) (seed % 40));
      assertThat(TextForm.over(Op.class).parse(TextForm.print(graph)))
          .as("text of seed %d", seed)
          .isEqualTo(graph);
      var optimised = Pipeline.optimize(Map.of()).run(graph, DumpSink.NONE);
      for (boolean shareMemory : new boolean[] {true, false}) {
        var program = MakeProgram.run(optimised, 32, shareMemory);
        compare(graph, program, seed, 3);
        compare(graph, program, seed, 17);
      }
    }
  }

  private static void compare(Graph graph, Program program, long seed, long batch) {
    var inputs = RandomGraphs.inputs(graph, seed, batch);
    var wanted = Interpreter.run(graph, inputs, batch);
    Map<String, double[]> found;
    try {
      found = ProgramInterpreter.run(program, inputs, batch);
    } catch (RuntimeException e) {
      throw new AssertionError(explained("cannot run", graph, program, seed), e);
    }
    wanted.forEach(
        (name, tensor) -> {
          var message = differs(name, tensor, found.getOrDefault(name, untouched(inputs, name)));
          if (!message.isEmpty()) {
            throw new AssertionError(explained(message, graph, program, seed));
          }
        });
  }

  /** A variable that a step does not touch keeps its value. */
  private static double[] untouched(Map<String, Tensor64> inputs, String name) {
    return inputs.containsKey(name) ? inputs.get(name).data() : new double[0];
  }

  private static String explained(String message, Graph graph, Program program, long seed) {
    return "seed "
        + seed
        + ": "
        + message
        + "\n"
        + TextForm.print(graph)
        + ProgramText.print(program);
  }

  private static String differs(String name, Tensor64 wanted, double[] found) {
    if (found.length != wanted.count()) {
      return name + " has " + found.length + " elements";
    }
    for (int i = 0; i < wanted.count(); i++) {
      double w = wanted.at(i);
      boolean same =
          Double.compare(w, found[i]) == 0
              || Math.abs(w - found[i]) <= TOLERANCE * Math.max(1, Math.abs(w));
      if (!same) {
        return name + "[" + i + "] is " + found[i] + ", not " + w;
      }
    }
    return "";
  }
}
