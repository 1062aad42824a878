/** Prints fused kernels as CUDA C++. */
@NullMarked
package org.mdlc.compiler.emit.cuda;

import org.jspecify.annotations.NullMarked;
