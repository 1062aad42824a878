package org.mdlc.compiler.driver;

import java.util.ArrayList;
import org.mdlc.compiler.emit.cuda.CudaEmitter;
import org.mdlc.compiler.emit.java.CompiledPrograms;
import org.mdlc.compiler.plan.Program;

/**
 * A model as Java.
 *
 * @param className fully qualified
 * @param source text of the class
 * @param programs what it was printed from, phase by phase
 */
public record GeneratedModel(String className, String source, CompiledPrograms programs) {

  /** The fused kernels of all phases as one CUDA C++ text. */
  public String cudaKernels() {
    var all = new ArrayList<Program>();
    all.add(programs.initialize());
    all.add(programs.predict());
    programs.evaluate().ifPresent(all::add);
    all.addAll(programs.train());
    return CudaEmitter.emit(programs.bound().model(), all).text();
  }
}
