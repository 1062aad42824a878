package org.mdlc.runtime.kernel;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * c = a b, a product of matrices by oneDNN, or of equally many matrices.
 *
 * <pre>
 *   a [..., m, k]   b [..., k, n]   c [..., m, n]   bias [n]
 * </pre>
 *
 * Leading dimensions are batches; one of size 1 or stride 0 in a or b is repeated, missing ones
 * count as 1. Transposed operands are said by strides ({@link Layout#transposed()}).
 *
 * <p>Large products are computed in parts: ranges of the matrices, the rows or the columns.
 */
public final class DnnMatmul implements DnnOperation {
  private static final int A = 0;
  private static final int B = 1;
  private static final int C = 2;
  private static final int BIAS = 3;

  /** Multiply-adds of a nanosecond on one thread. */
  private static final double SPEED = 95;

  /** Columns that a part has at least: as many as oneDNN computes at a time. */
  private static final int COLUMNS = 64;

  /**
   * Rows that a part has at least. For a row or two oneDNN adds in another order, and results would
   * depend on how many parts there are.
   */
  private static final int ROWS = 16;

  private final DnnParts parts;
  private final boolean biased;

  /**
   * Builds the product.
   *
   * @param name what to call it in messages
   * @throws KernelException if the shapes do not fit or oneDNN refuses
   */
  public DnnMatmul(String name, Layout a, Layout b, Layout c, Epilogue... epilogue) {
    this(0, name, a, b, c, epilogue);
  }

  /**
   * @param wantedParts how many parts to cut it into if there are as many rows, columns or
   *     matrices; 0 for as many as pay
   */
  DnnMatmul(int wantedParts, String name, Layout a, Layout b, Layout c, Epilogue... epilogue) {
    String what = words(name, a, b, c);
    checkShapes(what, a, b, c);
    Set<Epilogue> wanted = EnumSet.noneOf(Epilogue.class);
    wanted.addAll(List.of(epilogue));
    biased = wanted.contains(Epilogue.BIAS);

    Shapes shapes = Shapes.simplest(a, b, c);
    int count = wantedParts > 0 ? wantedParts : DnnParts.count(shapes.multiplyAdds() / SPEED);
    int dimension = shapes.dimensionToCut(count);
    long unit = shapes.unit(dimension);
    long size = shapes.c.size(dimension);
    count = (int) Math.min(count, Math.max(1, size / unit)); // the rest goes to the last one
    int threads = OmpThreads.useOne();
    try {
      List<DnnParts.Part> made = new ArrayList<>();
      for (int part = 0; part < count; part++) {
        long from = DnnParts.start(size, unit, count, part);
        long to = DnnParts.start(size, unit, count, part + 1);
        DnnPrimitive primitive = primitive(what, shapes.range(dimension, from, to), wanted);
        made.add(new DnnParts.Part(primitive, shapes.offsets(dimension, from)));
      }
      parts = new DnnParts(made);
    } finally {
      OmpThreads.restore(threads);
    }
  }

  private static DnnPrimitive primitive(String what, Shapes shapes, Set<Epilogue> wanted) {
    boolean biased = wanted.contains(Epilogue.BIAS);
    dnnl_memory_desc aLayout = DnnPrimitive.floats(shapes.a);
    dnnl_memory_desc bLayout = DnnPrimitive.floats(shapes.b);
    dnnl_memory_desc cLayout = DnnPrimitive.floats(shapes.c);
    dnnl_memory_desc biasLayout = biased ? DnnPrimitive.floats(shapes.bias()) : null;
    dnnl_primitive_attr attributes = DnnPrimitive.attributes(wanted);
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    Dnn.check(
        dnnl_matmul_primitive_desc_create(
            descriptor, Dnn.engine(), aLayout, bLayout, biasLayout, cLayout, attributes),
        what);
    DnnPrimitive primitive =
        biasLayout == null
            ? new DnnPrimitive(
                what,
                descriptor,
                new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
                new dnnl_memory_desc[] {aLayout, bLayout, cLayout})
            : new DnnPrimitive(
                what,
                descriptor,
                new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS},
                new dnnl_memory_desc[] {aLayout, bLayout, cLayout, biasLayout});
    dnnl_primitive_attr_destroy(attributes);
    dnnl_memory_desc_destroy(aLayout);
    dnnl_memory_desc_destroy(bLayout);
    dnnl_memory_desc_destroy(cLayout);
    if (biasLayout != null) {
      dnnl_memory_desc_destroy(biasLayout);
    }
    return primitive;
  }

  /** The product in words, for messages. */
  static String words(String name, Layout a, Layout b, Layout c) {
    return "matmul " + name + ": " + a + " times " + b + " to " + c;
  }

  static void checkShapes(String what, Layout a, Layout b, Layout c) {
    boolean fit = a.rank() >= 2 && b.rank() >= 2 && c.rank() >= Math.max(a.rank(), b.rank());
    fit = fit && fromEnd(a, 1) == fromEnd(b, 2);
    fit = fit && fromEnd(c, 2) == fromEnd(a, 2) && fromEnd(c, 1) == fromEnd(b, 1);
    for (int i = 3; fit && i <= c.rank(); i++) {
      fit = batchFits(a, c, i) && batchFits(b, c, i);
    }
    if (!fit) {
      throw new KernelException("shapes do not fit in " + what);
    }
  }

  private static long fromEnd(Layout layout, int position) {
    return layout.size(layout.rank() - position);
  }

  private static boolean batchFits(Layout operand, Layout c, int position) {
    return operand.rank() < position
        || fromEnd(operand, position) == 1
        || fromEnd(operand, position) == fromEnd(c, position);
  }

  /** Binds addresses of native memory: a, b, c and scratch memory. */
  public DnnMatmul bind(long a, long b, long c, long scratch) {
    parts.set(A, a);
    parts.set(B, b);
    parts.set(C, c);
    parts.setScratch(scratch);
    return this;
  }

  /** Binds addresses of native memory: a, b, the bias, c and scratch memory. */
  public DnnMatmul bind(long a, long b, long bias, long c, long scratch) {
    if (!biased) {
      throw new KernelException("this matmul was built without a bias");
    }
    parts.set(BIAS, bias);
    return bind(a, b, c, scratch);
  }

  @Override
  public void run() {
    parts.run();
  }

  /** Runs on other addresses, and leaves them bound. */
  public void run(long a, long b, long c) {
    parts.set(A, a);
    parts.set(B, b);
    parts.set(C, c);
    parts.run();
  }

  @Override
  public long scratchBytes() {
    return parts.scratchBytes();
  }

  /** Which of oneDNN's implementations runs. */
  @Override
  public String implementation() {
    return parts.implementation();
  }

  @Override
  public void close() {
    parts.close();
  }

  /**
   * The three layouts with equal ranks, repeated batches as size 1, and no more batch dimensions
   * than needed.
   */
  record Shapes(Layout a, Layout b, Layout c) {
    static Shapes simplest(Layout a, Layout b, Layout c) {
      int rank = c.rank();
      Shapes shapes = new Shapes(widen(a, rank), widen(b, rank), widen(c, rank));
      while (shapes.c.rank() > 2 && shapes.rowsJoin()) {
        shapes = shapes.withRowsJoined();
      }
      return shapes;
    }

    /** Leading dimensions of size 1; a stride of 0 becomes a size of 1. */
    private static Layout widen(Layout layout, int rank) {
      long[] sizes = new long[rank];
      long[] strides = new long[rank];
      int missing = rank - layout.rank();
      for (int i = 0; i < rank; i++) {
        boolean batch = i < rank - 2;
        boolean repeated = i < missing || (batch && layout.stride(i - missing) == 0);
        sizes[i] = repeated ? 1 : layout.size(i - missing);
        strides[i] = repeated ? 0 : layout.stride(i - missing);
      }
      // a dimension of size 1 has no neighbours, but oneDNN reads strides of 0 as malformed
      for (int i = rank - 1; i >= 0; i--) {
        if (sizes[i] == 1 && strides[i] == 0) {
          strides[i] = i == rank - 1 ? 1 : Math.max(1, sizes[i + 1] * strides[i + 1]);
        }
      }
      return Layout.strided(sizes, strides);
    }

    /**
     * Whether the innermost batch dimension is just more rows: b is shared, the rows of a and c
     * follow each other.
     */
    private boolean rowsJoin() {
      int batch = c.rank() - 3;
      return b.size(batch) == 1
          && a.size(batch) == c.size(batch)
          && a.stride(batch) == a.size(batch + 1) * a.stride(batch + 1)
          && c.stride(batch) == c.size(batch + 1) * c.stride(batch + 1);
    }

    private Shapes withRowsJoined() {
      return new Shapes(joinRows(a), dropBatch(b), joinRows(c));
    }

    private static Layout joinRows(Layout layout) {
      int batch = layout.rank() - 3;
      long[] sizes = layout.sizes();
      sizes[batch + 1] *= sizes[batch];
      return Layout.strided(without(sizes, batch), without(layout.strides(), batch));
    }

    private static Layout dropBatch(Layout layout) {
      int batch = layout.rank() - 3;
      return Layout.strided(without(layout.sizes(), batch), without(layout.strides(), batch));
    }

    private static long[] without(long[] values, int index) {
      long[] fewer = new long[values.length - 1];
      System.arraycopy(values, 0, fewer, 0, index);
      System.arraycopy(values, index + 1, fewer, index, fewer.length - index);
      return fewer;
    }

    double multiplyAdds() {
      double product = a.size(a.rank() - 1);
      for (int i = 0; i < c.rank(); i++) {
        product *= c.size(i);
      }
      return product;
    }

    /**
     * The dimension of c along which parts are ranges: that of the matrices if there are many; else
     * rows or columns, so that the smaller operand is the one that every part reads as a whole.
     */
    int dimensionToCut(int parts) {
      int rows = c.rank() - 2;
      int columns = c.rank() - 1;
      for (int batch = 0; batch < rows; batch++) {
        if (c.size(batch) >= 4L * parts || c.size(batch) % parts == 0) {
          return batch;
        }
      }
      boolean enoughRows = c.size(rows) >= 2L * parts * ROWS;
      boolean enoughColumns = c.size(columns) >= 2L * parts * COLUMNS;
      if (!enoughRows && !enoughColumns) {
        return c.size(columns) / COLUMNS > c.size(rows) / ROWS ? columns : rows;
      }
      return enoughColumns && (!enoughRows || c.size(rows) < c.size(columns)) ? columns : rows;
    }

    /** Parts have multiples of so many elements along a dimension of c. */
    long unit(int dimension) {
      return dimension == c.rank() - 1 ? COLUMNS : dimension == c.rank() - 2 ? ROWS : 1;
    }

    /** The part of the product that gives a range of c. */
    Shapes range(int dimension, long from, long to) {
      return new Shapes(
          inA(dimension) ? a.range(dimension, from, to) : a,
          inB(dimension) ? b.range(dimension, from, to) : b,
          c.range(dimension, from, to));
    }

    /** Where that part begins in a, b, c and the bias, in bytes. */
    long[] offsets(int dimension, long from) {
      return new long[] {
        inA(dimension) ? Float.BYTES * from * a.stride(dimension) : 0,
        inB(dimension) ? Float.BYTES * from * b.stride(dimension) : 0,
        Float.BYTES * from * c.stride(dimension),
        dimension == c.rank() - 1 ? Float.BYTES * from : 0
      };
    }

    private boolean inA(int dimension) {
      return dimension == c.rank() - 2 || (dimension < c.rank() - 2 && a.size(dimension) > 1);
    }

    private boolean inB(int dimension) {
      return dimension == c.rank() - 1 || (dimension < c.rank() - 2 && b.size(dimension) > 1);
    }

    Layout bias() {
      long[] sizes = new long[c.rank()];
      java.util.Arrays.fill(sizes, 1);
      sizes[sizes.length - 1] = c.size(c.rank() - 1);
      return Layout.of(sizes);
    }
  }
}
