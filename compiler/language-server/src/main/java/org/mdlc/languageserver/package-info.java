/** The Language Server Protocol over what {@code org.mdlc.compiler.analysis} knows. */
@NullMarked
package org.mdlc.languageserver;

import org.jspecify.annotations.NullMarked;
