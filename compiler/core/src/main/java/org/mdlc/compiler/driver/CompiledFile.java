package org.mdlc.compiler.driver;

import java.util.List;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.DiagnosticSink;

/**
 * What came of a whole file.
 *
 * @param problems errors and warnings, in any case
 * @param models its models, if there were no errors; none of a file of definitions only
 */
public record CompiledFile(DiagnosticSink problems, List<BoundProgram> models) {
  public CompiledFile {
    models = List.copyOf(models);
  }
}
