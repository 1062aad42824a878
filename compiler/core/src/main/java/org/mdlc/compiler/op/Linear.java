package org.mdlc.compiler.op;

/** Linear algebra done once, on the host, by a helper. */
public sealed interface Linear extends Op permits Orthogonal {}
