package org.mdlc.runtime.kernel;

/**
 * One product of matrices for each thread of the {@link Team}, for a loop whose rounds the threads
 * share: who does part i of the loop has the i-th product to himself, and computes it alone.
 */
public final class MatmulByThread implements DnnOperation {
  private final Matmul[] products;

  /**
   * Builds the products. The arguments are those of {@link Matmul}.
   *
   * @throws KernelException if the shapes do not fit or oneDNN refuses
   */
  public MatmulByThread(String name, Layout a, Layout b, Layout c, Epilogue... epilogue) {
    products = new Matmul[Team.get().size()];
    for (int part = 0; part < products.length; part++) {
      products[part] = new Matmul(1, name, a, b, c, epilogue);
    }
  }

  /**
   * Binds the product of one part to addresses of native memory: a, b, c and scratch memory, which
   * no other part may use.
   */
  public void bind(int part, long a, long b, long c, long scratch) {
    products[part].bind(a, b, c, scratch);
  }

  /** Runs the product of one part on what it is bound to. Allocates nothing. */
  public void run(int part) {
    products[part].run();
  }

  /** Runs the product of part 0. */
  @Override
  public void run() {
    run(0);
  }

  /** How many bytes of scratch memory a run of one part needs, a multiple of an alignment. */
  @Override
  public long scratchBytes() {
    return DnnPrimitive.aligned(products[0].scratchBytes());
  }

  @Override
  public String implementation() {
    return products[0].implementation();
  }

  /** Those of one run of one part. */
  @Override
  public int reorders() {
    return products[0].reorders();
  }

  @Override
  public void close() {
    for (Matmul product : products) {
      product.close();
    }
  }
}
