/** What a trained model offers: fit, evaluate, predict, history, callbacks. */
@NullMarked
package org.mdlc.runtime;

import org.jspecify.annotations.NullMarked;
