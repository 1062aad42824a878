package org.mdlc.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class their mdl files and models.
 *
 * <pre>{@code
 * @MdlTest
 * final class SqueezeExciteTest {
 *   @Test
 *   void gradientsAreRight(@MdlSource("layers.mdl") MdlFile layers) {
 *     layers.layer("SqueezeExcite(ratio = 4)").on("f32[5, 5, 16]").checkGradients();
 *   }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MdlExtension.class)
public @interface MdlTest {}
