/**
 * Whole models in Keras's own description, {@code config.json} of a {@code .keras} file: read into
 * mdl text, and written from a bound model. The only package that sees JSON.
 */
@NullMarked
package org.mdlc.compiler.keras;

import org.jspecify.annotations.NullMarked;
