/** The one layout of mdl text: where its lines break, how they are indented, what is spaced. */
@NullMarked
package org.mdlc.compiler.format;

import org.jspecify.annotations.NullMarked;
