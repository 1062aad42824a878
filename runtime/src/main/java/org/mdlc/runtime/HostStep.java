package org.mdlc.runtime;

import java.util.List;

/**
 * What turns strings into an input of the compiled program, on the host, when a batch is filled.
 *
 * @param port the input that it fills
 * @param layer the path of the layer that does it
 * @param sources names of the inputs of strings that the layer takes
 */
public record HostStep(String port, String layer, List<String> sources) {
  /** Copies the list. */
  public HostStep {
    sources = List.copyOf(sources);
  }
}
