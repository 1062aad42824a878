package org.mdlc.cli;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.Callback;

/**
 * Ctrl-C while a model trains: the first one ends training after the batch at hand, so that what
 * was learned is saved; the second ends the program at once.
 */
final class Interrupt implements Callback, AutoCloseable {
  private static final String SIGNAL = "INT";

  private final Runnable stop;
  private final PrintStream err;
  private final IntConsumer halt;
  private @Nullable Object previous;
  private volatile boolean requested;

  private Interrupt(Runnable stop, PrintStream err, IntConsumer halt) {
    this.stop = stop;
    this.err = err;
    this.halt = halt;
  }

  /**
   * Takes over the signal until it is closed. Where the JVM gives no signals to programs, Ctrl-C
   * ends it as it always did.
   *
   * @param stop tells the model to end training
   * @param halt ends the program with an exit code
   */
  static Interrupt watch(Runnable stop, PrintStream err, IntConsumer halt) {
    var interrupt = new Interrupt(stop, err, halt);
    interrupt.previous = handle(interrupt::arrived);
    return interrupt;
  }

  /** Whether training was told to end. */
  boolean isRequested() {
    return requested;
  }

  /** A signal that came when no training ran yet. */
  @Override
  public void onTrainBegin() {
    if (requested) {
      stop.run();
    }
  }

  @Override
  public void close() {
    if (previous != null) {
      handle(previous);
    }
  }

  private void arrived() {
    if (requested) {
      halt.accept(ExitCode.INTERRUPTED);
      return;
    }
    requested = true;
    stop.run();
    err.println("\ninterrupted: training ends after this batch; Ctrl-C again ends it at once");
  }

  @SuppressWarnings("ReferenceEquality") // of a proxy, which is no more than itself
  private static @Nullable Object handle(Runnable action) {
    try {
      var type = Class.forName("sun.misc.SignalHandler");
      return handle(
          Proxy.newProxyInstance(
              Interrupt.class.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.run();
                      yield null;
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "ends training";
                  }));
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  // By reflection: javac warns of sun.misc, which has the only way to a signal, and no warning is
  // let through here.
  private static @Nullable Object handle(Object handler) {
    try {
      var signal = Class.forName("sun.misc.Signal");
      var type = Class.forName("sun.misc.SignalHandler");
      return signal
          .getMethod("handle", signal, type)
          .invoke(null, signal.getConstructor(String.class).newInstance(SIGNAL), handler);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException) {
        return null; // the JVM was started with -Xrs, or has no such signal
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
