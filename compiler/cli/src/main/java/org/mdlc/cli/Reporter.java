package org.mdlc.cli;

import org.mdlc.compiler.diag.DiagnosticSink;

/** Tells the user what is wrong. */
interface Reporter {
  /** Everything the compiler found; nothing when it found nothing. */
  void diagnostics(DiagnosticSink sink);

  void error(String sentence);

  void warning(String sentence);

  /** A line under the one before. */
  void more(String line);
}
