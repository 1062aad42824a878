package org.mdlc.compiler.emit.cuda;

import java.util.List;

/**
 * The kernels of a model as one CUDA C++ text.
 *
 * @param launches in the order of the text
 */
public record CudaSource(String text, List<Launch> launches) {
  public CudaSource {
    launches = List.copyOf(launches);
  }
}
