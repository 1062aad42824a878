package org.mdlc.compiler.op;

/**
 * Moves elements without changing them: every result element is one operand element, or a fill.
 * Costs nothing once fused into its reader.
 */
public sealed interface View extends Op
    permits Reshape, Broadcast, Transpose, Slice, Reverse, Pad, Concat {}
