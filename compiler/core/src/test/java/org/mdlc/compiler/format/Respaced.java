package org.mdlc.compiler.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Concrete;
import org.mdlc.compiler.syntax.Parser;

/** A text with other white space and other comments between its tokens, and the same tree. */
final class Respaced {
  private static final List<String> BLANKS =
      List.of(" ", "  ", "\t", "\n", "\r\n", "\n\n\n", "   \n      ", " /* x */ ", " // y\n", "\n  // z \n", "\n/* a\n   b */\n");

  private Respaced() {}

  static String of(SourceFile source, Random random) {
    var words = new ArrayList<Span>();
    words(Parser.concrete(source, new DiagnosticSink()).orElseThrow(), words);
    int share = 1 + random.nextInt(20);
    var text = new StringBuilder();
    int end = 0;
    for (var word : words) {
      var between = source.text().substring(end, word.start());
      text.append(end > 0 && random.nextInt(share) == 0 ? other(between, word.text(), random) : between);
      text.append(word.text());
      end = word.end();
    }
    return text.append(source.text().substring(end)).toString();
  }

  /**
   * Other white space for the same tree: tokens that touch may have to (`a.*`), a bracket that begins
   * a line continues nothing, and comments stay.
   */
  private static String other(String between, String next, Random random) {
    if (between.isEmpty() || !between.isBlank()) {
      return between;
    }
    var blanks = BLANKS.get(random.nextInt(BLANKS.size()));
    var isBracket = next.equals("(") || next.equals("[");
    return isBracket && between.contains("\n") != blanks.contains("\n") ? between : blanks;
  }

  private static void words(Concrete node, List<Span> words) {
    switch (node) {
      case Concrete.Word w -> words.add(w.span());
      case Concrete.Branch b -> b.parts().forEach(part -> words(part, words));
    }
  }
}
