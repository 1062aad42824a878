package org.mdlc.compiler.diag;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class CodesTest {
  @Test
  void everyCodeIsItsOwn() {
    assertThat(Arrays.stream(Codes.values()).map(Codes::code))
        .doesNotHaveDuplicates()
        .allMatch(c -> c.matches("[EW]0[1-79]\\d\\d"));
  }

  @Test
  void everyMeaningIsASentence() {
    assertThat(Codes.values())
        .allSatisfy(c -> assertThat(c.meaning()).endsWith(".").matches("(?s)[A-Z].*|a < b.*"));
    assertThat(Codes.values())
        .allSatisfy(c -> assertThat(c.title()).doesNotEndWith(".").isNotBlank());
  }

  @Test
  void findsByCode() {
    assertThat(Codes.find("e0301")).contains(Codes.SHAPE_MISMATCH);
    assertThat(Codes.find("E9999")).isEmpty();
    assertThat(Codes.UNUSED_NAME.severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void everyCodeHasAPage() {
    for (var code : Codes.values()) {
      assertThat(Explain.page(code))
          .as(code.code())
          .startsWith("# " + code.code() + ": " + code.title())
          .contains("```mdl");
    }
    assertThat(Explain.page("nonsense")).isEmpty();
  }
}
