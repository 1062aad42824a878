package org.mdlc.launch;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/** A JVM that takes the place of this one, which only waits for it. */
public final class ChildJava {
  private ChildJava() {}

  /**
   * Runs a command on the terminal and streams of this process, and returns its exit code. Ctrl-C
   * reaches both, and the child alone heeds it. A child does not outlive its parent.
   */
  public static int run(List<String> command) throws IOException {
    heedNoInterrupt();
    Process child = new ProcessBuilder(command).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(child::destroy));
    while (true) {
      try {
        return child.waitFor();
      } catch (InterruptedException e) {
        child.destroy(); // and wait for its end
      }
    }
  }

  // By reflection: javac warns of sun.misc, which has the only way to a signal. A handler that does
  // nothing, not the signal ignored: that the child would inherit.
  private static void heedNoInterrupt() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object nothing =
          Proxy.newProxyInstance(
              ChildJava.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> method.getReturnType() == boolean.class ? false : null);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("INT"), nothing);
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException)) { // no such signal, or java -Xrs
        throw new IllegalStateException(e);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java has no sun.misc.Signal", e);
    }
  }
}
