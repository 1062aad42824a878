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
 */
public final class DnnPooling implements DnnOperation {
  /** What is taken over a window. */
  public enum Kind {
    /** The largest element. */
    MAX,
    /** The mean of the elements that are not padding. */
    AVERAGE
  }

  private final DnnPrimitive pooling;

  /** Finds the places of the maxima again; only in the gradient of a maximum. */
  private final @Nullable DnnPrimitive search;

  private final boolean forward;
  private final long primitiveScratch;
  private final long yBytes;
  private final long scratchBytes;

  /** y from x. Bind with {@link #bindForward}. */
  public static DnnPooling forward(String name, Kind kind, Layout x, Window window) {
    return new DnnPooling(name, kind, x, window, true);
  }

  /** dx from dy, and for a maximum from x. Bind with {@link #bindBackward}. */
  public static DnnPooling backward(String name, Kind kind, Layout x, Window window) {
    return new DnnPooling(name, kind, x, window, false);
  }

  private DnnPooling(String name, Kind kind, Layout x, Window window, boolean forward) {
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

  /** Binds native memory of a forward pooling: x, y, scratch memory. */
  public DnnPooling bindForward(long x, long y, long scratch) {
    if (!forward) {
      throw new KernelException("this pooling was built as a gradient");
    }
    pooling.set(0, x);
    pooling.set(1, y);
    pooling.setScratch(scratch);
    return this;
  }

  /** Binds native memory of a gradient: x (not read for an average), dy, dx, scratch memory. */
  public DnnPooling bindBackward(long x, long dy, long dx, long scratch) {
    if (forward) {
      throw new KernelException("this pooling was built to run forward");
    }
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
    return this;
  }

  @Override
  public void run() {
    if (search != null) {
      search.run();
    }
    pooling.run();
  }

  @Override
  public long scratchBytes() {
    return scratchBytes;
  }

  /** Which of oneDNN's implementations runs. */
  @Override
  public String implementation() {
    return pooling.implementation();
  }

  @Override
  public void close() {
    pooling.close();
    if (search != null) {
      search.close();
    }
  }
}
