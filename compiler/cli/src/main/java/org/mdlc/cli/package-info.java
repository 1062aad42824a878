/** The command line {@code mdlc}. */
@NullMarked
package org.mdlc.cli;

import org.jspecify.annotations.NullMarked;
