package org.mdlc.compiler.report;

import java.util.List;

/**
 * A layer of the model, or arithmetic between layers.
 *
 * @param name its path in the model
 * @param kind what is called, such as {@code Conv2D}
 * @param reads positions of the layers that it reads
 */
public record LayerReport(String name, String kind, List<Integer> reads) {
  public LayerReport {
    reads = List.copyOf(reads);
  }
}
