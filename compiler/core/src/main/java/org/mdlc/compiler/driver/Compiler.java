package org.mdlc.compiler.driver;

import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.syntax.Parser;

/** From text to generated code. Prints nothing and reads no file but imports. */
public final class Compiler {
  private Compiler() {}

  /** Everything that is wrong with a file. */
  public static DiagnosticSink check(CompileRequest request) {
    var problems = new DiagnosticSink();
    Parser.parse(request.source(), problems);
    return problems;
  }
}
