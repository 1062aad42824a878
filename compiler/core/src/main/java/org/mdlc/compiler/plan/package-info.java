/** The program: ordered steps, fused kernels, and buffers at planned offsets. */
@NullMarked
package org.mdlc.compiler.plan;

import org.jspecify.annotations.NullMarked;
