package org.mdlc.compiler.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Concrete;
import org.mdlc.compiler.syntax.Parser;

/** The tokens of a text with other white space and more comments between them. */
final class Respaced {
  private static final List<String> BLANKS =
      List.of(
          " ",
          "  ",
          "\t",
          "\n",
          "\r\n",
          "\n\n\n",
          "   \n      ",
          " /* x */ ",
          " /// y\n",
          "\n  // z \n",
          "\n/* a\n   b */\n",
          " /* a\n* b */");

  private Respaced() {}

  /** Text that may have errors: what touches may have to, and lines may join that must not. */
  static String of(SourceFile source, Random random) {
    var words = new ArrayList<Span>();
    words(Parser.concrete(source, new DiagnosticSink()).orElseThrow(), words);
    int share = 2 + random.nextInt(60);
    var text = new StringBuilder();
    int end = 0;
    for (var word : words) {
      var between = source.text().substring(end, word.start());
      var isChanged = random.nextInt(between.isEmpty() ? 4 * share : share) == 0;
      text.append(
          isChanged && between.isBlank() ? BLANKS.get(random.nextInt(BLANKS.size())) : between);
      text.append(word.text());
      end = word.end();
    }
    return text.append(source.text().substring(end)).toString();
  }

  private static void words(Concrete node, List<Span> words) {
    switch (node) {
      case Concrete.Word w -> words.add(w.span());
      case Concrete.Branch b -> b.parts().forEach(part -> words(part, words));
    }
  }
}
