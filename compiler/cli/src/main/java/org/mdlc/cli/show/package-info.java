/** Prints and draws what optimised programs do: as text, as JSON, as one page of HTML. */
@NullMarked
package org.mdlc.cli.show;

import org.jspecify.annotations.NullMarked;
