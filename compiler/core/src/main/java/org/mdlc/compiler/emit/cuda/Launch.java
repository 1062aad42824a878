package org.mdlc.compiler.emit.cuda;

import org.mdlc.compiler.type.Dim;

/**
 * How a kernel is started: its arguments are one pointer per parameter, in order, then the batch
 * size as an int.
 *
 * @param function name of the {@code __global__} function
 * @param blocks of the one-dimensional grid, as a function of the batch size; {@code blocks *
 *     threads} must stay below 2^31
 * @param threads of one block, a multiple of 32
 */
public record Launch(String function, Dim blocks, int threads) {
  public static final int WARP = 32;

  public Launch {
    if (threads <= 0 || threads % WARP != 0) {
      throw new IllegalArgumentException(function + ": a block of " + threads + " threads");
    }
  }
}
