/** Runs the jar and the zip as their users do. */
@NullMarked
package org.mdlc.dist;

import org.jspecify.annotations.NullMarked;
