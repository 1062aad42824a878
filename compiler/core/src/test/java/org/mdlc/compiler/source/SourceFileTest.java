package org.mdlc.compiler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class SourceFileTest {
  @Test
  void findsLinesWhateverEndsThem() {
    var file = SourceFile.of("a.mdl", "one\ntwo\r\nthree\rfour\n");
    assertThat(file.lineCount()).isEqualTo(5);
    assertThat(file.lineText(1)).isEqualTo("one");
    assertThat(file.lineText(2)).isEqualTo("two");
    assertThat(file.lineText(3)).isEqualTo("three");
    assertThat(file.lineText(4)).isEqualTo("four");
    assertThat(file.lineText(5)).isEmpty();
    assertThat(file.span(4, 7)).hasToString("a.mdl:2:1");
    assertThat(file.line(file.text().length())).isEqualTo(5);
  }

  @Test
  void countsColumnsInCharacters() {
    var file = SourceFile.of("a.mdl", "\uD83D\uDE00 x");
    assertThat(file.column(3)).isEqualTo(3);
  }

  @Test
  void readsAnyBytes() {
    var bytes = "gr\u00fc\u00df".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(SourceFile.of("a.mdl", bytes).text()).isEqualTo("gr\uFFFD\uFFFD");
  }

  @Test
  void anEmptyFileHasOneLine() {
    var file = SourceFile.of("a.mdl", "");
    assertThat(file.lineCount()).isEqualTo(1);
    assertThat(file.whole()).hasToString("a.mdl:1:1");
  }

  @Test
  void refusesSpansOutsideTheFile() {
    var file = SourceFile.of("a.mdl", "abc");
    assertThatThrownBy(() -> file.span(2, 4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.span(2, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void joinsSpans() {
    var file = SourceFile.of("a.mdl", "let abc = d");
    assertThat(file.span(4, 7).to(file.span(10, 11)).text()).isEqualTo("abc = d");
    assertThat(file.span(4, 7).before()).isEqualTo(file.span(4, 4));
    assertThat(file.span(4, 7).after()).isEqualTo(file.span(7, 7));
  }
}
