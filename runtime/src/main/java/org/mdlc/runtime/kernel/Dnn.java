package org.mdlc.runtime.kernel;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.jspecify.annotations.Nullable;

/**
 * oneDNN, the library behind the heavy operations: {@link Matmul}, {@link DnnConvolution}, {@link
 * DnnPooling}.
 *
 * <p>An operation is built once from shapes, bound to addresses once (or, in a recurrence, at every
 * call) and then run with one native call that allocates nothing. Operations of one step run one
 * after another, so they share one piece of scratch memory, as large as the largest {@link
 * DnnOperation#scratchBytes()}. All of them compute with floats, on the calling thread and, where
 * they are large, on those of the {@link Team}: the result is there when {@code run} returns.
 */
public final class Dnn {
  private Dnn() {}

  /**
   * The largest need for scratch memory among operations that run one after another; at least 0.
   */
  public static long scratchBytes(DnnOperation... operations) {
    long bytes = 0;
    for (DnnOperation operation : operations) {
      bytes = Math.max(bytes, operation.scratchBytes());
    }
    return bytes;
  }

  /**
   * Begins to load the library in the background, which takes about half a second, where a model
   * will need it; weights are drawn and data is read meanwhile. What goes wrong is said when the
   * first operation is built.
   *
   * @param largestProduct multiply-adds of the largest operation of the model at its usual batch
   */
  public static void loadAhead(long largestProduct) {
    if (largestProduct > Matmul.MOST_IN_JAVA && !Native.isAsked()) {
      Thread thread = new Thread(Native::getQuietly, "mdlc-load-onednn");
      thread.setDaemon(true);
      thread.start();
    }
  }

  static dnnl_engine engine() {
    return Native.get().engine;
  }

  /** A stream of its own for one operation: no two threads share one. */
  static dnnl_stream newStream() {
    dnnl_stream stream = new dnnl_stream();
    check(dnnl_stream_create(stream, engine(), dnnl_stream_default_flags), "a stream");
    return stream;
  }

  /**
   * Throws unless {@code status} says that all went well; {@code what} is the operation in words.
   */
  static void check(int status, String what) {
    if (status != dnnl_success) {
      throw new KernelException("oneDNN refuses " + what + ": " + Status.describe(status));
    }
  }

  /** The words of dnnl_status_t, in its order. */
  private static final class Status {
    private static final String[] WORDS = {
      "success",
      "out of memory",
      "invalid arguments",
      "no implementation for these shapes and layouts",
      "last implementation reached",
      "run-time error",
      "not required",
      "the graph is invalid",
      "the operation is invalid in a graph",
      "invalid shape",
      "invalid data type"
    };

    static String describe(int status) {
      return status >= 0 && status < WORDS.length ? WORDS[status] : "status " + status;
    }
  }

  /** Loads the library at first use. */
  private static final class Native {
    private final dnnl_engine engine = new dnnl_engine();

    private Native() {
      check(dnnl_engine_create(engine, dnnl_cpu, 0), "a CPU engine");
    }

    /** The first primitive of any size has classes loaded and code made ready. */
    private static final int SMALL = 16;

    private static @Nullable Native loaded;
    private static @Nullable KernelException failure;
    private static volatile boolean asked;

    /** False as long as nobody has wanted the library. */
    static boolean isAsked() {
      return asked;
    }

    static synchronized Native get() {
      asked = true;
      if (failure != null) {
        throw failure;
      }
      Native library = loaded;
      if (library == null) {
        try {
          library = load();
          loaded = library;
        } catch (KernelException e) {
          failure = e;
          throw e;
        }
      }
      return library;
    }

    static void getQuietly() {
      try {
        get();
        new DnnMatmul("warm-up", Layout.of(SMALL, SMALL), Layout.of(SMALL, SMALL), Layout.of(SMALL, SMALL)).close();
      } catch (KernelException e) {
        // kept for those who need the library
      }
    }

    private static Native load() {
      try {
        return new Native();
      } catch (LinkageError e) {
        throw new KernelException(
            "the native library of oneDNN does not load on "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + ": put the javacpp, dnnl and opencl jars of this platform on the class path",
            e);
      }
    }
  }
}
