package org.mdlc.languageserver;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.MessageType;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.services.LanguageClient;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.analysis.Analysis;

/** Tells the editor what is wrong in its files, whenever something has changed. */
final class Publisher {
  private final OpenFiles files;
  private final CachedPages pages;
  private final Problems problems;
  private volatile @Nullable LanguageClient client;

  Publisher(OpenFiles files, CachedPages pages, Problems problems) {
    this.files = files;
    this.pages = pages;
    this.problems = problems;
  }

  void connect(LanguageClient editor) {
    client = editor;
  }

  void changed(OpenFile file) {
    files.changed(file, this::publish, this::bug);
  }

  /** Something on the disk has changed. */
  void changed() {
    files.changed(this::publish, this::bug);
  }

  /** The file is forgotten, with all that was said of it. */
  void closed(String uri) {
    files.remove(uri, () -> publish(new PublishDiagnosticsParams(uri, List.of())));
    changed();
  }

  /** Nothing of the library's own files, which nobody here can mend. */
  private void publish(Analysis analysis) {
    var uri = files.uri(analysis.source());
    var found = pages.holds(uri) ? List.<org.eclipse.lsp4j.Diagnostic>of() : problems.of(analysis);
    var told = new PublishDiagnosticsParams(uri, found);
    files.find(uri).ifPresent(f -> told.setVersion(f.version()));
    publish(told);
  }

  private void publish(PublishDiagnosticsParams told) {
    var editor = client;
    if (editor != null) {
      editor.publishDiagnostics(told);
    }
  }

  private void bug(RuntimeException e) {
    var editor = client;
    if (editor != null) {
      var trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      editor.logMessage(new MessageParams(MessageType.Error, "a bug in mdlc: " + trace));
    }
  }
}
