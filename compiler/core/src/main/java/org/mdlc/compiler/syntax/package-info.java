/** Text to syntax tree: the only package that sees ANTLR. */
@NullMarked
package org.mdlc.compiler.syntax;

import org.jspecify.annotations.NullMarked;
