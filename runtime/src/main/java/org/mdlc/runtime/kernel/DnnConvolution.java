package org.mdlc.runtime.kernel;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions in one to three dimensions by oneDNN, forward and both gradients, in Keras's
 * layouts:
 *
 * <pre>
 *   x [batch, in..., channels]   kernel [window..., channels / groups, filters]   y [batch, out..., filters]   bias [filters]
 * </pre>
 *
 * The filters of group g are the g-th run of filters / groups. A depthwise kernel [window...,
 * channels, multiplier] has the same memory as the kernel of a convolution with {@code groups =
 * channels} and {@code filters = channels * multiplier}.
 *
 * <p>oneDNN likes kernels in blocks of its own. Where that pays, the operation converts at every
 * run, in scratch memory. Measured on the convolutions of a small convnet and of ResNet-20 (AVX-512,
 * plain against converted): forward without groups 1 : 1.01, with groups up to 18 : 1, both
 * gradients 1.2 : 1 to 6 : 1.
 *
 * <p>Of its implementations it takes the first that it has, which is not the quickest where an
 * image has few channels, nor for gradients of strided windows: there the ones that it calls {@code
 * jit} need, of ResNet-20 and the convnet, 0.4 to 0.8 of the time.
 *
 * <p>Large convolutions are computed in parts: ranges of the batch or, forward and for a batch of
 * one, of the rows of the result. The gradients of the kernel that the parts give are added in
 * order.
 */
public final class DnnConvolution implements DnnOperation {
  /** Multiply-adds of a nanosecond on one thread. */
  private static final double SPEED = 90;

  /** Measured for 1 and 3. */
  private static final int FEW_CHANNELS = 4;

  /** Measured for 16 and 32; with 64 the first implementation is the quickest. */
  private static final int FEW_FILTERS = 32;

  /** Whole numbers up to here are floats. */
  private static final int EXACT_IN_FLOAT = 1 << 24;

  /** Places of y that a part has at least in a sum over all of them. */
  private static final long PLACES_OF_PART = 180;

  private final DnnParts convolution;
  private final @Nullable DnnPrimitive reorder;

  /**
   * Adds the gradients of the kernel that the parts give and, if it can, brings them into Keras's
   * layout.
   */
  private final @Nullable PartialSums sums;

  private final long kernelBytes;
  private final boolean reorderFirst;
  private final int kernelArgument;
  private final boolean biased;
  private final long convolutionScratch;
  private final long scratchBytes;

  /** y = x * kernel, with an epilogue. Bind x, kernel, (bias,) y, scratch. */
  public static DnnConvolution forward(
      String name, Layout x, Window window, long filters, long groups, Epilogue... epilogue) {
    Shapes shapes = new Shapes(x, window, filters, groups);
    boolean plain = groups == 1 && !shapes.hasFewChannels();
    KernelLayout layout = plain ? KernelLayout.PLAIN : KernelLayout.BLOCKED;
    return new DnnConvolution(Kind.FORWARD, name, shapes, layout, epilogue);
  }

  /** dx, the gradient of x. Bind dy, kernel, dx, scratch. */
  public static DnnConvolution backwardData(
      String name, Layout x, Window window, long filters, long groups) {
    return new DnnConvolution(
        Kind.BACKWARD_DATA, name, new Shapes(x, window, filters, groups), KernelLayout.BLOCKED);
  }

  /** dkernel, the gradient of the kernel. Bind x, dy, dkernel, scratch. */
  public static DnnConvolution backwardWeights(
      String name, Layout x, Window window, long filters, long groups) {
    return new DnnConvolution(
        Kind.BACKWARD_WEIGHTS, name, new Shapes(x, window, filters, groups), KernelLayout.BLOCKED);
  }

  enum Kind {
    FORWARD("convolution"),
    BACKWARD_DATA("gradient of the input of convolution"),
    BACKWARD_WEIGHTS("gradient of the kernel of convolution");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  enum KernelLayout {
    /** Keras's layout as it is: no conversion, often a slow implementation. */
    PLAIN,
    /** Whatever oneDNN likes best, converted at every run. */
    BLOCKED
  }

  DnnConvolution(
      Kind kind, String name, Shapes shapes, KernelLayout kernelLayout, Epilogue... epilogue) {
    this(0, kind, name, shapes, kernelLayout, epilogue);
  }

  /**
   * @param wantedParts how many parts to cut it into if there are as many samples or rows; 0 for as
   *     many as pay
   */
  DnnConvolution(
      int wantedParts,
      Kind kind,
      String name,
      Shapes shapes,
      KernelLayout kernelLayout,
      Epilogue... epilogue) {
    String what = kind.words + " " + name + ": " + shapes;
    shapes.check(what);
    Set<Epilogue> wanted = EnumSet.noneOf(Epilogue.class);
    wanted.addAll(List.of(epilogue));
    biased = wanted.contains(Epilogue.BIAS);

    boolean weightsGradient = kind == Kind.BACKWARD_WEIGHTS;
    reorderFirst = !weightsGradient;
    kernelArgument = weightsGradient ? 2 : 1;
    boolean byRows =
        kind == Kind.FORWARD && shapes.x.size(0) == 1 && shapes.window.everyRowSeesInput();
    long pieces = byRows ? shapes.yLayout().size(2) : shapes.x.size(0);
    double nanos = shapes.multiplyAdds() / SPEED;
    int paying =
        wantedParts > 0
            ? wantedParts
            : weightsGradient
                ? shapes.partsOfWeightsGradient()
                : byRows ? DnnParts.count(nanos) : DnnParts.countOfMany(nanos);
    int count = (int) Math.min(pieces, paying);
    dnnl_memory_desc plainKernel = DnnPrimitive.floats(shapes.kernelLayout());
    dnnl_memory_desc kernel = // of the first part; the others take over what that chooses
        kernelLayout == KernelLayout.PLAIN
            ? DnnPrimitive.floats(shapes.kernelLayout())
            : DnnPrimitive.anyLayout(shapes.kernelLayout().sizes());
    int kernels;
    int threads = OmpThreads.useOne();
    try {
      List<DnnParts.Part> parts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        long from = DnnParts.start(pieces, 1, count, i);
        long to = DnnParts.start(pieces, 1, count, i + 1);
        Shapes range = byRows ? shapes.rows(from, to) : shapes.range(from, to);
        long[] offsets = byRows ? shapes.rowOffsets(from) : shapes.offsets(kind, from);
        parts.add(new DnnParts.Part(primitive(kind, what, range, kernel, wanted), offsets));
      }
      convolution = new DnnParts(parts);
      boolean converts = dnnl_memory_desc_equal(kernel, plainKernel) == 0;
      int[] places = converts && weightsGradient ? places(what, plainKernel, kernel) : null;
      if (!converts || places != null) {
        reorder = null;
      } else {
        reorder =
            reorderFirst
                ? reorder(what, plainKernel, kernel)
                : reorder(what, kernel, plainKernel);
      }
      long size = dnnl_memory_desc_get_size(kernel);
      kernelBytes = DnnPrimitive.aligned(size);
      kernels = weightsGradient ? count : 1;
      sums =
          kernels > 1 || places != null
              ? new PartialSums(Math.toIntExact(size / Float.BYTES), kernels, kernelBytes, places)
              : null;
    } finally {
      OmpThreads.restore(threads);
    }
    convolutionScratch =
        DnnPrimitive.aligned(
            Math.max(convolution.scratchBytes(), reorder == null ? 0 : reorder.scratchBytes()));
    scratchBytes =
        convolutionScratch + (reorder == null && sums == null ? 0 : kernels * kernelBytes);
    dnnl_memory_desc_destroy(plainKernel);
    dnnl_memory_desc_destroy(kernel);
  }

  /**
   * @param kernel the wanted layout, which becomes the one that oneDNN has chosen
   */
  private static DnnPrimitive primitive(
      Kind kind, String what, Shapes shapes, dnnl_memory_desc kernel, Set<Epilogue> wanted) {
    boolean biased = wanted.contains(Epilogue.BIAS);
    dnnl_memory_desc x = DnnPrimitive.floats(shapes.xLayout());
    dnnl_memory_desc y = DnnPrimitive.floats(shapes.yLayout());
    dnnl_memory_desc bias = DnnPrimitive.floats(Layout.of(shapes.filters));
    dnnl_primitive_attr attributes = DnnPrimitive.attributes(wanted);

    dnnl_primitive_desc forward = new dnnl_primitive_desc();
    Dnn.check(
        dnnl_convolution_forward_primitive_desc_create(
            forward,
            Dnn.engine(),
            kind == Kind.FORWARD ? dnnl_forward_inference : dnnl_forward_training,
            dnnl_convolution_direct,
            x,
            kernel,
            biased ? bias : null,
            y,
            shapes.window.strides(),
            shapes.window.gaps(),
            shapes.window.before(),
            shapes.exactAfter(),
            attributes),
        what);
    dnnl_primitive_desc descriptor =
        switch (kind) {
          case FORWARD -> forward;
          case BACKWARD_DATA -> backwardData(what, shapes, x, kernel, y, forward, attributes);
          case BACKWARD_WEIGHTS -> backwardWeights(what, shapes, x, kernel, y, forward, attributes);
        };
    if (shapes.prefersJit(kind)) {
      descriptor = withJit(what, descriptor);
    }
    dnnl_memory_desc chosen =
        dnnl_primitive_desc_query_md(
            descriptor,
            kind == Kind.BACKWARD_WEIGHTS ? dnnl_query_diff_weights_md : dnnl_query_weights_md,
            0);
    if (dnnl_memory_desc_equal(chosen, kernel) == 0) {
      dnnl_memory_desc_destroy(kernel);
      Dnn.check(dnnl_memory_desc_clone(kernel, chosen), what);
    }
    DnnPrimitive primitive =
        switch (kind) {
          case FORWARD ->
              biased
                  ? new DnnPrimitive(
                      what,
                      descriptor,
                      new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS},
                      new dnnl_memory_desc[] {x, kernel, y, bias})
                  : new DnnPrimitive(
                      what,
                      descriptor,
                      new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
                      new dnnl_memory_desc[] {x, kernel, y});
          case BACKWARD_DATA ->
              new DnnPrimitive(
                  what,
                  descriptor,
                  new int[] {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC},
                  new dnnl_memory_desc[] {y, kernel, x});
          case BACKWARD_WEIGHTS ->
              new DnnPrimitive(
                  what,
                  descriptor,
                  new int[] {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS},
                  new dnnl_memory_desc[] {x, y, kernel});
        };
    if (kind != Kind.FORWARD) {
      dnnl_primitive_desc_destroy(forward);
    }
    dnnl_primitive_attr_destroy(attributes);
    for (dnnl_memory_desc used : new dnnl_memory_desc[] {x, y, bias}) {
      dnnl_memory_desc_destroy(used);
    }
    return primitive;
  }

  /**
   * The first of the implementations from this one on that is called {@code jit}, else this one.
   *
   * @param first is given up for the result
   */
  private static dnnl_primitive_desc withJit(String what, dnnl_primitive_desc first) {
    dnnl_primitive_desc other = new dnnl_primitive_desc();
    Dnn.check(dnnl_primitive_desc_clone(other, first), what);
    boolean found;
    boolean more;
    do {
      found = DnnPrimitive.implementation(other).startsWith("jit");
      more = !found && dnnl_primitive_desc_next_impl(other) == dnnl_success;
    } while (more);
    dnnl_primitive_desc_destroy(found ? first : other);
    return found ? other : first;
  }

  private static dnnl_primitive_desc backwardData(
      String what,
      Shapes shapes,
      dnnl_memory_desc dx,
      dnnl_memory_desc kernel,
      dnnl_memory_desc dy,
      dnnl_primitive_desc forward,
      dnnl_primitive_attr attributes) {
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    Dnn.check(
        dnnl_convolution_backward_data_primitive_desc_create(
            descriptor,
            Dnn.engine(),
            dnnl_convolution_direct,
            dx,
            kernel,
            dy,
            shapes.window.strides(),
            shapes.window.gaps(),
            shapes.window.before(),
            shapes.exactAfter(),
            forward,
            attributes),
        what);
    return descriptor;
  }

  private static dnnl_primitive_desc backwardWeights(
      String what,
      Shapes shapes,
      dnnl_memory_desc x,
      dnnl_memory_desc dkernel,
      dnnl_memory_desc dy,
      dnnl_primitive_desc forward,
      dnnl_primitive_attr attributes) {
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    Dnn.check(
        dnnl_convolution_backward_weights_primitive_desc_create(
            descriptor,
            Dnn.engine(),
            dnnl_convolution_direct,
            x,
            dkernel,
            null,
            dy,
            shapes.window.strides(),
            shapes.window.gaps(),
            shapes.window.before(),
            shapes.exactAfter(),
            forward,
            attributes),
        what);
    return descriptor;
  }

  private static DnnPrimitive reorder(
      String what, dnnl_memory_desc from, dnnl_memory_desc to) {
    dnnl_primitive_attr attributes = DnnPrimitive.attributes();
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    Dnn.check(
        dnnl_reorder_primitive_desc_create(
            descriptor, from, Dnn.engine(), to, Dnn.engine(), attributes),
        "the conversion of the kernel of " + what);
    dnnl_primitive_attr_destroy(attributes);
    return new DnnPrimitive(
        what,
        descriptor,
        new int[] {DNNL_ARG_FROM, DNNL_ARG_TO},
        new dnnl_memory_desc[] {from, to});
  }

  /**
   * Where in Keras's layout each {@link PartialSums#RUN} of numbers of a blocked kernel belongs, as
   * oneDNN itself tells by converting a kernel of numbers that count up; null when some belong to
   * different places or to none.
   */
  private static int @Nullable [] places(
      String what, dnnl_memory_desc plain, dnnl_memory_desc blocked) {
    int count = Math.toIntExact(dnnl_memory_desc_get_size(plain) / Float.BYTES);
    boolean whole = dnnl_memory_desc_get_size(blocked) == dnnl_memory_desc_get_size(plain);
    if (!whole || count % PartialSums.RUN != 0 || count > EXACT_IN_FLOAT) {
      return null;
    }
    int[] places = new int[count / PartialSums.RUN];
    try (Arena arena = Arena.ofConfined();
        DnnPrimitive convert = reorder(what, plain, blocked)) {
      MemorySegment numbers = arena.allocate(4L * count, 64);
      MemorySegment converted = arena.allocate(4L * count, 64);
      for (int i = 0; i < count; i++) {
        numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
      }
      convert.set(0, numbers.address());
      convert.set(1, converted.address());
      convert.setScratch(arena.allocate(convert.scratchBytes() + 64, 64).address());
      convert.run();
      boolean inRuns = true;
      for (int i = 0; i < count && inRuns; i++) {
        int place = (int) converted.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        if (i % PartialSums.RUN == 0) {
          places[i / PartialSums.RUN] = place;
        }
        inRuns = place == places[i / PartialSums.RUN] + i % PartialSums.RUN;
      }
      return inRuns ? places : null;
    }
  }

  /**
   * Binds native memory in the order of {@link #forward}, {@link #backwardData} or {@link
   * #backwardWeights}: two inputs, the result, scratch memory.
   */
  public DnnConvolution bind(long first, long second, long result, long scratch) {
    long[] targets = {first, second, result};
    long kernel = targets[kernelArgument];
    long own = scratch + convolutionScratch;
    if (reorder != null) {
      reorder.set(0, reorderFirst ? kernel : own);
      reorder.set(1, reorderFirst ? own : kernel);
      reorder.setScratch(scratch);
    }
    if (reorder != null || sums != null) {
      targets[kernelArgument] = own;
    }
    for (int i = 0; i < targets.length; i++) {
      convolution.set(i, targets[i]);
    }
    convolution.setScratch(scratch);
    if (sums != null) {
      for (int part = 0; part < convolution.count(); part++) {
        convolution.set(part, kernelArgument, own + part * kernelBytes);
      }
      sums.bind(own, reorder == null ? kernel : own);
    }
    return this;
  }

  /**
   * Binds native memory of a forward convolution with a bias: x, kernel, bias, y, scratch memory.
   */
  public DnnConvolution bind(long x, long kernel, long bias, long y, long scratch) {
    if (!biased) {
      throw new KernelException("this convolution was built without a bias");
    }
    convolution.set(3, bias);
    return bind(x, kernel, y, scratch);
  }

  @Override
  public void run() {
    if (reorder != null && reorderFirst) {
      reorder.run();
    }
    convolution.run();
    if (sums != null) {
      sums.run();
    }
    if (reorder != null && !reorderFirst) {
      reorder.run();
    }
  }

  @Override
  public long scratchBytes() {
    return scratchBytes;
  }

  /** Which of oneDNN's implementations runs, and whether the kernel is converted first. */
  @Override
  public String implementation() {
    return convolution.implementation()
        + (reorder == null ? "" : " after " + reorder.implementation());
  }

  @Override
  public int reorders() {
    return reorder == null ? 0 : 1;
  }

  @Override
  public void close() {
    convolution.close();
    if (reorder != null) {
      reorder.close();
    }
  }

  /** The shapes of one convolution. */
  record Shapes(Layout x, Window window, long filters, long groups) {
    private void check(String what) {
      if (groups <= 0 || filters <= 0 || filters % groups != 0 || channels() % groups != 0) {
        throw new KernelException("groups do not divide channels and filters in " + what);
      }
      window.over(what, x);
    }

    /** Of some samples of the batch. */
    private Shapes range(long from, long to) {
      return new Shapes(x.range(0, from, to), window, filters, groups);
    }

    /** Where these begin in the arguments, in bytes. */
    private long[] offsets(Kind kind, long from) {
      long beforeX = Float.BYTES * from * xLayout().stride(0);
      long beforeY = Float.BYTES * from * yLayout().stride(0);
      return switch (kind) {
        case FORWARD -> new long[] {beforeX, 0, beforeY, 0};
        case BACKWARD_DATA -> new long[] {beforeY, 0, beforeX};
        case BACKWARD_WEIGHTS -> new long[] {beforeX, beforeY, 0};
      };
    }

    /** Of some rows of the result of a batch of one: those of the input that these see. */
    private Shapes rows(long from, long to) {
      long[] sizes = x.sizes();
      sizes[1] = window.end(to - 1, sizes[1]) - window.start(from);
      return new Shapes(
          Layout.of(sizes), window.rows(from, to, x.size(1)), filters, groups);
    }

    /** Where these begin in the arguments of a forward convolution, in bytes. */
    private long[] rowOffsets(long from) {
      Layout y = yLayout();
      long beforeX = Float.BYTES * window.start(from) * x.stride(1);
      return new long[] {beforeX, 0, Float.BYTES * from * y.stride(2), 0};
    }

    /** A picture, of which few things are looked for. */
    private boolean hasFewChannels() {
      return groups == 1 && channels() <= FEW_CHANNELS && filters <= FEW_FILTERS;
    }

    private boolean prefersJit(Kind kind) {
      return switch (kind) {
        case FORWARD -> hasFewChannels();
        case BACKWARD_DATA ->
            groups == 1 && Arrays.stream(window.strides()).anyMatch(stride -> stride > 1);
        case BACKWARD_WEIGHTS -> false;
      };
    }

    /**
     * How many parts the gradient of the kernel has: whatever the threads, for the sum depends on
     * it. To add the sums of a part takes at most a twentieth of the time of the part.
     */
    private int partsOfWeightsGradient() {
      Layout y = yLayout();
      long places = y.size(0) * y.stride(0) / filters;
      int paying = DnnParts.countForAnyMachine(multiplyAdds() / SPEED);
      return Math.clamp(places / PLACES_OF_PART, 1, paying);
    }

    private double multiplyAdds() {
      Layout y = yLayout();
      double product = (double) y.size(0) * y.stride(0) * channels() / groups;
      for (int i = 0; i < window.rank(); i++) {
        product *= window.size(i);
      }
      return product;
    }

    private long channels() {
      return x.size(x.rank() - 1);
    }

    private long[] spatial() {
      return Arrays.copyOfRange(x.sizes(), 1, x.rank() - 1);
    }

    private long[] exactAfter() {
      return window.exactAfter(spatial());
    }

    /** oneDNN counts dimensions as [batch, channels, in...], whatever the layout. */
    Layout xLayout() {
      return x.channelsSecond();
    }

    Layout yLayout() {
      long[] sizes = window.over(toString(), x).sizes();
      sizes[sizes.length - 1] = filters;
      return Layout.of(sizes).channelsSecond();
    }

    /** [groups,] filters of a group, channels of a group, window... */
    Layout kernelLayout() {
      int rank = window.rank();
      long[] sizes = new long[rank + 3];
      long[] strides = new long[rank + 3];
      sizes[0] = groups;
      strides[0] = filters / groups;
      sizes[1] = filters / groups;
      strides[1] = 1;
      sizes[2] = channels() / groups;
      strides[2] = filters;
      long stride = sizes[2] * filters;
      for (int i = rank - 1; i >= 0; i--) {
        sizes[i + 3] = window.size(i);
        strides[i + 3] = stride;
        stride *= window.size(i);
      }
      int first = groups == 1 ? 1 : 0;
      return Layout.strided(
          Arrays.copyOfRange(sizes, first, rank + 3), Arrays.copyOfRange(strides, first, rank + 3));
    }

    @Override
    public String toString() {
      return "x " + x + " with " + filters + " filters in " + groups + " groups, " + window;
    }
  }
}
