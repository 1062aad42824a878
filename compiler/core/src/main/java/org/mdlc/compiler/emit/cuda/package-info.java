/**
 * Prints fused kernels as CUDA C++: one text per model, which includes the prelude of module {@code
 * kernels-cuda} alone.
 */
@NullMarked
package org.mdlc.compiler.emit.cuda;

import org.jspecify.annotations.NullMarked;
