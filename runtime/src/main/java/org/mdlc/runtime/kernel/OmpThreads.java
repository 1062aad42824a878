package org.mdlc.runtime.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How many threads oneDNN may use on behalf of the calling thread. It asks OpenMP, which keeps that
 * number for each thread; with one, it starts no threads of its own and computes where it is
 * called. The threads of a step are those of the {@link Team}.
 *
 * <p>Where OpenMP cannot be asked, as without native access or in a oneDNN of another kind, oneDNN
 * keeps its own threads, and no operation of it is cut into parts.
 */
final class OmpThreads {
  private static final int UNKNOWN = 0;

  /** Initialised only once the library is there: one that is missing says so by itself. */
  private static final class Functions {
    private static final @Nullable MethodHandle GET;
    private static final @Nullable MethodHandle SET;

    static {
      MethodHandle get = null;
      MethodHandle set = null;
      Path file = DnnLibrary.loadedFrom().orElse(null);
      if (file != null && OmpThreads.class.getModule().isNativeAccessEnabled()) {
        try {
          get = find(file, "omp_get_max_threads", FunctionDescriptor.of(ValueLayout.JAVA_INT));
          set = find(file, "omp_set_num_threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        } catch (IllegalArgumentException e) {
          // no such library: as if it had no such function
        }
      }
      GET = set == null ? null : get;
      SET = get == null ? null : set;
    }
  }

  private OmpThreads() {}

  @SuppressWarnings("restricted") // only where native access is enabled
  private static @Nullable MethodHandle find(Path file, String name, FunctionDescriptor type) {
    return SymbolLookup.libraryLookup(file, Arena.global())
        .find(name)
        .map(f -> Linker.nativeLinker().downcallHandle(f, type, Linker.Option.critical(false)))
        .orElse(null);
  }

  /**
   * True when oneDNN can be kept to the calling thread.
   *
   * @throws KernelException if oneDNN does not load
   */
  static boolean areKnown() {
    Dnn.engine();
    return Functions.GET != null;
  }

  /**
   * Keeps what oneDNN builds and runs on behalf of the calling thread to that thread.
   *
   * @return for {@link #restore}
   * @throws KernelException if oneDNN does not load
   */
  static int useOne() {
    Dnn.engine();
    if (Functions.GET == null || Functions.SET == null) {
      return UNKNOWN;
    }
    try {
      int before = (int) Functions.GET.invokeExact();
      if (before != 1) {
        Functions.SET.invokeExact(1);
      }
      return before;
    } catch (Throwable e) {
      throw new KernelException("OpenMP does not answer", e);
    }
  }

  /** Undoes {@link #useOne}. */
  static void restore(int before) {
    if (before == UNKNOWN || before == 1 || Functions.SET == null) {
      return;
    }
    try {
      Functions.SET.invokeExact(before);
    } catch (Throwable e) {
      throw new KernelException("OpenMP does not answer", e);
    }
  }
}
