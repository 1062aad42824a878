/** Threads that make things ahead of the one who takes them. Not for users: not exported. */
@NullMarked
package org.mdlc.runtime.workers;

import org.jspecify.annotations.NullMarked;
