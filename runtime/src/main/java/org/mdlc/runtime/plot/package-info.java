/** Pictures: of how training went, and what other pictures are drawn with. */
@NullMarked
package org.mdlc.runtime.plot;

import org.jspecify.annotations.NullMarked;
