package org.mdlc.compiler.diag;

import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.source.Span;

/**
 * What the user can do. With a replacement, putting that text in {@code place} does it, and the
 * mended line is shown.
 */
public record Help(String text, @Nullable Span place, @Nullable String replacement) {}
