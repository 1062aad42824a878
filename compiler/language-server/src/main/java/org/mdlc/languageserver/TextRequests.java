package org.mdlc.languageserver;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.Command;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionList;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.LocationLink;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureHelpParams;
import org.eclipse.lsp4j.SymbolInformation;
import org.eclipse.lsp4j.TextDocumentPositionParams;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.analysis.Analysis;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.format.Formatter;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;

/** Requests about one text. */
final class TextRequests implements TextDocumentService {
  private final OpenFiles files;
  private final CachedPages pages;
  private final Publisher publisher;
  private final QuickFixes fixes;
  private boolean snippets;

  TextRequests(OpenFiles files, CachedPages pages, Publisher publisher, Problems problems) {
    this.files = files;
    this.pages = pages;
    this.publisher = publisher;
    this.fixes = new QuickFixes(files, problems);
  }

  /** Whether the editor knows snippets. */
  void snippets(boolean known) {
    snippets = known;
  }

  // ---- texts

  @Override
  public void didOpen(DidOpenTextDocumentParams params) {
    var document = params.getTextDocument();
    publisher.changed(files.put(document.getUri(), document.getVersion(), document.getText()));
  }

  /** The text comes whole. */
  @Override
  public void didChange(DidChangeTextDocumentParams params) {
    var document = params.getTextDocument();
    var changes = params.getContentChanges();
    if (!changes.isEmpty()) {
      publisher.changed(
          files.put(document.getUri(), document.getVersion(), changes.getLast().getText()));
    }
  }

  @Override
  public void didClose(DidCloseTextDocumentParams params) {
    publisher.closed(params.getTextDocument().getUri());
  }

  /** Data files and imports may have been saved too. */
  @Override
  public void didSave(DidSaveTextDocumentParams params) {
    publisher.changed();
  }

  // ---- questions

  @Override
  public CompletableFuture<@Nullable Hover> hover(HoverParams params) {
    return at(params, (analysis, offset) -> analysis.hover(offset).map(Answers::hover));
  }

  @Override
  public CompletableFuture<Either<List<CompletionItem>, CompletionList>> completion(
      CompletionParams params) {
    return files
        .ask(
            params.getTextDocument().getUri(),
            List.<CompletionItem>of(),
            analysis ->
                analysis.completions(offset(analysis, params)).stream()
                    .map(c -> Answers.item(c, snippets))
                    .toList())
        .thenApply(Either::forLeft);
  }

  @Override
  public CompletableFuture<@Nullable SignatureHelp> signatureHelp(SignatureHelpParams params) {
    return at(params, (analysis, offset) -> analysis.call(offset).map(Answers::call));
  }

  @Override
  public CompletableFuture<Either<List<? extends Location>, List<? extends LocationLink>>>
      definition(DefinitionParams params) {
    return files
        .ask(
            params.getTextDocument().getUri(),
            List.<Location>of(),
            analysis ->
                analysis.definition(offset(analysis, params)).flatMap(this::location).stream()
                    .toList())
        .thenApply(Either::forLeft);
  }

  private Optional<Location> location(Span span) {
    var uri =
        CachedPages.isLibrary(span.file())
            ? pages.library(span.file())
            : Optional.of(files.uri(span.file()));
    return uri.map(u -> new Location(u, Positions.range(span)));
  }

  @Override
  public CompletableFuture<List<Either<SymbolInformation, DocumentSymbol>>> documentSymbol(
      DocumentSymbolParams params) {
    return files.ask(
        params.getTextDocument().getUri(),
        List.of(),
        analysis ->
            analysis.symbols().stream()
                .map(s -> Either.<SymbolInformation, DocumentSymbol>forRight(Answers.symbol(s)))
                .toList());
  }

  @Override
  public CompletableFuture<List<Either<Command, CodeAction>>> codeAction(CodeActionParams params) {
    var only = params.getContext() == null ? null : params.getContext().getOnly();
    if (only != null && only.stream().noneMatch(CodeActionKind.QuickFix::startsWith)) {
      return CompletableFuture.completedFuture(List.of());
    }
    return files.ask(
        params.getTextDocument().getUri(),
        List.of(),
        analysis ->
            fixes.at(params.getRange(), analysis).stream()
                .map(a -> Either.<Command, CodeAction>forRight(a))
                .toList());
  }

  /** The whole text in its layout; nothing when it is so already, or cannot be read. */
  @Override
  public CompletableFuture<List<? extends TextEdit>> formatting(DocumentFormattingParams params) {
    return files.ask(
        params.getTextDocument().getUri(),
        List.<TextEdit>of(),
        analysis -> formatted(analysis.source()));
  }

  private static List<TextEdit> formatted(SourceFile source) {
    return Formatter.format(source, new DiagnosticSink())
        .filter(text -> !text.equals(source.text()))
        .map(text -> List.of(new TextEdit(Positions.range(source.whole()), text)))
        .orElse(List.of());
  }

  // ---- helpers

  /** A question about a place. */
  @FunctionalInterface
  private interface Question<T> {
    Optional<T> ask(Analysis analysis, int offset);
  }

  private <T> CompletableFuture<@Nullable T> at(
      TextDocumentPositionParams params, Question<T> question) {
    Function<Analysis, Optional<T>> asked =
        analysis -> question.ask(analysis, offset(analysis, params));
    return files
        .ask(params.getTextDocument().getUri(), Optional.empty(), asked)
        .thenApply(answer -> answer.orElse(null));
  }

  private static int offset(Analysis analysis, TextDocumentPositionParams params) {
    return Positions.offset(analysis.source(), params.getPosition());
  }
}
