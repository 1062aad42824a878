/** Arrays and data sets on the Java heap, in the form in which a model takes and returns them. */
@NullMarked
package org.mdlc.runtime.data;

import org.jspecify.annotations.NullMarked;
