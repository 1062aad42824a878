package org.mdlc.compiler.bind;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Ast;

/**
 * Makes a {@link BoundProgram} of a model and its train block: the front door of this package.
 *
 * <p>All problems go to the sink; nothing is thrown for bad input. Independent errors are all
 * reported.
 */
public final class Binder {
  /**
   * Bodies call one another on the Java stack; a thread of its own makes {@link Limits#DEPTH} safe
   * whatever the caller's stack is.
   */
  private static final long STACK_BYTES = 512L << 20;

  private Binder() {}

  /**
   * What to bind.
   *
   * @param model name of a model in the file
   * @param settings parameters of the model and named dimensions, as text of the language: {@code
   *     T} to {@code 80}
   * @param imports finds an imported file by its path, which is relative to nothing: the importing
   *     file's folder is in front of it already
   * @param data finds a data file, by its path as for imports
   * @param observer hears what stands where
   */
  public record Request(
      String model,
      Map<String, String> settings,
      Function<String, Optional<SourceFile>> imports,
      DataFiles data,
      Observer observer) {
    public Request {
      settings = new LinkedHashMap<>(settings);
    }

    /** Without data at hand. */
    public Request(
        String model,
        Map<String, String> settings,
        Function<String, Optional<SourceFile>> imports) {
      this(model, settings, imports, DataFiles.NONE, Observer.NONE);
    }

    /** The named model with its defaults and no imports. */
    public static Request of(String model) {
      return new Request(model, Map.of(), _ -> Optional.empty());
    }
  }

  /**
   * Checks what can be said of a file without binding a model of it: names, types of parameters,
   * imports and constants. {@link #bind} does the same first.
   *
   * @param request whose model counts for nothing
   */
  public static void check(Ast.File file, Request request, DiagnosticSink sink) {
    inThread(
        sink,
        file,
        () -> {
          new ProgramBinder(file, request, new Problems(sink)).check();
          return Optional.empty();
        });
  }

  /** The program, or nothing when there were errors. */
  public static Optional<BoundProgram> bind(Ast.File file, Request request, DiagnosticSink sink) {
    var program =
        inThread(sink, file, () -> new ProgramBinder(file, request, new Problems(sink)).bind());
    return sink.hasErrors() ? Optional.empty() : program;
  }

  private static Optional<BoundProgram> inThread(
      DiagnosticSink sink, Ast.File file, Supplier<Optional<BoundProgram>> work) {
    var result = new AtomicReference<Optional<BoundProgram>>(Optional.empty());
    var failure = new AtomicReference<@Nullable Throwable>();
    Runnable run =
        () -> {
          try {
            result.set(limited(sink, file, work));
          } catch (RuntimeException | Error e) {
            failure.set(e);
          }
        };
    var thread = new Thread(null, run, "mdlc-bind", STACK_BYTES);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while binding", e);
    }
    switch (failure.get()) {
      case null -> {
        return Objects.requireNonNull(result.get());
      }
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private static Optional<BoundProgram> limited(
      DiagnosticSink sink, Ast.File file, Supplier<Optional<BoundProgram>> work) {
    try {
      return work.get();
    } catch (Evaluator.TooMuch e) {
      sink.report(
          Diagnostic.of(
                  Codes.TOO_MANY_STEPS,
                  e.span(),
                  "expanding this takes more than " + Limits.STEPS / 1_000_000 + " million steps")
              .help("make the counts of `repeat` and `for` smaller"));
    } catch (StackOverflowError e) {
      sink.report(
          Diagnostic.of(
              Codes.NESTED_TOO_DEEP,
              file.span().before(),
              "definitions and expressions nest deeper than the compiler follows"));
    }
    return Optional.empty();
  }
}
