/**
 * The three generators a seeded Keras-on-JAX run draws from: CPython's {@code random} for seeds,
 * NumPy's legacy generator for shuffles, Threefry-2x32 for everything inside the model.
 */
@NullMarked
package org.mdlc.runtime.random;

import org.jspecify.annotations.NullMarked;
