package org.mdlc.runtime;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the classes that mdlc prints. It stays in the class file, where tools that measure or judge
 * code see it by its name: JaCoCo leaves such classes out, and so do static analysers. Unlike
 * {@code javax.annotation.processing.Generated} it carries no date, so that the same model gives
 * the same bytes, and needs no {@code java.compiler} module.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Generated {}
