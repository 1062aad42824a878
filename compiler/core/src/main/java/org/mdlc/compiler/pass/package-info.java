/** Passes from graph to graph, one class each, and the list that orders them. */
@NullMarked
package org.mdlc.compiler.pass;

import org.jspecify.annotations.NullMarked;
