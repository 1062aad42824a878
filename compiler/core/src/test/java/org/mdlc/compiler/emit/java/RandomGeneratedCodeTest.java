package org.mdlc.compiler.emit.java;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.TextForm;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.Programs;
import org.mdlc.compiler.plan.RandomGraphs;
import org.mdlc.compiler.plan.Step;

/**
 * Random graphs as generated Java: both printers, with and without shared memory, against each
 * other and the interpreter.
 */
class RandomGeneratedCodeTest {
  private static final int GRAPHS = Integer.getInteger("mdlc.graphs", 2000);
  private static final long FIRST_SEED = Long.getLong("mdlc.seed", 1);
  private static final int CLASSES_PER_COMPILATION = 100;

  /**
   * Float rounding (2^-24) through up to 45 operations, some of which (division, exp) pass an error
   * on several times over.
   */
  private static final double TOLERANCE = 2e-3;

  private record Case(long seed, Graph graph, boolean sums, Map<String, String> sources) {}

  @Test
  void everyPrinterGivesWhatTheGraphMeans() throws Exception {
    System.out.println("random graphs: seeds " + FIRST_SEED + " to " + (FIRST_SEED + GRAPHS - 1));
    for (long first = FIRST_SEED; first < FIRST_SEED + GRAPHS; first += CLASSES_PER_COMPILATION) {
      var cases = new ArrayList<Case>();
      var sources = new LinkedHashMap<String, String>();
      for (long seed = first;
          seed < Math.min(first + CLASSES_PER_COMPILATION, FIRST_SEED + GRAPHS);
          seed++) {
        var made = make(seed);
        cases.add(made);
        sources.putAll(made.sources());
      }
      var loader = InMemoryJavac.loadAll(sources, RandomGeneratedCodeTest.class.getClassLoader());
      for (var one : cases) {
        check(one, loader, 3);
        check(one, loader, 17);
      }
    }
  }

  private static Case make(long seed) {
    var graph = RandomGraphs.make(seed, 6 + (int) (seed % 40));
    var shared = Programs.of(graph, true);
    var sources = new LinkedHashMap<String, String>();
    for (var style : KernelStyle.values()) {
      String name = style == KernelStyle.VECTOR ? "Vector" : "Plain";
      sources.put(name + seed, GeneratedStep.source(name + seed, graph, shared, style));
    }
    sources.put(
        "Unshared" + seed,
        GeneratedStep.source(
            "Unshared" + seed, graph, Programs.of(graph, false), KernelStyle.VECTOR));
    return new Case(seed, graph, sumsLanes(shared), sources);
  }

  /** True when some kernel adds up vector lanes, which plain loops do in another order. */
  private static boolean sumsLanes(Program program) {
    return program.flattened().stream()
        .filter(Step.KernelCall.class::isInstance)
        .map(s -> ((Step.KernelCall) s).kernel())
        .filter(k -> k.lanes() == Kernel.Lanes.STAGE)
        .flatMap(k -> k.stages().stream())
        .flatMap(s -> s.reduces().stream())
        .anyMatch(r -> r.reducer() == Kernel.Reducer.SUM || r.reducer() == Kernel.Reducer.PROD);
  }

  private static void check(Case one, ClassLoader loader, int batch) throws Exception {
    var inputs = RandomGraphs.inputs(one.graph(), one.seed(), batch);
    var vector =
        GeneratedStep.run(loader.loadClass("Vector" + one.seed()), one.graph(), inputs, batch);
    var unshared =
        GeneratedStep.run(loader.loadClass("Unshared" + one.seed()), one.graph(), inputs, batch);
    same(one, "memory shared and not shared", vector, unshared);
    var plain =
        GeneratedStep.run(loader.loadClass("Plain" + one.seed()), one.graph(), inputs, batch);
    if (!one.sums()) {
      same(one, "vectors and plain loops", vector, plain);
    }
    var meant = Interpreter.run(one.graph(), inputs, batch);
    close(one, "vectors", vector, meant);
    close(one, "plain loops", plain, meant);
  }

  private static void same(Case one, String what, Map<String, float[]> a, Map<String, float[]> b) {
    a.forEach(
        (name, values) ->
            assertThat(bits(values))
                .as("%s, seed %d, %s\n%s", what, one.seed(), name, TextForm.print(one.graph()))
                .isEqualTo(bits(b.get(name))));
  }

  /** Float bits; all NaNs are one. */
  private static List<Integer> bits(float[] values) {
    var bits = new ArrayList<Integer>();
    for (float value : values) {
      bits.add(Float.floatToIntBits(value));
    }
    return bits;
  }

  private static void close(
      Case one, String what, Map<String, float[]> found, Map<String, Tensor64> meant) {
    meant.forEach(
        (name, tensor) -> {
          var numbers = found.get(name);
          for (int i = 0; i < numbers.length; i++) {
            double wanted = tensor.at(i);
            boolean fits =
                Double.compare(wanted, numbers[i]) == 0
                    || Math.abs(wanted - numbers[i]) <= TOLERANCE * Math.max(1, Math.abs(wanted));
            if (!fits) {
              throw new AssertionError(
                  what
                      + ", seed "
                      + one.seed()
                      + ": "
                      + name
                      + "["
                      + i
                      + "] is "
                      + numbers[i]
                      + ", not "
                      + wanted
                      + "\n"
                      + Arrays.toString(numbers)
                      + "\n"
                      + TextForm.print(one.graph()));
            }
          }
        });
  }
}
