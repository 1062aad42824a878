/** Types of values: dtypes, dimensions and shapes, and the arithmetic on them. */
@NullMarked
package org.mdlc.compiler.type;

import org.jspecify.annotations.NullMarked;
