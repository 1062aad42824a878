package org.mdlc.compiler.analysis;

/**
 * A call in whose parentheses a place is.
 *
 * @param active index of the parameter whose value stands there; -1 when it is none of them
 */
public record Call(Signature signature, int active) {}
