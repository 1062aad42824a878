package org.mdlc.compiler.emit.java;

/** How kernels are printed. */
public enum KernelStyle {
  /** With {@code jdk.incubator.vector}. */
  VECTOR,
  /** With plain loops: the fallback where that module is absent, and a second opinion in tests. */
  PLAIN
}
