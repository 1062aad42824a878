/** Scalar formulas: what an element-wise operation computes, from which all its forms are made. */
@NullMarked
package org.mdlc.compiler.expr;

import org.jspecify.annotations.NullMarked;
