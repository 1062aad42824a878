/** An example: from text to a trained model. */
@NullMarked
package org.mdlc.examples.text;

import org.jspecify.annotations.NullMarked;
