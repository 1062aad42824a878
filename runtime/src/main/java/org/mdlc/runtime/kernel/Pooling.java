package org.mdlc.runtime.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Pooling in one to three dimensions, forward and backward, channels last: by oneDNN ({@link
 * DnnPooling}, which says what is computed), or in Java where that takes fewer passes over memory
 * and the JVM has the Vector API.
 *
 * <pre>
 *   x [batch, in..., channels]   y [batch, out..., channels]
 * </pre>
 */
public final class Pooling implements DnnOperation {
  private static final boolean HAS_VECTORS = VectorApi.isPresent();

  private final @Nullable VectorMaxPooling inJava;
  private final @Nullable DnnPooling inLibrary;

  private Pooling(
      String name, DnnPooling.Kind kind, Layout x, Window window, boolean forward) {
    boolean java = HAS_VECTORS && kind == DnnPooling.Kind.MAX && VectorMaxPooling.fits(x, window);
    if (java) {
      inJava = new VectorMaxPooling(x, forward);
      inLibrary = null;
    } else {
      inJava = null;
      inLibrary =
          forward
              ? DnnPooling.forward(name, kind, x, window)
              : DnnPooling.backward(name, kind, x, window);
    }
  }

  /** y from x. Bind with {@link #bindForward}. */
  public static Pooling forward(String name, DnnPooling.Kind kind, Layout x, Window window) {
    return new Pooling(name, kind, x, window, true);
  }

  /** dx from dy, and for a maximum from x. Bind with {@link #bindBackward}. */
  public static Pooling backward(String name, DnnPooling.Kind kind, Layout x, Window window) {
    return new Pooling(name, kind, x, window, false);
  }

  /** Binds native memory of a forward pooling: x, y, scratch memory. */
  public Pooling bindForward(long x, long y, long scratch) {
    if (inJava != null) {
      inJava.bindForward(x, y);
    }
    if (inLibrary != null) {
      inLibrary.bindForward(x, y, scratch);
    }
    return this;
  }

  /** Binds native memory of a gradient: x (not read for an average), dy, dx, scratch memory. */
  public Pooling bindBackward(long x, long dy, long dx, long scratch) {
    if (inJava != null) {
      inJava.bindBackward(x, dy, dx);
    }
    if (inLibrary != null) {
      inLibrary.bindBackward(x, dy, dx, scratch);
    }
    return this;
  }

  @Override
  public void run() {
    if (inJava != null) {
      inJava.run();
    }
    if (inLibrary != null) {
      inLibrary.run();
    }
  }

  @Override
  public long scratchBytes() {
    return inLibrary == null ? 0 : inLibrary.scratchBytes();
  }

  @Override
  public String implementation() {
    return inLibrary == null ? "java" : inLibrary.implementation();
  }

  @Override
  public void close() {
    if (inLibrary != null) {
      inLibrary.close();
    }
  }
}
