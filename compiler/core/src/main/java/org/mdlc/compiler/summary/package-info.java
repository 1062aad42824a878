/** What a model is made of and what it needs, as {@code summary} and plots show it. */
@NullMarked
package org.mdlc.compiler.summary;

import org.jspecify.annotations.NullMarked;
