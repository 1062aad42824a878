package org.mdlc.compiler.driver;

import org.mdlc.compiler.diag.Renderer;
import org.mdlc.runtime.Model;

/** A model from its text to an instance of the generated class, for tests that run it. */
final class Generated {
  private Generated() {}

  /** Fails with what the compiler says, and the text, if the model does not compile. */
  static Model create(CompileRequest request, long seed) {
    var compilation = Compiler.bind(request);
    var bound =
        compilation
            .bound()
            .orElseThrow(
                () ->
                    new AssertionError(
                        Renderer.plain().render(compilation.problems()) + request.source().text()));
    return (Model)
        InMemoryJavac.create(
            Compiler.generate(bound, request), seed, Generated.class.getClassLoader());
  }
}
