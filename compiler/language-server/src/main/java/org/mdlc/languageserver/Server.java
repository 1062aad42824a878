package org.mdlc.languageserver;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CodeActionOptions;
import org.eclipse.lsp4j.CompletionCapabilities;
import org.eclipse.lsp4j.CompletionItemCapabilities;
import org.eclipse.lsp4j.CompletionOptions;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.SaveOptions;
import org.eclipse.lsp4j.ServerCapabilities;
import org.eclipse.lsp4j.ServerInfo;
import org.eclipse.lsp4j.SetTraceParams;
import org.eclipse.lsp4j.SignatureHelpOptions;
import org.eclipse.lsp4j.TextDocumentClientCapabilities;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.eclipse.lsp4j.TextDocumentSyncOptions;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageClientAware;
import org.eclipse.lsp4j.services.LanguageServer;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.eclipse.lsp4j.services.WorkspaceService;

/** Begin and end of a session, and what the server can do. */
final class Server implements LanguageServer, LanguageClientAware {
  private final Publisher publisher;
  private final TextRequests texts;
  private final WorkspaceEvents workspace;
  private final IntConsumer end;
  private volatile boolean orderly;

  /**
   * A server.
   *
   * @param end gets the exit code when the session is over; it may be told so several times
   */
  Server(OpenFiles files, CachedPages pages, IntConsumer end) {
    var problems = new Problems(files, pages);
    this.publisher = new Publisher(files, pages, problems);
    this.texts = new TextRequests(files, pages, publisher, problems);
    this.workspace = new WorkspaceEvents(publisher);
    this.end = end;
  }

  @Override
  public void connect(LanguageClient client) {
    publisher.connect(client);
  }

  @Override
  public CompletableFuture<InitializeResult> initialize(InitializeParams params) {
    Optional.ofNullable(params.getProcessId()).ifPresent(this::endWith);
    texts.snippets(knowsSnippets(params.getCapabilities()));
    return CompletableFuture.completedFuture(
        new InitializeResult(capabilities(), new ServerInfo("mdlc", version())));
  }

  /** An editor that has died does not say goodbye. */
  private void endWith(int process) {
    var editor =
        ProcessHandle.of(process).filter(handle -> !handle.equals(ProcessHandle.current()));
    if (editor.isPresent()) {
      var _ = editor.get().onExit().thenRun(() -> end.accept(1));
    }
  }

  private static boolean knowsSnippets(ClientCapabilities capabilities) {
    return Optional.ofNullable(capabilities)
        .map(ClientCapabilities::getTextDocument)
        .map(TextDocumentClientCapabilities::getCompletion)
        .map(CompletionCapabilities::getCompletionItem)
        .map(CompletionItemCapabilities::getSnippetSupport)
        .orElse(false);
  }

  private static String version() {
    return Optional.ofNullable(Server.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  private static ServerCapabilities capabilities() {
    var capabilities = new ServerCapabilities();
    var sync = new TextDocumentSyncOptions();
    sync.setOpenClose(true);
    sync.setChange(TextDocumentSyncKind.Full);
    sync.setSave(new SaveOptions(false));
    capabilities.setTextDocumentSync(sync);
    capabilities.setHoverProvider(true);
    capabilities.setCompletionProvider(
        new CompletionOptions(false, List.of(">", "(", ",", "=", ":")));
    capabilities.setSignatureHelpProvider(new SignatureHelpOptions(List.of("(", ",")));
    capabilities.setDefinitionProvider(true);
    capabilities.setDocumentSymbolProvider(true);
    capabilities.setDocumentFormattingProvider(true);
    capabilities.setCodeActionProvider(new CodeActionOptions(List.of(CodeActionKind.QuickFix)));
    return capabilities;
  }

  @Override
  public CompletableFuture<Object> shutdown() {
    orderly = true;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void exit() {
    end.accept(orderly ? 0 : 1);
  }

  /** There is nothing to trace. */
  @Override
  public void setTrace(SetTraceParams params) {}

  @Override
  public TextDocumentService getTextDocumentService() {
    return texts;
  }

  @Override
  public WorkspaceService getWorkspaceService() {
    return workspace;
  }
}
