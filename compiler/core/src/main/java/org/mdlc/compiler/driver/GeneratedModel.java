package org.mdlc.compiler.driver;

import org.mdlc.compiler.emit.java.CompiledPrograms;

/**
 * A model as Java.
 *
 * @param className fully qualified
 * @param source text of the class
 * @param programs what it was printed from, phase by phase
 */
public record GeneratedModel(String className, String source, CompiledPrograms programs) {}
