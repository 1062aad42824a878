/** JMH benchmarks of generated kernels, each beside its floor and beside oneDNN or plain Java. */
@NullMarked
package org.mdlc.benchmarks.kernels;

import org.jspecify.annotations.NullMarked;
