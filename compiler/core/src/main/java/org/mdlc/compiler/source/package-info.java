/** Source files and the places in them: where every later object says it comes from. */
@NullMarked
package org.mdlc.compiler.source;

import org.jspecify.annotations.NullMarked;
