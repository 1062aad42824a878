/** Data sets: arrays, files, batches and their order. */
@NullMarked
package org.mdlc.runtime.data;

import org.jspecify.annotations.NullMarked;
