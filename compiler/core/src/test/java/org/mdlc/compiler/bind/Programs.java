package org.mdlc.compiler.bind;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Parser;

/** Small programs of tests: bound from text, and what their variables start at. */
final class Programs {
  private Programs() {}

  /** Binds the model {@code Case}; an error ends the test with the compiler's own message. */
  static BoundProgram bind(String name, String text) {
    return bind(name, text, Map.of());
  }

  /** Binds the model {@code Case} with settings: sizes of dimensions. */
  static BoundProgram bind(String name, String text, Map<String, String> settings) {
    var sink = new DiagnosticSink();
    var file = Parser.parse(SourceFile.of(name + ".mdl", text), sink);
    return Binder.bind(file, new Binder.Request("Case", settings, _ -> Optional.empty()), sink)
        .orElseThrow(() -> new AssertionError(text + "\n" + Renderer.plain().render(sink)));
  }

  /** The variables that start at one number. */
  static Map<String, Tensor64> filled(BoundProgram program) {
    var values = new LinkedHashMap<String, Tensor64>();
    for (var variable : program.variables()) {
      if (!Double.isNaN(variable.fill())) {
        values.put(
            variable.path(),
            Tensor64.of(
                variable.type().dtype(),
                Tensor64.sizes(variable.type().shape()),
                _ -> variable.fill()));
      }
    }
    return values;
  }
}
