package org.mdlc.compiler.diag;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;

/**
 * Collects the diagnostics of one run. The same message at the same place counts once: a layer used
 * twice fails twice in the same way.
 */
public final class DiagnosticSink {
  private final List<Diagnostic> reported = new ArrayList<>();
  private final Set<Seen> seen = new HashSet<>();
  private final IdentityHashMap<SourceFile, Integer> fileOrder = new IdentityHashMap<>();
  private int errors;

  private record Seen(Codes code, Span span, String message) {}

  public void report(Diagnostic diagnostic) {
    if (!seen.add(new Seen(diagnostic.code(), diagnostic.span(), diagnostic.message()))) {
      return;
    }
    fileOrder.putIfAbsent(diagnostic.span().file(), fileOrder.size());
    reported.add(diagnostic);
    if (diagnostic.severity() == Severity.ERROR) {
      errors++;
    }
  }

  public boolean hasErrors() {
    return errors > 0;
  }

  public int errorCount() {
    return errors;
  }

  public int warningCount() {
    return reported.size() - errors;
  }

  /**
   * Everything reported, by file in the order in which files came up, then by place; errors before
   * warnings at the same place.
   */
  public List<Diagnostic> sorted() {
    return reported.stream()
        .sorted(
            Comparator.<Diagnostic>comparingInt(d -> fileOrder.getOrDefault(d.span().file(), 0))
                .thenComparingInt(d -> d.span().start())
                .thenComparing(Diagnostic::severity)
                .thenComparing(Diagnostic::code))
        .toList();
  }
}
