/** Diagnostics: codes, labelled spans, help, and how they are printed. */
@NullMarked
package org.mdlc.compiler.diag;

import org.jspecify.annotations.NullMarked;
