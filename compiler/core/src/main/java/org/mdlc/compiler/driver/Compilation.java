package org.mdlc.compiler.driver;

import java.util.Optional;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.diag.DiagnosticSink;

/**
 * What came of a request.
 *
 * @param problems errors and warnings, in any case
 * @param bound the model, if there were no errors
 */
public record Compilation(DiagnosticSink problems, Optional<BoundProgram> bound) {}
