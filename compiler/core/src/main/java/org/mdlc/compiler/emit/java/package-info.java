/** Prints a program as Java: the only package that sees JavaPoet. */
@NullMarked
package org.mdlc.compiler.emit.java;

import org.jspecify.annotations.NullMarked;
