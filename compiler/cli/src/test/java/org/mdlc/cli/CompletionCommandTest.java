package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What shells complete when they have read the scripts; those that are not here are skipped. */
final class CompletionCommandTest {
  private static final String LINES =
      """
      'mdlc tra', train
      'mdlc ev', evaluate
      'mdlc train --epo', --epochs
      'mdlc --color ne', never
      'mdlc init x --template te', text
      'mdlc train mod', model.mdl
      'mdlc import mod', model.keras
      'mdlc completion zs', zsh
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(textBlock = LINES)
  void bashCompletes(String line, String completion) throws IOException, InterruptedException {
    files();
    var script =
        """
        source ./script
        compopt() { true; }  # works only while bash itself completes
        COMP_LINE='%s'
        COMP_WORDS=($COMP_LINE)
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        $(complete -p mdlc | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        printf '%%s\\n' "${COMPREPLY[@]}"
        """
            .formatted(line);
    assertThat(run("bash", script)).containsExactly(completion);
  }

  @ParameterizedTest
  @CsvSource(textBlock = LINES)
  void fishCompletes(String line, String completion) throws IOException, InterruptedException {
    files();
    var script = "source ./script; complete -C '" + line + "' | cut -f 1";
    // fish puts the files that fit first, and the others below them
    assertThat(run("fish", script)).first().isEqualTo(completion);
  }

  @Test
  void zshReadsTheScriptOfBash() throws IOException, InterruptedException {
    files();
    assertThat(run("zsh", "source ./script; echo $_comps[mdlc]"))
        .contains("_bash_complete", "-F", "_complete_mdlc");
  }

  @Test
  void anUnknownShellIsWrongUsage() {
    var run = CommandRun.of("completion", "powershell");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: SHELL is bash, zsh or fish, not powershell\n");
  }

  private void files() throws IOException {
    for (var name : List.of("model.mdl", "model.keras", "model.csv")) {
      Files.createFile(folder.resolve(name));
    }
  }

  /** The words that a script prints after the script of mdlc is written beside it. */
  private List<String> run(String shell, String script) throws IOException, InterruptedException {
    var program = new Programs(System.getenv()).find(shell);
    assumeTrue(program.isPresent(), shell + " is not installed");
    var printed = CommandRun.of("completion", shell);
    assertThat(printed.err()).isEmpty();
    Files.writeString(folder.resolve("script"), printed.out());
    var process =
        new ProcessBuilder(program.get().toString(), "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(text).isZero();
    return List.of(text.split("\\s+"));
  }
}
