package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Which commands want another JVM than the one at hand. That they get it is tested with the jar.
 */
final class RestartTest {
  private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z]+)  ");
  private static final Pattern HINT = Pattern.compile("\\*\" ([a-z]+) \"\\*");

  @Test
  void theLauncherScriptKnowsTheCommandsThatRunAModel() throws IOException {
    var script = Files.readString(Path.of("../../.mvn/start.sh"));
    var words = new TreeSet<String>();
    HINT.matcher(script).results().forEach(match -> words.add(match.group(1)));
    assertThat(words).containsExactlyInAnyOrderElementsOf(Restart.RUNNING);
    assertThat(script).contains("*\" " + Restart.PROFILE + " \"*) kind=running");
  }

  /** They are the ones with options of how a model runs, and the one that says what those find. */
  @Test
  void theyAreTheOnesWithRunOptionsAndTheDoctor() {
    var running = new TreeSet<String>();
    COMMAND
        .matcher(CommandRun.of("--help").out())
        .results()
        .map(match -> match.group(1))
        .filter(RestartTest::hasRunOptions)
        .forEach(running::add);
    running.add("doctor");
    assertThat(running).containsExactlyInAnyOrderElementsOf(Restart.RUNNING);
  }

  private static boolean hasRunOptions(String command) {
    var help = CommandRun.of(command, "--help").out();
    return help.contains("--no-vector") && help.contains("--weights");
  }

  @Test
  void theirRehearsalsGoAsTheyShould() throws IOException {
    Rehearsal.main(new String[] {"quick"});
    Rehearsal.main(new String[] {"running"});
  }

  @Test
  void isNotNeededWithTheVectorApi() {
    assertThat(Restart.isNeeded("train", "a.mdl")).isFalse();
  }

  @Test
  void leavesToJavaWhatTheEnvironmentSays() {
    var debugger = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n";
    assertThat(
            Restart.toRepeat(
                List.of(debugger, "-Xmx2g", "-Da=1", "-Db=2", "-Xmx1g"),
                Map.of("JAVA_TOOL_OPTIONS", debugger + " -Xmx2g", "_JAVA_OPTIONS", " -Da=1\n")))
        .containsExactly("-Db=2", "-Xmx1g");
  }
}
