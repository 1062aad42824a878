package org.mdlc.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which mdl file a parameter of type {@link MdlFile} is. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface MdlSource {
  /** A path that is looked up in src/test/mdl, src/main/mdl and the folder of the project. */
  String value() default "";

  /** The text itself, in place of a file. */
  String text() default "";
}
