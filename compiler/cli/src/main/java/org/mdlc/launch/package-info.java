/**
 * The first classes of {@code mdlc.jar} to run. They are of Java 8, so that any Java can run them.
 */
@NullMarked
package org.mdlc.launch;

import org.jspecify.annotations.NullMarked;
