package org.mdlc.compiler.report;

/** Who carries out a step. */
public enum StepKind {
  /** A matrix product, convolution or pooling of a library. */
  LIBRARY("library call", "library calls"),
  /** Operations that were fused into generated loops. */
  KERNEL("fused kernel", "fused kernels"),
  /** Elements moved from buffer to buffer. */
  COPY("copy", "copies"),
  /** Steps repeated: those that follow, one level deeper. */
  LOOP("loop", "loops"),
  /** Plain code of the runtime: sorting, scatter-add and the like. */
  RUNTIME("runtime call", "runtime calls");

  private final String one;
  private final String several;

  StepKind(String one, String several) {
    this.one = one;
    this.several = several;
  }

  public String text() {
    return one;
  }

  /** {@code 1 fused kernel}, {@code 12 fused kernels}. */
  public String count(long number) {
    return number + " " + (number == 1 ? one : several);
  }
}
