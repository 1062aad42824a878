package org.mdlc.compiler.analysis;

import org.mdlc.compiler.source.Span;

/**
 * What is said about a place.
 *
 * @param markdown code in fences of the language {@code mdl}, then words
 */
public record Hover(String markdown, Span place) {}
