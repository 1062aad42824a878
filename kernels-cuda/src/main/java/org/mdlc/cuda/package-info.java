/** Device helpers for generated CUDA kernels. */
@NullMarked
package org.mdlc.cuda;

import org.jspecify.annotations.NullMarked;
