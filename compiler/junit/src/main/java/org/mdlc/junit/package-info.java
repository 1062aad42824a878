/**
 * Tests of layers and models written in mdl, with JUnit 5: {@link org.mdlc.junit.MdlTest} on the
 * class, {@link org.mdlc.junit.MdlSource} and {@link org.mdlc.junit.MdlModel} on parameters.
 */
@NullMarked
package org.mdlc.junit;

import org.jspecify.annotations.NullMarked;
