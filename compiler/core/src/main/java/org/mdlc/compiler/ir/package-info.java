/** The graph: values, nodes and their text form; it knows no operation. */
@NullMarked
package org.mdlc.compiler.ir;

import org.jspecify.annotations.NullMarked;
