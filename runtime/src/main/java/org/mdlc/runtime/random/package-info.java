/** Counter-based random numbers: keys, seeds and what is drawn from them. */
@NullMarked
package org.mdlc.runtime.random;

import org.jspecify.annotations.NullMarked;
