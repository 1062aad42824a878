package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MainTest {
  @Test
  void versionIsTheProjects() {
    assertThat(new Version().getVersion()[0]).matches("mdlc \\d+\\.\\d+\\.\\d+.*");
    assertThat(CommandRun.of("--version").exitCode()).isZero();
  }

  @Test
  void helpNamesEveryCommand() {
    var run = CommandRun.of("--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("check", "explain", "Exit codes: 0 done");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void noCommandIsWrongUsage() {
    var run = CommandRun.of();
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("Usage: mdlc");
  }

  @Test
  void guessesAMisspeltCommand() {
    var run = CommandRun.of("chek", "x.mdl");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            """
            error: there is no command chek
              did you mean check?
              `mdlc --help` shows how it is used
            """);
  }

  @Test
  void namesWhatIsTooMuch() {
    var run = CommandRun.of("init", "my", "new", "app");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: too much: new app\n");
  }

  @Test
  void guessesAMisspeltOption() {
    var run = CommandRun.of("check", "--sett", "x=1", "x.mdl");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("unknown option: '--sett'", "did you mean --set?");
  }

  @Test
  void unknownColourIsWrongUsage() {
    var run = CommandRun.of("check", "--color", "sometimes", "x.mdl");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("error: --color is auto, always or never, not sometimes\n");
  }
}
