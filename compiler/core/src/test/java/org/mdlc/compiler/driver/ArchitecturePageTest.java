package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.emit.cuda.CudaEmitter;
import org.mdlc.compiler.pass.DumpSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.syntax.Parser;
import org.mdlc.compiler.syntax.TreeText;

/**
 * The dumps in {@code docs/architecture.md} are what the compiler prints for the model of the page.
 *
 * <p>A block whose fence says {@code dump=train/Simplify} holds lines of the graph or program
 * {@code train} after {@code Simplify}, in order: a line {@code …} stands for lines left out, a
 * {@code …} at the end of a line for the rest of it. Other dumps are {@code tree}, {@code java} and
 * {@code cuda}. All but these three are also the files of {@code mdlc compile --dump-all}.
 */
final class ArchitecturePageTest {
  private static final Page PAGE = Page.of("docs/architecture.md");
  private static final String DUMP = "dump=";
  private static final String GAP = "…";

  @TestFactory
  Stream<DynamicTest> dumpsAreWhatTheCompilerPrints() {
    var dumps = dumps();
    var blocks = PAGE.blocks().stream().filter(b -> b.info().contains(DUMP)).toList();
    assertThat(blocks).isNotEmpty();
    return blocks.stream()
        .map(b -> dynamicTest(b + " " + name(b), () -> assertExcerpt(b, dumps.get(name(b)))));
  }

  private static String name(Page.Block block) {
    return block.info().substring(block.info().indexOf(DUMP) + DUMP.length());
  }

  private static Map<String, String> dumps() {
    var source = SourceFile.of("spirals.mdl", PAGE.blockWith("model Spirals").text());
    var dumps = new LinkedHashMap<String, String>();
    dumps.put("tree", TreeText.of(Parser.parse(source, new DiagnosticSink())));
    var request = CompileRequest.of(source).withDumps(into(dumps));
    var model = Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
    dumps.put("java", model.source());
    dumps.put("cuda", CudaEmitter.emit("Spirals", model.programs().train()).text());
    return dumps;
  }

  /** Keeps the last text of each, where a pass runs twice. */
  private static DumpSink into(Map<String, String> dumps) {
    return new DumpSink() {
      @Override
      public boolean wants(String stage) {
        return true;
      }

      @Override
      public void dump(String stage, String name, String text) {
        dumps.put(name + "/" + stage, text);
      }
    };
  }

  private static void assertExcerpt(Page.Block block, String dump) {
    assertThat(dump).as("a dump called %s", name(block)).isNotNull();
    var lines = dump.lines().toList();
    int next = 0;
    boolean gap = true;
    for (int i = 0; i < block.lines().size(); i++) {
      var wanted = block.lines().get(i);
      if (wanted.strip().equals(GAP)) {
        gap = true;
        continue;
      }
      int found = gap ? find(lines, next, wanted) : next;
      assertThat(found < lines.size() && matches(lines.get(found), wanted))
          .as(
              "line %d of the page, \"%s\", stands here in the dump, which goes on: %s",
              block.line() + i, wanted, goesOn(lines, next))
          .isTrue();
      next = found + 1;
      gap = false;
    }
  }

  private static int find(List<String> lines, int from, String wanted) {
    int at = from;
    while (at < lines.size() && !matches(lines.get(at), wanted)) {
      at++;
    }
    return at;
  }

  private static boolean matches(String line, String wanted) {
    return wanted.endsWith(GAP)
        ? line.startsWith(wanted.substring(0, wanted.length() - GAP.length()).stripTrailing())
        : line.equals(wanted);
  }

  private static String goesOn(List<String> lines, int from) {
    return "\n" + String.join("\n", lines.subList(from, Math.min(lines.size(), from + 20)));
  }
}
