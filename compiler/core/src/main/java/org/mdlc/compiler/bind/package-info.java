/** Syntax tree to graph: names, defaults, layers and the standard library, run at compile time. */
@NullMarked
package org.mdlc.compiler.bind;

import org.jspecify.annotations.NullMarked;
