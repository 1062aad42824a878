package org.mdlc.compiler.report;

/**
 * A buffer within the memory of a step.
 *
 * @param name unique within the program, as in {@link StepReport#reads}
 * @param type {@code f32[64*batch]}
 * @param arena the memory that it lies in
 * @param offset from the start of all arenas, in bytes
 * @param bytes reserved
 * @param first number of the first step that needs it
 * @param last number of the last step that needs it
 * @param maker position among the steps of the one that first writes it
 */
public record BufferReport(
    String name,
    String type,
    String arena,
    long offset,
    long bytes,
    int first,
    int last,
    int maker) {}
