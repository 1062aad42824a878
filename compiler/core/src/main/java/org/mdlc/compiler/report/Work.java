package org.mdlc.compiler.report;

/**
 * Arithmetic and memory traffic.
 *
 * @param flops operations on floats, each one: an addition, a comparison, a choice, a value of a
 *     function; a multiply-add is two, a random number {@link
 *     org.mdlc.compiler.op.RandomUniform#OPERATIONS}
 * @param bytesRead of buffers, each element once however often a step loads it
 * @param bytesWritten to buffers, each element once
 */
public record Work(long flops, long bytesRead, long bytesWritten) {
  public static final Work NONE = new Work(0, 0, 0);

  public Work plus(Work other) {
    return new Work(
        Math.addExact(flops, other.flops),
        Math.addExact(bytesRead, other.bytesRead),
        Math.addExact(bytesWritten, other.bytesWritten));
  }

  /** Done this often. */
  public Work times(long count) {
    return new Work(
        Math.multiplyExact(flops, count),
        Math.multiplyExact(bytesRead, count),
        Math.multiplyExact(bytesWritten, count));
  }

  public long bytes() {
    return bytesRead + bytesWritten;
  }

  /** FLOPs per byte; 0 where nothing moves. */
  public double intensity() {
    return bytes() == 0 ? 0 : (double) flops / bytes();
  }
}
