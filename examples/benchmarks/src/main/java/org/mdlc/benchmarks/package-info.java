/** Measurements of what mdlc does with fixed workloads. */
@NullMarked
package org.mdlc.benchmarks;

import org.jspecify.annotations.NullMarked;
