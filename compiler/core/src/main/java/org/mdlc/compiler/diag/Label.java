package org.mdlc.compiler.diag;

import org.mdlc.compiler.source.Span;

/** A marked place with what is to be said about it; the text may be empty. */
public record Label(Span span, String text) {}
