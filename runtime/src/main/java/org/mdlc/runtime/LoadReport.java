package org.mdlc.runtime;

import java.util.List;

/**
 * What loading a weights file did.
 *
 * @param loaded names of the variables that were replaced, in the order of the model
 * @param unused names of tensors in the file that the model has no use for, in the order of the
 *     file
 */
public record LoadReport(List<String> loaded, List<String> unused) {
  /** Copies the lists. */
  public LoadReport {
    loaded = List.copyOf(loaded);
    unused = List.copyOf(unused);
  }
}
