package org.mdlc.junit;

import java.util.Optional;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.driver.InvalidRequest;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.kernel.VectorApi;

/** From a bound model to an instance of its generated class. */
final class GeneratedCode {
  private GeneratedCode() {}

  static Model create(BoundProgram bound, CompileRequest request, long seed) {
    try {
      var generated = Compiler.generate(bound, request.withKernels(kernels()));
      return (Model) InMemoryJavac.create(generated, seed, GeneratedCode.class.getClassLoader());
    } catch (InvalidRequest e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** Why generated code is slow in this JVM, if it is. */
  static Optional<String> missingFlag() {
    return kernels() == KernelStyle.VECTOR
        ? Optional.empty()
        : Optional.of(
            "generated code runs as plain loops in these tests, several times slower than in"
                + " production, because this JVM was started without --add-modules "
                + VectorApi.MODULE
                + "; in Maven, <argLine>--add-modules "
                + VectorApi.MODULE
                + " --enable-native-access=ALL-UNNAMED</argLine> of maven-surefire-plugin adds it");
  }

  private static KernelStyle kernels() {
    return VectorApi.isPresent() ? KernelStyle.VECTOR : KernelStyle.PLAIN;
  }
}
