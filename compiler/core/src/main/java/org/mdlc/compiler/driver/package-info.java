/** Request in, result out: all that the command line and the Maven plugin call. */
@NullMarked
package org.mdlc.compiler.driver;

import org.jspecify.annotations.NullMarked;
