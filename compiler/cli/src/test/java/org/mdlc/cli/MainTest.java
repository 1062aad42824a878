package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MainTest {
  @Test
  void versionIsTheProjects() {
    assertThat(new Version().getVersion()[0]).matches("mdlc \\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void helpSucceeds() {
    assertThat(Main.run("--help")).isZero();
  }

  @Test
  void noCommandAndUnknownOptionAreWrongUsage() {
    assertThat(Main.run()).isEqualTo(2);
    assertThat(Main.run("--no-such-option")).isEqualTo(2);
  }
}
