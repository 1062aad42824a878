package org.mdlc.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.Explain;
import org.mdlc.compiler.source.SourceFile;

/**
 * The pages of `mdlc explain`: the bad example of a syntax error has just that error, and every
 * other example is good syntax.
 */
final class ExplainPagesTest {
  private static final Pattern EXAMPLE = Pattern.compile("```mdl\n(.*?)```", Pattern.DOTALL);

  @TestFactory
  Stream<DynamicTest> examplesAreWhatTheySay() {
    return Arrays.stream(Codes.values())
        .map(code -> DynamicTest.dynamicTest(code.code(), () -> check(code)));
  }

  private static void check(Codes code) {
    var examples = EXAMPLE.matcher(Explain.page(code)).results().map(m -> m.group(1)).toList();
    assertThat(examples).hasSize(2);
    assertThat(codes(examples.getFirst()))
        .isEqualTo(isFoundByParser(code) ? List.of(code) : List.of());
    assertThat(codes(examples.getLast())).isEmpty();
  }

  /** Too large a file would be too large an example. */
  private static boolean isFoundByParser(Codes code) {
    return code.code().startsWith("E01") || code == Codes.NESTED_TOO_DEEP;
  }

  private static List<Codes> codes(String text) {
    var sink = new DiagnosticSink();
    Parser.parse(SourceFile.of("explain.mdl", text), sink);
    return sink.sorted().stream().map(d -> d.code()).distinct().toList();
  }
}
