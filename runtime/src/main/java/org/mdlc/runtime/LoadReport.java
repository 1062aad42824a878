package org.mdlc.runtime;

import java.util.List;

/**
 * What loading a weights file did.
 *
 * @param loaded names of the variables that were replaced, in the order of the model
 * @param missing weights that stay as they are because the file does not have them; none unless
 *     {@link Load} allows it
 * @param mismatched weights that stay as they are because those of the file have another type or
 *     shape, with both; none unless {@link Load} allows it
 * @param unused what the file has and the model has no use for, in the order of the file: tensors
 *     by name or path
 */
public record LoadReport(
    List<String> loaded, List<String> missing, List<String> mismatched, List<String> unused) {
  /** Copies the lists. */
  public LoadReport {
    loaded = List.copyOf(loaded);
    missing = List.copyOf(missing);
    mismatched = List.copyOf(mismatched);
    unused = List.copyOf(unused);
  }
}
