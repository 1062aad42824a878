package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** The lock of the launcher {@code mdlc}, which builds on first use: never two at once. */
final class BuildLockTest {
  private static final Path LIBRARY = Path.of("../../.mvn/build-lock.sh").toAbsolutePath();
  private static final int WAITERS = 8;

  /** Takes the lock, looks whether anybody else has it, and gives it back. */
  private static final String WAITER =
      """
      lock=$1/lock
      sleep() { command sleep 0.05; }
      . "$2"
      take_lock
      mkdir "$1/inside" || echo overlap >>"$1/overlaps"
      command sleep 0.02
      rmdir "$1/inside"
      echo built >>"$1/done"
      release_lock
      """;

  @TempDir private Path folder;

  @BeforeEach
  void requireShell() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
  }

  /** The id of a process that has ended. */
  private static String goneProcess() throws IOException, InterruptedException {
    var process = new ProcessBuilder("/bin/sh", "-c", "exit 0").start();
    process.waitFor();
    return Long.toString(process.pid());
  }

  @RepeatedTest(4)
  void anAbandonedLockIsTakenOverByOneAtATime() throws IOException, InterruptedException {
    Files.createSymbolicLink(folder.resolve("lock"), Path.of(goneProcess()));
    var waiters = new ArrayList<Process>();
    for (int i = 0; i < WAITERS; i++) {
      waiters.add(
          new ProcessBuilder("/bin/sh", "-ec", WAITER, "sh", folder.toString(), LIBRARY.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    }
    for (var waiter : waiters) {
      assertThat(waiter.waitFor()).isZero();
    }
    assertThat(Files.readAllLines(folder.resolve("done"))).hasSize(WAITERS);
    assertThat(folder.resolve("overlaps")).doesNotExist();
    assertThat(Files.isSymbolicLink(folder.resolve("lock"))).isFalse();
    assertThat(Files.isSymbolicLink(folder.resolve("lock.takeover"))).isFalse();
  }
}
