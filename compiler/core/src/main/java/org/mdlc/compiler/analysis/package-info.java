/** What an editor asks about a text: what stands at a place, and what may be written there. */
@NullMarked
package org.mdlc.compiler.analysis;

import org.jspecify.annotations.NullMarked;
