package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.compiler.source.SourceFile;

/**
 * Training that is killed (SIGKILL: nothing of it runs any more) at random moments and started
 * again ends with the same bits as training that nobody disturbs: variables, generators, history
 * and log. Each run begins with a kill amid a save: its first backup is large, and the process is
 * killed as soon as a part of it is there.
 */
@Timeout(300)
final class KillTest {
  private static final int KILLS = 20;
  // Of 72 batches; the pace lets the other process hit the moment that it chose.
  private static final int MILLIS_PER_BATCH = 6;
  private static final int LARGE = -1; // in place of a pace: a backup that takes long to write
  private static final int MOST_TRIES = 20;
  private static final int KILLED = 128 + 9;
  private static final int MOST_SECONDS = 60; // that a process may take
  private static final List<String> RESULTS = List.of("end.safetensors", "history.csv", "log.csv");

  /** After epochs, and amid them; with 4, two backups are kept. */
  private static final List<Integer> BACKUPS = List.of(0, 3, 4);

  @TempDir private Path folder;
  private Random random = new Random();
  private int kills;
  private int certain;
  private int amidSaves;
  private int inFirstEpoch;

  @Test
  void twentyKillsChangeNoBit() throws IOException, InterruptedException {
    compile();
    Path undisturbed = Files.createDirectory(folder.resolve("undisturbed"));
    assertThat(killedAt(undisturbed, -1, 0, "", 0, 0)).isFalse();

    long seed = System.nanoTime();
    random = new Random(seed);
    for (int run = 0; kills < KILLS; run++) {
      int every = BACKUPS.get(run % BACKUPS.size());
      Path disturbed = Files.createDirectory(folder.resolve("disturbed" + run));
      killAgainAndAgain(disturbed, every);
      for (var result : RESULTS) {
        assertThat(disturbed.resolve(result))
            .as("%s of run %d, backups every %d batches, seed %d", result, run, every, seed)
            .hasSameBinaryContentAs(undisturbed.resolve(result));
      }
      assertThat(disturbed.resolve("backup")).doesNotExist();
    }
    System.out.println(
        "seed %s: %s kills at random moments, %s of them amid a save, %s before the end of the first epoch; %s amid a large save"
            .formatted(seed, kills, amidSaves, inFirstEpoch, certain));
  }

  /** Trains to the end, through as many kills as hit. */
  private void killAgainAndAgain(Path results, int every) throws IOException, InterruptedException {
    killAmidSave(results, every);
    boolean killed = true;
    for (int start = 0; killed; start++) {
      if (kills == KILLS) {
        killed = killedAt(results, every, 1, "", 0, 0);
      } else if (start == 0) {
        killed = killedAt(results, every, MILLIS_PER_BATCH, "batch", 1 + random.nextInt(6), 0);
      } else if (random.nextInt(5) < 2) {
        int saves = 1 + random.nextInt(every == 0 ? 2 : 5);
        killed = killedAt(results, every, MILLIS_PER_BATCH, "save", saves, random.nextInt(8));
      } else {
        int batches = 1 + random.nextInt(30);
        int millis = random.nextInt(MILLIS_PER_BATCH);
        killed = killedAt(results, every, MILLIS_PER_BATCH, "batch", batches, millis);
      }
      if (killed) {
        kills++;
        amidSaves += isAmidSave(results) ? 1 : 0;
        inFirstEpoch += Files.readString(results.resolve("log.csv")).isEmpty() ? 1 : 0;
      }
    }
  }

  /** The part that is seen may be complete before the kill comes: then once more. */
  private void killAmidSave(Path results, int every) throws IOException, InterruptedException {
    boolean hit = false;
    for (int i = 0; i < MOST_TRIES && !hit; i++) {
      assertThat(killedAt(results, every, LARGE, "save", 1, 0)).isTrue();
      hit = isAmidSave(results);
    }
    assertThat(hit).as("a part of a backup is left").isTrue();
    certain++;
  }

  private void compile() throws IOException {
    var request =
        CompileRequest.of(SourceFile.of("killed.mdl", KilledTraining.MODEL))
            .withKernels(KernelStyle.PLAIN);
    var generated = Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
    for (var entry :
        InMemoryJavac.compile(
                Map.of(generated.className(), generated.source()),
                List.of("-classpath", System.getProperty("java.class.path")))
            .entrySet()) {
      Files.write(folder.resolve(entry.getKey() + ".class"), entry.getValue());
    }
  }

  /**
   * Trains in a process of its own and kills it.
   *
   * @param events how many lines of that kind to wait for; 0 to let it end
   * @param millis how long to wait after them
   * @return whether it was killed before it ended
   */
  private boolean killedAt(Path results, int every, int pace, String kind, int events, int millis)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                folder
                    + System.getProperty("path.separator")
                    + System.getProperty("java.class.path"),
                KilledTraining.class.getName(),
                results.toString(),
                Integer.toString(every),
                Integer.toString(pace))
            .redirectError(folder.resolve("errors").toFile())
            .start();
    // A process that hangs would never end its output, for which the lines are waited.
    var inTime =
        process
            .onExit()
            .orTimeout(MOST_SECONDS, TimeUnit.SECONDS)
            .whenComplete((ended, late) -> process.destroyForcibly());
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      int seen = 0;
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(kind) && ++seen == events) {
          Thread.sleep(millis);
          while (pace == LARGE && process.isAlive() && !isAmidSave(results)) {
            Thread.sleep(1);
          }
          process.destroyForcibly();
          break;
        }
      }
    }
    int code = process.waitFor();
    inTime.join(); // fails if it was late
    if (code != 0 && code != KILLED) {
      throw new AssertionError(code + ": " + Files.readString(folder.resolve("errors")));
    }
    return code == KILLED;
  }

  private static boolean isAmidSave(Path results) throws IOException {
    Path backup = results.resolve("backup");
    if (!Files.isDirectory(backup)) {
      return false;
    }
    try (Stream<Path> files = Files.list(backup)) {
      return files.anyMatch(file -> file.toString().endsWith(".part"));
    }
  }
}
