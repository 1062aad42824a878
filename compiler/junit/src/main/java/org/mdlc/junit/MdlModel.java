package org.mdlc.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which model a parameter of type {@link org.mdlc.runtime.Model} is. It is compiled in memory,
 * starts with the weights of a seed, and is closed after the test.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface MdlModel {
  /** A path that is looked up in src/test/mdl, src/main/mdl and the folder of the project. */
  String value() default "";

  /** The text itself, in place of a file. */
  String text() default "";

  /** The name of the model; needed where several would do. */
  String model() default "";

  /** Of the initial weights, from 0 to 2^32 - 1. */
  long seed() default 42;

  /** Parameters of the model and sizes of named dimensions: {@code "T = 80"}. */
  String[] set() default {};
}
