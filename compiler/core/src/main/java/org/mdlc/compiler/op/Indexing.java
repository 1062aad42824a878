package org.mdlc.compiler.op;

/** Reads or writes rows whose numbers are data. */
public sealed interface Indexing extends Op permits Gather, ScatterAdd, SumRows {}
