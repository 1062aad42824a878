/** File formats for weights and arrays. */
@NullMarked
package org.mdlc.runtime.file;

import org.jspecify.annotations.NullMarked;
