package org.mdlc.languageserver;

import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.services.WorkspaceService;

/** What happens beside the open texts. */
final class WorkspaceEvents implements WorkspaceService {
  private final Publisher publisher;

  WorkspaceEvents(Publisher publisher) {
    this.publisher = publisher;
  }

  /** There is nothing to set. */
  @Override
  public void didChangeConfiguration(DidChangeConfigurationParams params) {}

  @Override
  public void didChangeWatchedFiles(DidChangeWatchedFilesParams params) {
    publisher.changed();
  }
}
