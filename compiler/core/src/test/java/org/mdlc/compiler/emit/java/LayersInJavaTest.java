package org.mdlc.compiler.emit.java;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.bind.LayerGraphs;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.plan.Programs;

/**
 * Every layer of the library with its gradients, optimised, fused and run as generated Java,
 * against its float64 meaning.
 */
class LayersInJavaTest {
  /** Sums of a few hundred products in float32, some of them after exp or a division. */
  private static final double TOLERANCE = 2e-4;

  @Test
  void everyLayerComputesWhatItMeans() throws Exception {
    var examples = someOfEach(LayerGraphs.all());
    var sources = new LinkedHashMap<String, String>();
    for (int i = 0; i < examples.size(); i++) {
      var graph = examples.get(i).graph();
      sources.put(
          "Layer" + i,
          GeneratedStep.source("Layer" + i, graph, Programs.of(graph, true), KernelStyle.VECTOR));
    }
    var loader = InMemoryJavac.loadAll(sources, LayersInJavaTest.class.getClassLoader());
    var wrong = new ArrayList<String>();
    for (int i = 0; i < examples.size(); i++) {
      var example = examples.get(i);
      compare(
          example,
          GeneratedStep.run(
              loader.loadClass("Layer" + i), example.graph(), example.inputs(), example.batch()),
          wrong);
    }
    assertThat(wrong).isEmpty();
  }

  /** The first and the last two of each layer: compiling all of them would take a minute. */
  private static List<LayerGraphs.Example> someOfEach(List<LayerGraphs.Example> all) {
    var byLayer =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    e -> e.name().split("[_ ]")[1], LinkedHashMap::new, Collectors.toList()));
    return byLayer.values().stream()
        .flatMap(
            of ->
                of.size() < 4
                    ? of.stream()
                    : Stream.concat(
                        Stream.of(of.get(0)), of.subList(of.size() - 2, of.size()).stream()))
        .toList();
  }

  private static void compare(
      LayerGraphs.Example example, Map<String, float[]> found, List<String> wrong) {
    Interpreter.run(example.graph(), example.inputs(), example.batch())
        .forEach(
            (name, meant) -> {
              double scale = 1;
              for (int i = 0; i < meant.count(); i++) {
                scale = Math.max(scale, Math.abs(meant.at(i)));
              }
              for (int i = 0; i < meant.count(); i++) {
                double got = found.get(name)[i];
                if (!(Math.abs(meant.at(i) - got) <= TOLERANCE * scale)) {
                  wrong.add(
                      example.name() + " " + name + "[" + i + "]: " + got + ", not " + meant.at(i));
                  return;
                }
              }
            });
  }
}
