/**
 * The primitive operations, one file each: shape rule, gradient, float64 meaning, cost, samples.
 */
@NullMarked
package org.mdlc.compiler.op;

import org.jspecify.annotations.NullMarked;
