package org.mdlc.compiler.op;

/** Works along an axis in order: not a fold, and not fusable. */
public sealed interface Ordered extends Op permits CumSum, TopK, Sort {}
