/** What an optimised program does and what it costs, as {@code show} prints and draws it. */
@NullMarked
package org.mdlc.compiler.report;

import org.jspecify.annotations.NullMarked;
