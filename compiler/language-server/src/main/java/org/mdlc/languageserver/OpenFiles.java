package org.mdlc.languageserver;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.lsp4j.jsonrpc.CompletableFutures;
import org.mdlc.compiler.analysis.Analysis;
import org.mdlc.compiler.driver.SourceTexts;
import org.mdlc.compiler.source.SourceFile;

/**
 * The files that are open, and what is known of each. One thread analyses, in the order of the
 * requests; of several changes in a row it sees the last.
 */
final class OpenFiles implements AutoCloseable {
  /** Looks at a text; {@link Analysis#of}, unless a test says otherwise. */
  @FunctionalInterface
  interface Analyst {
    Analysis analyse(SourceFile source, SourceTexts texts);
  }

  /** For trees as deep as the parser lets them be. */
  private static final long STACK_BYTES = 64L << 20;

  private final Analyst analyst;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("analysis").stackSize(STACK_BYTES).factory());
  private final Map<String, OpenFile> byUri = new LinkedHashMap<>();

  /** What was found out of the texts as they are now; only the worker looks at it. */
  private final Map<OpenFile, Analysis> known = new HashMap<>();

  OpenFiles(Analyst analyst) {
    this.analyst = analyst;
  }

  // ---- what is open

  synchronized OpenFile put(String uri, int version, String text) {
    var file = new OpenFile(uri, version, SourceFile.of(Uris.name(uri), text));
    byUri.put(uri, file);
    return file;
  }

  /** Forgets a file; {@code then} comes after the last that is told of it. */
  synchronized void remove(String uri, Runnable then) {
    byUri.remove(uri);
    worker.execute(then);
  }

  synchronized Optional<OpenFile> find(String uri) {
    return Optional.ofNullable(byUri.get(uri));
  }

  synchronized List<OpenFile> all() {
    return List.copyOf(byUri.values());
  }

  private synchronized boolean isCurrent(OpenFile file) {
    return file.equals(byUri.get(file.uri()));
  }

  /** The open file of that name, else the saved one. */
  private Optional<SourceFile> text(String name) {
    return all().stream()
        .map(OpenFile::source)
        .filter(s -> s.name().equals(name))
        .findFirst()
        .or(() -> SourceTexts.OF_DISK.find(name));
  }

  /** The address of a source file, in the editor's spelling when it has it open. */
  String uri(SourceFile source) {
    return all().stream()
        .filter(f -> f.source().name().equals(source.name()))
        .map(OpenFile::uri)
        .findFirst()
        .orElseGet(() -> Uris.uri(source.name()));
  }

  // ---- what is known

  /** Answers from what is known of a file; with {@code otherwise} when it is not open. */
  <T> CompletableFuture<T> ask(String uri, T otherwise, Function<Analysis, T> question) {
    return CompletableFutures.computeAsync(
        worker,
        cancelled -> {
          cancelled.checkCanceled();
          return find(uri).map(f -> question.apply(analysis(f))).orElse(otherwise);
        });
  }

  /**
   * Looks anew at a file whose text has changed, then at those that may import it.
   *
   * @param tell gets what is known of each, unless it has changed again in the meantime
   * @param failed gets what went wrong in us
   */
  void changed(OpenFile file, Consumer<Analysis> tell, Consumer<RuntimeException> failed) {
    worker.execute(
        () -> {
          if (isCurrent(file)) {
            known.clear();
            tell(file, tell, failed);
            all().stream()
                .filter(other -> !other.equals(file))
                .filter(other -> hasImports(other))
                .forEach(other -> tell(other, tell, failed));
          }
        });
  }

  /** Looks anew at all files: something on the disk has changed. */
  void changed(Consumer<Analysis> tell, Consumer<RuntimeException> failed) {
    worker.execute(
        () -> {
          known.clear();
          all().forEach(file -> tell(file, tell, failed));
        });
  }

  private static boolean hasImports(OpenFile file) {
    return file.source().text().contains("import");
  }

  private void tell(OpenFile file, Consumer<Analysis> tell, Consumer<RuntimeException> failed) {
    try {
      var analysis = analysis(file);
      if (isCurrent(file)) {
        tell.accept(analysis);
      }
    } catch (RuntimeException e) {
      failed.accept(e);
    }
  }

  private Analysis analysis(OpenFile file) {
    return known.computeIfAbsent(file, f -> analyst.analyse(f.source(), this::text));
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
