package org.mdlc.runtime.kernel;

/**
 * What a matrix product or convolution does with each result before it is stored, in this order.
 */
public enum Epilogue {
  /** Add one value per last dimension of the result. */
  BIAS,
  /** Add what the result holds already. */
  ACCUMULATE,
  /** Replace negative values by zero. */
  RELU
}
