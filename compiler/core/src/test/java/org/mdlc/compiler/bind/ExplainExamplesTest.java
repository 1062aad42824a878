package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Explain;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;

/**
 * The pages of `mdlc explain`: the bad example has the error of its page and no other, the mended
 * one compiles.
 */
final class ExplainExamplesTest {
  private static final Pattern EXAMPLE = Pattern.compile("```mdl\n(.*?)```", Pattern.DOTALL);

  /** What only shows when data or weights are read, or in a file too large for a page. */
  private static final Set<Codes> NEED_FILES =
      EnumSet.of(
          Codes.DATA_SHAPE,
          Codes.UNKNOWN_COLUMN,
          Codes.LABEL_OUT_OF_RANGE,
          Codes.LARGE_BATCH,
          Codes.MISSING_DATA_FILE,
          Codes.CLASS_COUNT,
          Codes.HASH_MISMATCH,
          Codes.WEIGHTS_MISMATCH,
          Codes.NOT_A_KERAS_MODEL,
          Codes.NOT_IN_MDL,
          Codes.NOT_IN_KERAS,
          Codes.FILE_TOO_LARGE);

  @TestFactory
  Stream<DynamicTest> badOnesFailAndMendedOnesDoNot() {
    return Arrays.stream(Codes.values())
        .map(code -> DynamicTest.dynamicTest(code.code(), () -> check(code)));
  }

  private static void check(Codes code) {
    var examples = EXAMPLE.matcher(Explain.page(code)).results().map(m -> m.group(1)).toList();
    if (!NEED_FILES.contains(code)) {
      var bad = compile(examples.getFirst());
      assertThat(codes(bad)).as(Renderer.plain().render(bad)).isEqualTo(List.of(code));
    }
    var mended = compile(examples.getLast());
    assertThat(codes(mended)).as(Renderer.plain().render(mended)).isEmpty();
  }

  private static DiagnosticSink compile(String text) {
    var sink = new DiagnosticSink();
    var source = SourceFile.of("explain.mdl", text);
    var file = Parser.parse(source, sink);
    if (!sink.hasErrors()) {
      models(file).forEach(model -> Binder.bind(file, request(source, model), sink));
    }
    return sink;
  }

  private static List<String> models(Ast.File file) {
    return file.items().stream()
        .filter(Ast.Model.class::isInstance)
        .map(item -> ((Ast.Model) item).name().text())
        .toList();
  }

  private static Binder.Request request(SourceFile source, String model) {
    return new Binder.Request(
        model,
        Map.of(),
        path -> path.equals(source.name()) ? Optional.of(source) : Optional.empty());
  }

  private static List<Codes> codes(DiagnosticSink sink) {
    return sink.sorted().stream().map(Diagnostic::code).distinct().toList();
  }
}
