package org.mdlc.compiler.op;

/**
 * Sums products, or windows, over several operands: a library call with its own kernels. All f32.
 */
public sealed interface Contraction extends Op
    permits MatMul,
        MatMulOfViews,
        Convolution,
        ConvBackwardData,
        ConvBackwardKernel,
        MaxPool,
        MaxPoolBackward,
        AveragePool,
        AveragePoolBackward {}
