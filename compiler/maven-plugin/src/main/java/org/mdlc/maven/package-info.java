/** The Maven goals that compile models as part of a build. */
@NullMarked
package org.mdlc.maven;

import org.jspecify.annotations.NullMarked;
