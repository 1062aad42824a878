package org.mdlc.compiler.emit.java;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Ops;
import org.mdlc.compiler.op.Samples;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.plan.Programs;
import org.mdlc.compiler.type.DType;

/**
 * The generated Java of every primitive, by both printers, on its samples with awkward numbers and
 * sizes, against its float64 meaning.
 */
class PrimitiveCodeTest {
  private record Sample(
      String name, Op op, double tolerance, Graph graph, Map<String, Tensor64> inputs) {}

  @Test
  void everyPrimitiveGivesWhatItMeans() throws Exception {
    var samples = samples();
    for (var style : KernelStyle.values()) {
      var sources = new LinkedHashMap<String, String>();
      for (var sample : samples) {
        sources.put(
            sample.name(),
            GeneratedStep.source(
                sample.name(), sample.graph(), Programs.of(sample.graph(), true), style));
      }
      var loader = InMemoryJavac.loadAll(sources, PrimitiveCodeTest.class.getClassLoader());
      var wrong = new ArrayList<String>();
      for (var sample : samples) {
        var found =
            GeneratedStep.run(loader.loadClass(sample.name()), sample.graph(), sample.inputs(), 1);
        compare(sample, style, found, wrong);
      }
      assertThat(wrong).isEmpty();
    }
  }

  private static List<Sample> samples() {
    var all = new ArrayList<Sample>();
    for (var op : Ops.ALL) {
      Samples samples = op.samples();
      for (var example : samples.cases()) {
        var builder = new GraphBuilder("predict");
        var inputs = new LinkedHashMap<String, Tensor64>();
        var drawn = example.drawAwkward(new Random(all.size()));
        var operands = new ArrayList<org.mdlc.compiler.ir.Value>();
        for (int i = 0; i < drawn.size(); i++) {
          operands.add(builder.input("x" + i, Role.STATE, example.types().get(i)));
          inputs.put("x" + i, drawn.get(i));
        }
        var results = builder.addAll(example.op(), operands);
        for (int i = 0; i < results.size(); i++) {
          builder.output("y" + i, Role.RESULT, results.get(i));
        }
        all.add(
            new Sample(
                "Sample" + all.size(), example.op(), samples.tolerance(), builder.build(), inputs));
      }
    }
    return all;
  }

  private static void compare(
      Sample sample, KernelStyle style, Map<String, float[]> found, List<String> wrong) {
    Interpreter.run(sample.graph(), sample.inputs(), 1)
        .forEach(
            (name, meant) -> {
              for (int i = 0; i < meant.count(); i++) {
                // whole numbers are read as signed words
                double wanted =
                    meant.dtype() == DType.U32
                        ? (float) (int) (long) meant.at(i)
                        : (float) meant.at(i);
                double got = found.get(name)[i];
                boolean fits =
                    wanted == got
                        || Double.compare(wanted, got) == 0
                        || Math.abs(wanted - got)
                            <= sample.tolerance() * Math.max(1, Math.abs(wanted));
                if (!fits) {
                  wrong.add(
                      style
                          + " "
                          + sample.op()
                          + " "
                          + sample.graph().inputs().stream()
                              .map(x -> x.value().type().toString())
                              .toList()
                          + " "
                          + name
                          + "["
                          + i
                          + "]: "
                          + got
                          + ", not "
                          + wanted);
                  return;
                }
              }
            });
  }
}
