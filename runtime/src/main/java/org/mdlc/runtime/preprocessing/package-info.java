/**
 * Keras's preprocessing layers for strings, categories and numbers, as they run on the host before
 * a batch enters a model. A layer is made by its builder, may learn from data by {@code adapt},
 * which gives a new layer, and never changes.
 */
@org.jspecify.annotations.NullMarked
package org.mdlc.runtime.preprocessing;
