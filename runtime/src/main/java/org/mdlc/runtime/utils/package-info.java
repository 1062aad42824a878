/** Utility functions for users of a model. */
@NullMarked
package org.mdlc.runtime.utils;

import org.jspecify.annotations.NullMarked;
