package org.mdlc.compiler.bind;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.source.Span;

/** Which declarations were used in some phase, and which words are those of an enum. */
final class Usage {
  private final Map<Span, String> declared = new LinkedHashMap<>();
  private final Set<Span> used = new HashSet<>();
  private final Set<String> words = new HashSet<>();

  void declare(Span span, String name) {
    if (!Problems.isLibrary(span.file()) && !name.startsWith("_")) {
      declared.putIfAbsent(span, name);
    }
  }

  void use(Span span) {
    used.add(span);
  }

  /** Declarations that no phase used, with their names. */
  Map<Span, String> unused() {
    var unused = new LinkedHashMap<Span, String>();
    declared.forEach(
        (span, name) -> {
          if (!used.contains(span)) {
            unused.put(span, name);
          }
        });
    return unused;
  }

  void word(String word) {
    words.add(word);
  }

  boolean isWord(String word) {
    return words.contains(word);
  }
}
