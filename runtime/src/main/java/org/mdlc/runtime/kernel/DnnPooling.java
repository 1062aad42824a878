package org.mdlc.runtime.kernel;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.jspecify.annotations.Nullable;

/**
 * Pooling in one to three dimensions by oneDNN, forward and backward, channels last:
 *
 * <pre>
 *   x [batch, in..., channels]   y [batch, out..., channels]
 * </pre>
 *
 * An average counts only elements inside the input. The gradient of a maximum goes to the first of
 * equal elements of a window; it needs no memory between forward and backward, because backward
 * finds the places again from x.
 *
 * <p>Large ones are computed in parts: ranges of the batch.
 */
public final class DnnPooling implements DnnOperation, Team.Work {
  /** What is taken over a window. */
  public enum Kind {
    /** The largest element. */
    MAX,
    /** The mean of the elements that are not padding. */
    AVERAGE
  }

  /** Nanoseconds of one thread for an element of x, backward, when memory is the limit. */
  private static final double ELEMENT_NANOS = 0.15;

  private final boolean forward;
  private final Part[] parts;

  /** Bytes of x and of y before each part. */
  private final long[] xBefore;

  private final long[] yBefore;
  private final long scratchOfPart;

  /** y from x. Bind with {@link #bindForward}. */
  public static DnnPooling forward(String name, Kind kind, Layout x, Window window) {
    return new DnnPooling(0, name, kind, x, window, true);
  }

  /** dx from dy, and for a maximum from x. Bind with {@link #bindBackward}. */
  public static DnnPooling backward(String name, Kind kind, Layout x, Window window) {
    return new DnnPooling(0, name, kind, x, window, false);
  }

  /**
   * @param wantedParts how many parts to cut it into if there are as many samples; 0 for as many as
   *     pay
   */
  DnnPooling(int wantedParts, String name, Kind kind, Layout x, Window window, boolean forward) {
    this.forward = forward;
    String what =
        (forward ? "" : "gradient of ")
            + (kind == Kind.MAX ? "max pooling " : "average pooling ")
            + name
            + ": x "
            + x
            + ", "
            + window;
    Layout y = window.over(what, x);
    long batch = x.size(0);
    double nanos = ELEMENT_NANOS * batch * x.stride(0);
    int count = (int) Math.min(batch, wantedParts > 0 ? wantedParts : DnnParts.count(nanos));
    parts = new Part[count];
    xBefore = new long[count];
    yBefore = new long[count];
    long scratch = 0;
    int threads = OmpThreads.useOne();
    try {
      for (int i = 0; i < count; i++) {
        long from = DnnParts.start(batch, 1, count, i);
        long to = DnnParts.start(batch, 1, count, i + 1);
        parts[i] = new Part(what, kind, x.range(0, from, to), window, forward);
        xBefore[i] = Float.BYTES * from * x.stride(0);
        yBefore[i] = Float.BYTES * from * y.stride(0);
        scratch = Math.max(scratch, parts[i].scratchBytes);
      }
    } finally {
      OmpThreads.restore(threads);
    }
    scratchOfPart = DnnPrimitive.aligned(scratch);
  }

  /** Binds native memory of a forward pooling: x, y, scratch memory. */
  public DnnPooling bindForward(long x, long y, long scratch) {
    if (!forward) {
      throw new KernelException("this pooling was built as a gradient");
    }
    for (int i = 0; i < parts.length; i++) {
      parts[i].bindForward(x + xBefore[i], y + yBefore[i], scratch + i * scratchOfPart);
    }
    return this;
  }

  /** Binds native memory of a gradient: x (not read for an average), dy, dx, scratch memory. */
  public DnnPooling bindBackward(long x, long dy, long dx, long scratch) {
    if (forward) {
      throw new KernelException("this pooling was built to run forward");
    }
    for (int i = 0; i < parts.length; i++) {
      parts[i].bindBackward(
          x + xBefore[i], dy + yBefore[i], dx + xBefore[i], scratch + i * scratchOfPart);
    }
    return this;
  }

  @Override
  public void run() {
    Team.get().run(this, 0, parts.length);
  }

  @Override
  public void run(int id, int part) {
    parts[part].run();
  }

  @Override
  public long scratchBytes() {
    return scratchOfPart * parts.length;
  }

  /** Which of oneDNN's implementations runs. */
  @Override
  public String implementation() {
    return parts[0].pooling.implementation();
  }

  @Override
  public void close() {
    for (Part part : parts) {
      part.close();
    }
  }

  /** The pooling of a range of the batch. */
  private static final class Part {
    private final DnnPrimitive pooling;

    /** Finds the places of the maxima again; only in the gradient of a maximum. */
    private final @Nullable DnnPrimitive search;

    private final long primitiveScratch;
    private final long yBytes;
    private final long scratchBytes;

    Part(String what, Kind kind, Layout x, Window window, boolean forward) {
      Layout y = window.over(what, x);
      dnnl_memory_desc xLayout = DnnPrimitive.floats(x.channelsSecond());
      dnnl_memory_desc yLayout = DnnPrimitive.floats(y.channelsSecond());
      dnnl_primitive_attr attributes = DnnPrimitive.attributes();
      int algorithm = kind == Kind.MAX ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding;
      long[] spatial = Arrays.copyOfRange(x.sizes(), 1, x.rank() - 1);

      dnnl_primitive_desc forwardDescriptor = new dnnl_primitive_desc();
      Dnn.check(
          dnnl_pooling_forward_primitive_desc_create(
              forwardDescriptor,
              Dnn.engine(),
              forward ? dnnl_forward_inference : dnnl_forward_training,
              algorithm,
              xLayout,
              yLayout,
              window.strides(),
              window.sizes(),
              window.gaps(),
              window.before(),
              window.exactAfter(spatial),
              attributes),
          what);
      if (forward) {
        pooling =
            new DnnPrimitive(
                what,
                forwardDescriptor,
                new int[] {DNNL_ARG_SRC, DNNL_ARG_DST},
                new dnnl_memory_desc[] {xLayout, yLayout});
        search = null;
        primitiveScratch = pooling.scratchBytes();
        yBytes = 0;
        scratchBytes = primitiveScratch;
      } else {
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        Dnn.check(
            dnnl_pooling_backward_primitive_desc_create(
                descriptor,
                Dnn.engine(),
                algorithm,
                xLayout,
                yLayout,
                window.strides(),
                window.sizes(),
                window.gaps(),
                window.before(),
                window.exactAfter(spatial),
                forwardDescriptor,
                attributes),
            what);
        if (kind == Kind.MAX) {
          dnnl_memory_desc places =
              dnnl_primitive_desc_query_md(descriptor, dnnl_query_workspace_md, 0);
          yBytes = DnnPrimitive.aligned(dnnl_memory_desc_get_size(yLayout));
          long placesBytes = dnnl_memory_desc_get_size(places);
          search =
              new DnnPrimitive(
                  what,
                  forwardDescriptor,
                  new int[] {DNNL_ARG_SRC, DNNL_ARG_DST, DNNL_ARG_WORKSPACE},
                  new dnnl_memory_desc[] {xLayout, yLayout, places});
          pooling =
              new DnnPrimitive(
                  what,
                  descriptor,
                  new int[] {DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC, DNNL_ARG_WORKSPACE},
                  new dnnl_memory_desc[] {yLayout, xLayout, places});
          primitiveScratch =
              DnnPrimitive.aligned(Math.max(search.scratchBytes(), pooling.scratchBytes()));
          scratchBytes = primitiveScratch + yBytes + placesBytes;
        } else {
          pooling =
              new DnnPrimitive(
                  what,
                  descriptor,
                  new int[] {DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC},
                  new dnnl_memory_desc[] {yLayout, xLayout});
          dnnl_primitive_desc_destroy(forwardDescriptor);
          search = null;
          primitiveScratch = pooling.scratchBytes();
          yBytes = 0;
          scratchBytes = primitiveScratch;
        }
      }
      dnnl_primitive_attr_destroy(attributes);
      dnnl_memory_desc_destroy(xLayout);
      dnnl_memory_desc_destroy(yLayout);
    }

    void bindForward(long x, long y, long scratch) {
      pooling.set(0, x);
      pooling.set(1, y);
      pooling.setScratch(scratch);
    }

    void bindBackward(long x, long dy, long dx, long scratch) {
      pooling.set(0, dy);
      pooling.set(1, dx);
      pooling.setScratch(scratch);
      if (search != null) {
        long y = scratch + primitiveScratch;
        long places = y + yBytes;
        search.set(0, x);
        search.set(1, y);
        search.set(2, places);
        search.setScratch(scratch);
        pooling.set(2, places);
      }
    }

    void run() {
      if (search != null) {
        search.run();
      }
      pooling.run();
    }

    void close() {
      pooling.close();
      if (search != null) {
        search.close();
      }
    }
  }
}
