package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FmtCommandTest {
  private static final String UNTIDY =
      "model Tiny{ input x:f32[4]\r\n\toutput y=x|>Dense( 2 ) }\r\n";
  private static final String TIDY =
      """
      model Tiny {
        input x: f32[4]
        output y = x |> Dense(2)
      }
      """;
  private static final String BAD = "model Tiny { input x: f32[4]  output y = x |> Dense(2 }\n";

  @TempDir private Path folder;

  @Test
  void rewritesWhatIsInAnotherLayout() throws IOException {
    var untidy = file("a.mdl", UNTIDY);
    var tidy = file("b.mdl", TIDY);
    var longAgo = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(tidy, longAgo);
    var run = CommandRun.of("fmt", untidy.toString(), tidy.toString());
    assertThat(run).isEqualTo(new CommandRun(0, untidy + "\n", ""));
    assertThat(untidy).hasContent(TIDY);
    assertThat(Files.getLastModifiedTime(tidy)).isEqualTo(longAgo);
    assertThat(CommandRun.of("fmt", untidy.toString())).isEqualTo(new CommandRun(0, "", ""));
  }

  @Test
  void keepsTheModeAndLeavesNothingElseBehind() throws IOException {
    var file = file("a.mdl", UNTIDY);
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "POSIX modes");
    var mode = PosixFilePermissions.fromString("rw-r-----");
    Files.setPosixFilePermissions(file, mode);
    CommandRun.of("fmt", file.toString());
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(mode);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void leavesFilesWithErrorsAndGoesOn() throws IOException {
    var bad = file("a.mdl", BAD);
    var untidy = file("b.mdl", UNTIDY);
    var run = CommandRun.of("fmt", bad.toString(), untidy.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEqualTo(untidy + "\n");
    assertThat(run.err()).contains("error[E0104]", "a.mdl:1:52");
    assertThat(bad).hasContent(BAD);
    assertThat(untidy).hasContent(TIDY);
  }

  @Test
  void onlyLooksWhenItChecks() throws IOException {
    var untidy = file("a.mdl", UNTIDY);
    var tidy = file("b.mdl", TIDY);
    var run = CommandRun.of("fmt", "--check", untidy.toString(), tidy.toString());
    assertThat(run).isEqualTo(new CommandRun(1, untidy + "\n", ""));
    assertThat(Files.readString(untidy)).isEqualTo(UNTIDY);
    assertThat(CommandRun.of("fmt", "--check", tidy.toString()).exitCode()).isZero();
  }

  @Test
  void formatsWhatIsBelowAFolder() throws IOException {
    var inner = file("models/inner/a.mdl", UNTIDY);
    var other = file("models/notes.txt", UNTIDY);
    var built = file("models/target/a.mdl", UNTIDY);
    var hidden = file("models/.git/a.mdl", UNTIDY);
    var run = CommandRun.of("fmt", folder.resolve("models").toString());
    assertThat(run).isEqualTo(new CommandRun(0, inner + "\n", ""));
    assertThat(inner).hasContent(TIDY);
    for (var left : new Path[] {other, built, hidden}) {
      assertThat(Files.readString(left)).isEqualTo(UNTIDY);
    }
  }

  @Test
  void aFolderMayBeALink() throws IOException {
    file("models/a.mdl", UNTIDY);
    var link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("models"));
    assertThat(CommandRun.of("fmt", "--check", link.toString()))
        .isEqualTo(new CommandRun(1, link.resolve("a.mdl") + "\n", ""));
  }

  @Test
  void printsTheLayoutOfStandardInput() {
    assertThat(CommandRun.reading(UNTIDY, "fmt", "-")).isEqualTo(new CommandRun(0, TIDY, ""));
    assertThat(CommandRun.reading(UNTIDY, "fmt", "--check", "-"))
        .isEqualTo(new CommandRun(1, "-\n", ""));
    assertThat(CommandRun.reading(TIDY, "fmt", "--check", "-"))
        .isEqualTo(new CommandRun(0, "", ""));
    var bad = CommandRun.reading(BAD, "fmt", "-");
    assertThat(bad.exitCode()).isEqualTo(1);
    assertThat(bad.out()).isEmpty();
    assertThat(bad.err()).contains("standard input:1:52");
  }

  @Test
  void leavesWhatIsNotText() throws IOException {
    var file = Files.write(folder.resolve("a.mdl"), new byte[] {'/', '/', (byte) 0xE4, '\n'});
    var run = CommandRun.of("fmt", file.toString());
    assertThat(run).isEqualTo(new CommandRun(1, "", "error: " + file + " is not UTF-8 text\n"));
    assertThat(Files.readAllBytes(file)).contains(0xE4);
  }

  @Test
  void missingFileIsOneSentence() {
    var missing = folder.resolve("missing.mdl").toString();
    assertThat(CommandRun.of("fmt", missing).err())
        .isEqualTo("error: " + missing + ": no such file\n");
  }

  private Path file(String name, String text) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
