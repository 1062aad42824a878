package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mdlc.compiler.diag.Codes;

final class ExplainCommandTest {
  @Test
  void printsThePageInAnyCase() {
    var run = CommandRun.of("explain", "e0301");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("# E0301").contains("shapes do not fit");
  }

  @Test
  void listsAllCodes() {
    assertThat(CommandRun.of("explain").out().lines()).hasSize(Codes.values().length);
  }

  @Test
  void guessesAnUnknownCode() {
    var run = CommandRun.of("explain", "E03011");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("error: there is no code E03011; did you mean E0301?\n");
  }

  @Test
  void tellsHowToListThemWhenNothingIsNear() {
    assertThat(CommandRun.of("explain", "shapes").err())
        .isEqualTo("error: there is no code shapes; `mdlc explain` without a code lists all\n");
  }

  @Test
  void twoCodesAreWrongUsage() {
    assertThat(CommandRun.of("explain", "E0301", "E0302").exitCode()).isEqualTo(2);
  }
}
