package org.mdlc.runtime.kernel;

/** Orthogonal matrices, for initializers. */
public final class Qr {
  private Qr() {}

  /**
   * The orthogonal factor of a matrix, with the signs that make the diagonal of R positive: Keras's
   * Orthogonal. Householder reflections in float64.
   *
   * @param a [rows, columns] floats, rows at least columns
   * @param q [rows, columns] floats with orthonormal columns
   */
  public static void orthogonal(long a, long q, int rows, int columns) {
    if (rows < columns) {
      throw new KernelException(
          "a matrix of " + rows + " rows has no " + columns + " orthonormal columns");
    }
    double[][] r = new double[columns][rows]; // by column
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        r[j][i] = Memory.f32(a + 4L * ((long) i * columns + j));
      }
    }
    double[][] reflectors = new double[columns][];
    boolean[] negative = new boolean[columns];
    for (int j = 0; j < columns; j++) {
      reflectors[j] = reflector(r[j], j);
      for (int k = j; k < columns; k++) {
        reflect(r[k], reflectors[j], j);
      }
      negative[j] = r[j][j] < 0;
    }
    for (int j = 0; j < columns; j++) {
      double[] column = new double[rows];
      column[j] = negative[j] ? -1 : 1;
      for (int k = columns - 1; k >= 0; k--) {
        reflect(column, reflectors[k], k);
      }
      for (int i = 0; i < rows; i++) {
        Memory.set(q + 4L * ((long) i * columns + j), (float) column[i]);
      }
    }
  }

  /**
   * The unit vector whose reflection turns {@code x[from..]} into a multiple of the first axis;
   * zero where there is nothing to turn.
   */
  private static double[] reflector(double[] x, int from) {
    double[] v = new double[x.length];
    double squares = 0;
    for (int i = from; i < x.length; i++) {
      v[i] = x[i];
      squares += x[i] * x[i];
    }
    v[from] += Math.copySign(Math.sqrt(squares), x[from]);
    double norm = 0;
    for (int i = from; i < x.length; i++) {
      norm += v[i] * v[i];
    }
    double scale = norm == 0 ? 0 : 1 / Math.sqrt(norm);
    for (int i = from; i < x.length; i++) {
      v[i] *= scale;
    }
    return v;
  }

  private static void reflect(double[] x, double[] v, int from) {
    double dot = 0;
    for (int i = from; i < x.length; i++) {
      dot += v[i] * x[i];
    }
    for (int i = from; i < x.length; i++) {
      x[i] -= 2 * dot * v[i];
    }
  }
}
