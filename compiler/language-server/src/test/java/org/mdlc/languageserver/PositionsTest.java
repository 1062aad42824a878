package org.mdlc.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.lsp4j.Position;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.source.SourceFile;

final class PositionsTest {
  private static final SourceFile TEXT = SourceFile.of("a", "ab\r\n\uD83D\uDE00c\n\nx");

  @Test
  void everyOffsetComesBack() {
    for (int offset = 0; offset <= TEXT.text().length(); offset++) {
      if (offset != 3) { // between the two characters of a line's end there is no position
        var position = Positions.position(TEXT, offset);
        assertThat(Positions.offset(TEXT, position)).as("%s", position).isEqualTo(offset);
      }
    }
  }

  @Test
  void aLetterBeyondSixteenBitsTakesTwoColumns() {
    assertThat(Positions.offset(TEXT, new Position(1, 2))).isEqualTo(TEXT.text().indexOf('c'));
  }

  @Test
  void whatIsBeyondIsTheEnd() {
    assertThat(Positions.offset(TEXT, new Position(0, 99))).isEqualTo(2);
    assertThat(Positions.offset(TEXT, new Position(99, 0))).isEqualTo(TEXT.text().length());
    assertThat(Positions.offset(TEXT, new Position(-1, 5))).isZero();
  }
}
