package org.mdlc.languageserver;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.mdlc.compiler.analysis.Analysis;

/** One client, from its first word to its last. */
final class Session {
  private Session() {}

  /** Serves until the client ends; returns 0 after an orderly end, else 1. */
  static int run(InputStream in, OutputStream out) {
    return run(in, out, new OpenFiles(Analysis::of), CachedPages.ofUser());
  }

  static int run(InputStream in, OutputStream out, OpenFiles files, CachedPages pages) {
    var ended = new CompletableFuture<Integer>();
    var server = new Server(files, pages, ended::complete);
    var threads = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    var launcher =
        LSPLauncher.createServerLauncher(server, in, out, threads, UnaryOperator.identity());
    server.connect(launcher.getRemoteProxy());
    var listening = launcher.startListening();
    threads.execute(
        () -> {
          try {
            await(listening);
          } finally {
            server.exit();
          }
        });
    try {
      return ended.join();
    } finally {
      files.close();
    }
  }

  /** Until the client's end of the stream is closed. */
  private static void await(Future<?> listening) {
    try {
      listening.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the connection to the editor broke", e);
    }
  }
}
