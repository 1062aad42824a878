package org.mdlc.runtime.kernel;

import org.jspecify.annotations.Nullable;

/**
 * c = a b, a product of matrices or of equally many matrices: by oneDNN ({@link DnnMatmul}, which
 * says what the layouts may be), or in Java where the product is so small that the call would cost
 * more and the JVM has the Vector API. Operands without a contiguous row or column, for which
 * oneDNN has only its slow reference code, are copied to scratch memory first.
 *
 * <p>{@link Memory#SLACK} bytes must follow every operand.
 */
public final class Matmul implements DnnOperation {
  /**
   * Up to this many multiply-adds (lanes computed in vain included) the product is done in Java.
   * Microseconds, two cores with AVX-512:
   *
   * <pre>
   *   m x k x n     multiply-adds   Java   oneDNN
   *   16 x 16 x 16          4,096    0.2      0.8
   *   32 x 64 x 10         32,768    1.3      2.8
   *   32 x 32 x 32         32,768    0.9      3.0
   *   64 x 32 x 32         65,536    1.9      3
   *   64 x 64 x 32        131,072    3.4      3 to 4
   * </pre>
   */
  static final long MOST_IN_JAVA = 65_536;

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
    this(0, name, a, b, c, epilogue);
  }

  /**
   * @param parts how many parts to cut it into; 0 for as many as pay
   */
  Matmul(int parts, String name, Layout a, Layout b, Layout c, Epilogue... epilogue) {
    this(parts, isSmall(a, b, c), name, a, b, c, epilogue);
  }

  /**
   * @param small whether it is computed in Java and not by the library: their last bits differ
   */
  Matmul(
      int parts, boolean small, String name, Layout a, Layout b, Layout c, Epilogue... epilogue) {
    DnnMatmul.checkShapes(DnnMatmul.words(name, a, b, c), a, b, c);
    var wanted = java.util.List.of(epilogue);
    biased = wanted.contains(Epilogue.BIAS);
    readsC = wanted.contains(Epilogue.ACCUMULATE);
    if (small) {
      inJava = new VectorMatmul(a, b, c, epilogue);
      inLibrary = null;
      this.a = new Packed(a, false, 0);
      this.b = new Packed(b, false, 0);
      this.c = new Packed(c, false, 0);
    } else {
      this.a = new Packed(a, isLoose(a), 0);
      this.b = new Packed(b, isLoose(b), this.a.end());
      this.c = new Packed(c, isLoose(c), this.b.end());
      inJava = null;
      inLibrary =
          new DnnMatmul(parts, name, this.a.layout(), this.b.layout(), this.c.layout(), epilogue);
    }
  }

  /** True when it is quicker in Java. */
  static boolean isSmall(Layout a, Layout b, Layout c) {
    return HAS_VECTORS && VectorMatmul.fits(b, c) && VectorMatmul.work(a, c) <= MOST_IN_JAVA;
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
      inJava.bind(a, b, c);
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
    return inLibrary == null ? 0 : c.end() + inLibrary.scratchBytes();
  }

  /** What runs: {@code java}, or one of oneDNN's implementations. */
  @Override
  public String implementation() {
    return inLibrary == null ? "java" : inLibrary.implementation();
  }

  @Override
  public int reorders() {
    return a.copies() + b.copies() + (readsC ? 2 : 1) * c.copies();
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

    /** How many copies there are. */
    int copies() {
      return copied ? 1 : 0;
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
