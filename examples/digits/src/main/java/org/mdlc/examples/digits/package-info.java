/** Reads handwritten digits: how a Java program uses a model. */
@NullMarked
package org.mdlc.examples.digits;

import org.jspecify.annotations.NullMarked;
