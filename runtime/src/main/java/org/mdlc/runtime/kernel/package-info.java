/** What generated code calls: vector and scalar mathematics, oneDNN, memory. */
@NullMarked
package org.mdlc.runtime.kernel;

import org.jspecify.annotations.NullMarked;
