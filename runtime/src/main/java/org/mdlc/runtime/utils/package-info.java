/** The utility classes of Keras that a training program uses, such as its progress bar. */
@NullMarked
package org.mdlc.runtime.utils;

import org.jspecify.annotations.NullMarked;
