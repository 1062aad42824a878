package org.mdlc.runtime.kernel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * c = a b, a product of matrices or of equally many matrices: by oneDNN ({@link DnnMatmul}, which
 * says what the layouts may be), or in Java where the product is so small that the call would cost
 * more, or of a single row, and the JVM has the Vector API. Operands without a contiguous row or column, for which
 * oneDNN has only its slow reference code, are copied to scratch memory first.
 *
 * <p>{@link Memory#SLACK} bytes must follow every operand.
 */
public final class Matmul implements DnnOperation {
  /**
   * Up to this {@link VectorMatmul#work} the product is done in Java. Microseconds on one thread
   * with AVX-512:
   *
   * <pre>
   *   m x k x n         work   Java   oneDNN
   *    16 x 16 x 16    8,192    0.4      1.2
   *    32 x 32 x 32   32,768    0.6      1.8
   *    32 x 64 x 10   65,536    0.8      1.5
   *    64 x 64 x 32  131,072    2.1      2.4
   *    64 x 100 x 32 204,800    2.8      2.9
   *    64 x 64 x 64  262,144    3.5      3.4
   *   256 x 32 x 32  262,144    4.3      6.1
   *   128 x 64 x 64  524,288    6.9      6.0
   * </pre>
   */
  static final long MOST_IN_JAVA = 262_144;

  private static final boolean HAS_VECTORS = VectorApi.isPresent();

  private final @Nullable VectorMatmul inJava;
  private final @Nullable DnnMatmul inLibrary;
  private final Packed a;
  private final Packed b;
  private final Packed c;
  private final boolean readsC;
  private final boolean biased;

  /**
   * Builds the product.
   *
   * @param name what to call it in messages
   * @throws KernelException if the shapes do not fit or oneDNN refuses
   */
  public Matmul(String name, Layout a, Layout b, Layout c, Epilogue... epilogue) {
    DnnMatmul.checkShapes(DnnMatmul.words(name, a, b, c), a, b, c);
    var wanted = java.util.List.of(epilogue);
    biased = wanted.contains(Epilogue.BIAS);
    readsC = wanted.contains(Epilogue.ACCUMULATE);
    inJava = HAS_VECTORS ? inJava(a, b, c, epilogue) : null;
    if (inJava != null) {
      inLibrary = null;
      this.a = new Packed(a, false, 0);
      this.b = new Packed(b, false, 0);
      this.c = new Packed(c, false, 0);
    } else {
      this.a = new Packed(a, isLoose(a), 0);
      this.b = new Packed(b, isLoose(b), this.a.end());
      this.c = new Packed(c, isLoose(c), this.b.end());
      inLibrary = new DnnMatmul(name, this.a.layout(), this.b.layout(), this.c.layout(), epilogue);
    }
  }

  private static @Nullable VectorMatmul inJava(
      Layout a, Layout b, Layout c, Epilogue... epilogue) {
    return VectorMatmul.of(a, b, c, epilogue)
        .filter(product -> product.isSingleRow() || product.work() <= MOST_IN_JAVA)
        .orElse(null);
  }

  /** True when neither rows nor columns are contiguous. */
  private static boolean isLoose(Layout layout) {
    int rank = layout.rank();
    return layout.stride(rank - 1) != 1
        && layout.stride(rank - 2) != 1
        && layout.size(rank - 1) != 1
        && layout.size(rank - 2) != 1;
  }

  /** Binds addresses of native memory: a, b, c and scratch memory. */
  public Matmul bind(long a, long b, long c, long scratch) {
    this.a.at(a, scratch);
    this.b.at(b, scratch);
    this.c.at(c, scratch);
    if (inJava != null) {
      inJava.bind(a, b, c, scratch);
    }
    if (inLibrary != null) {
      long own = scratch + this.c.end();
      inLibrary.bind(this.a.address(), this.b.address(), this.c.address(), own);
    }
    return this;
  }

  /** Binds addresses of native memory: a, b, the bias, c and scratch memory. */
  public Matmul bind(long a, long b, long bias, long c, long scratch) {
    if (!biased) {
      throw new KernelException("this matmul was built without a bias");
    }
    bind(a, b, c, scratch);
    if (inJava != null) {
      inJava.bindBias(bias);
    }
    if (inLibrary != null) {
      long own = scratch + this.c.end();
      inLibrary.bind(this.a.address(), this.b.address(), bias, this.c.address(), own);
    }
    return this;
  }

  @Override
  public void run() {
    if (inJava != null) {
      inJava.run();
    }
    if (inLibrary != null) {
      a.pack();
      b.pack();
      if (readsC) {
        c.pack();
      }
      inLibrary.run();
      c.unpack();
    }
  }

  @Override
  public long scratchBytes() {
    return inJava == null
        ? c.end() + Objects.requireNonNull(inLibrary).scratchBytes()
        : inJava.scratchBytes();
  }

  /** What runs: {@code java}, or one of oneDNN's implementations. */
  public String implementation() {
    return inLibrary == null ? "java" : inLibrary.implementation();
  }

  @Override
  public void close() {
    if (inLibrary != null) {
      inLibrary.close();
    }
  }

  /** An operand, or its row-major copy in scratch memory. */
  private static final class Packed {
    private final Layout loose;
    private final Layout tight;
    private final boolean copied;
    private final long start;
    private final long end;
    private final long[] sizes;
    private final long[] strides;
    private long from;
    private long copy;

    Packed(Layout layout, boolean copied, long start) {
      this.loose = layout;
      this.copied = copied;
      this.sizes = layout.sizes();
      this.strides = layout.strides();
      this.tight = copied ? Layout.of(sizes) : layout;
      this.start = start;
      long elements = 1;
      for (long size : sizes) {
        elements *= size;
      }
      this.end = copied ? start + DnnPrimitive.aligned(Float.BYTES * elements) : start;
    }

    Layout layout() {
      return copied ? tight : loose;
    }

    /** Where the next operand's copy starts in scratch memory. */
    long end() {
      return end;
    }

    void at(long address, long scratch) {
      from = address;
      copy = scratch + start;
    }

    long address() {
      return copied ? copy : from;
    }

    void pack() {
      if (copied) {
        move(0, from, copy, true);
      }
    }

    void unpack() {
      if (copied) {
        move(0, from, copy, false);
      }
    }

    /** Copies one dimension and those within, to the copy or back; returns the end of the copy. */
    private long move(int dimension, long loose, long tight, boolean pack) {
      long at = tight;
      for (long i = 0; i < sizes[dimension]; i++) {
        long element = loose + Float.BYTES * i * strides[dimension];
        if (dimension < sizes.length - 1) {
          at = move(dimension + 1, element, at, pack);
        } else {
          Memory.set(pack ? at : element, Memory.f32(pack ? element : at));
          at += Float.BYTES;
        }
      }
      return at;
    }
  }
}
