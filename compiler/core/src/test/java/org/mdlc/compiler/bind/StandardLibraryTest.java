package org.mdlc.compiler.bind;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;

/** The library is cut into definitions without parsing it; a whole parse must find the same. */
class StandardLibraryTest {
  @Test
  void aPartIsWhatAParseOfTheWholeFileFinds() {
    var byFile =
        StandardLibrary.parts().stream()
            .collect(groupingBy(p -> p.nameSpan().file(), LinkedHashMap::new, toList()));
    byFile.forEach(
        (file, parts) -> {
          var sink = new DiagnosticSink();
          var whole = Parser.parse(file, sink);
          assertThat(sink.sorted()).isEmpty();
          assertThat(parts.stream().map(StandardLibrary.Part::tree).toList())
              .isEqualTo(whole.items());
        });
    assertThat(byFile).hasSizeGreaterThan(20);
  }

  @Test
  void nameKindAndCommentAreKnownBeforeTheDefinitionIsParsed() {
    for (var part : StandardLibrary.parts()) {
      switch (part.tree()) {
        case Ast.Definition d -> {
          assertThat(part.name()).isEqualTo(d.name().text());
          assertThat(part.nameSpan()).isEqualTo(d.name().span());
          assertThat(Category.of(part.keyword())).isEqualTo(Category.of(d.kind()));
          assertThat(part.isDocumented()).as(part.name()).isEqualTo(!d.doc().isBlank());
        }
        case Ast.Function f -> {
          assertThat(part.name()).isEqualTo(f.name().text());
          assertThat(part.nameSpan()).isEqualTo(f.name().span());
          assertThat(part.isDocumented()).as(part.name()).isEqualTo(!f.doc().isBlank());
        }
        case Ast.Constant c -> assertThat(part.name()).isEqualTo(c.name().text());
        default -> throw new AssertionError(part.tree());
      }
    }
  }
}
