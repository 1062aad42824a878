/** The float64 interpreter: the meaning against which every other result is judged. */
@NullMarked
package org.mdlc.compiler.interp;

import org.jspecify.annotations.NullMarked;
